import pg from "pg";
import { callable, grants, listGrants } from "./grants.ts";

/** Runs one statement: a bare client, or whatever else has its `query`. */
type Asked = Pick<pg.Client, "query">;

/**
 * What the catalogue says that the role `$1`, or everybody, may do with our tables `$2`, and with our functions, a line
 * each as in `listGrants`; of the owner's own rights nothing. What an extension or an operator has put beside them is not
 * ours to judge.
 */
export const liveGrants = `
  with ours as (
    select c.oid, c.relname, c.relacl, c.relowner from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relname = any ($2::text[])),
  given as (
    select relname::text as name, acl.grantee, lower(acl.privilege_type) as right from ours, aclexplode(relacl) acl
    union all
    select relname, acl.grantee, format('%s(%s)', lower(acl.privilege_type), a.attname)
    from ours join pg_attribute a on a.attrelid = ours.oid and not a.attisdropped, aclexplode(a.attacl) acl
    union all
    select p.oid::regprocedure::text, acl.grantee, lower(acl.privilege_type)
    from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) acl
    where p.pronamespace = 'public'::regnamespace and p.proowner in (select relowner from ours)
      and not exists (select from pg_depend d where d.objid = p.oid and d.classid = 'pg_proc'::regclass and d.deptype = 'e'))
  select format('%s%s %s', case when grantee = 0 then 'everybody: ' else '' end, name, "right") as line
  from given where grantee = 0 or grantee = (select oid from pg_roles where rolname = $1)`;

/** The values of `liveGrants`. */
export const grantValues = (role: string): readonly unknown[] => [role, Object.keys(grants)];

/** How live grants differ from the table of grants, line by line; nothing when they are the same. */
export function compareGrants(lines: readonly string[]): { missing: string[]; beyond: string[] } {
  const live = new Set(lines);
  const wanted = listGrants();
  return {
    missing: wanted.filter((line) => !live.has(line)),
    beyond: [...live].filter((line) => !wanted.includes(line)).sort(),
  };
}

/** How the rights in a database differ from the table of grants. */
export async function grantFaults(client: Asked, role: string): Promise<{ missing: string[]; beyond: string[] }> {
  const result = await client.query<{ line: string }>(liveGrants, [...grantValues(role)]);
  return compareGrants(result.rows.map((row) => row.line));
}

function statements(role: string): string[] {
  const to = pg.escapeIdentifier(role);
  const onTables = Object.entries(grants).flatMap(([table, { rights, update = [] }]) => {
    const name = pg.escapeIdentifier(table);
    const columns = update.map((column) => pg.escapeIdentifier(column)).join(", ");
    return [
      `revoke all on ${name} from public, ${to}`,
      `grant ${rights.join(", ")} on ${name} to ${to}`,
      ...(columns === "" ? [] : [`grant update (${columns}) on ${name} to ${to}`]),
    ];
  });
  return [
    ...onTables,
    `revoke execute on all functions in schema public from public, ${to}`,
    ...callable.map((name) => `grant execute on function ${name} to ${to}`),
  ];
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
