import pg from "pg";
import { grants, listGrants } from "./grants.ts";

/** Runs one statement: a bare client, or whatever else has its `query`. */
type Asked = Pick<pg.Client, "query">;

/** What the catalogue says that a role, or everybody, may do in `public`; of the owner's own rights nothing. */
const liveGrants = `
  with wanted as (select oid from pg_roles where rolname = $1 union all select 0),
  given as (
    select c.relname, null::name as attname, acl.grantee, acl.privilege_type
    from pg_class c, aclexplode(c.relacl) acl
    where c.relnamespace = 'public'::regnamespace
    union all
    select c.relname, a.attname, acl.grantee, acl.privilege_type
    from pg_class c join pg_attribute a on a.attrelid = c.oid and not a.attisdropped, aclexplode(a.attacl) acl
    where c.relnamespace = 'public'::regnamespace)
  select format('%s%s %s%s', case when grantee = 0 then 'everybody: ' else '' end, relname, lower(privilege_type),
    case when attname is null then '' else format('(%s)', attname) end) as line
  from given where grantee in (select oid from wanted)`;

/** How the rights in a database differ from the table of grants, line by line; nothing when they are the same. */
export async function grantFaults(client: Asked, role: string): Promise<{ missing: string[]; beyond: string[] }> {
  const result = await client.query<{ line: string }>(liveGrants, [role]);
  const live = new Set(result.rows.map((row) => row.line));
  const wanted = listGrants();
  return {
    missing: wanted.filter((line) => !live.has(line)),
    beyond: [...live].filter((line) => !wanted.includes(line)).sort(),
  };
}

function statements(role: string): string[] {
  const to = pg.escapeIdentifier(role);
  const given = Object.entries(grants).flatMap(([table, { rights, update = [] }]) => {
    const on = `on ${pg.escapeIdentifier(table)} to ${to}`;
    const columns = update.map((column) => pg.escapeIdentifier(column)).join(", ");
    return [`grant ${rights.join(", ")} ${on}`, ...(columns === "" ? [] : [`grant update (${columns}) ${on}`])];
  });
  return [`revoke all on all tables in schema public from public, ${to}`, ...given];
}

/**
 * Gives a role exactly what the table of grants says, and everybody else nothing, in one transaction: nobody meanwhile
 * sees half of it. To be run by the tables' owner.
 */
export async function applyGrants(client: Asked, role: string): Promise<void> {
  const usage = await client.query("select has_schema_privilege($1::name, 'public', 'usage') as has", [role]);
  if (usage.rows[0]?.has !== true) await client.query(`grant usage on schema public to ${pg.escapeIdentifier(role)}`);
  await client.query("begin");
  try {
    for (const statement of statements(role)) await client.query(statement);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw error;
  }
}
