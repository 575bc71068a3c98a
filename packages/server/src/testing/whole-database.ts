import type { Queryable } from "../db/db.ts";

/** Every row of every table as text, in an order that only a change of the rows changes; what is binary in hexadecimal. */
export async function wholeDatabase(db: Queryable): Promise<string> {
  const tables = await db.query<{ name: string }>(
    `select table_name as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE' order by table_name`,
  );
  const parts: string[] = [];
  for (const { name } of tables) {
    const rows = await db.query<{ row: string }>(`select t::text as row from "${name}" t order by 1`);
    parts.push(...rows.map(({ row }) => `${name} ${row}`));
  }
  return parts.join("\n");
}
