import { DatabaseRightsError, unbounded } from "./database-rights-error.ts";
import type { Queryable } from "./db.ts";
import { appendOnlyTables } from "./grants.ts";

/** Tables of which a row could be changed or removed by who asks, or whose triggers could be. A superuser can do all of it. */
const rewritable = `
  select current_user as role, array(
    select c.relname::text from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relname = any($1::text[])
      and (pg_has_role(c.relowner, 'usage') or has_table_privilege(c.oid, 'update, delete, truncate, trigger')
        or has_any_column_privilege(c.oid, 'update'))
    order by c.relname) as tables`;

/**
 * Checks on the application's own connection that it could not rewrite the books, were its code to try.
 * @throws DatabaseRightsError
 */
export async function requireBoundedRights(db: Queryable): Promise<void> {
  const [found] = await db.query<{ role: string; tables: readonly string[] }>(rewritable, [appendOnlyTables]);
  if (found === undefined || found.tables.length === 0) return;
  throw new DatabaseRightsError(unbounded(found.role, found.tables.join(", ")));
}
