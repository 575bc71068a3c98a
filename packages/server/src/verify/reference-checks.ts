import type { Queryable } from "../db/db.ts";
import type { Check } from "./check.ts";

interface Reference {
  readonly name: string;
  readonly child: string;
  readonly parent: string;
  readonly columns: readonly string[];
  readonly keys: readonly string[];
  readonly primary: readonly string[];
}

const references = `
  select k.conname as name, k.conrelid::regclass::text as child, k.confrelid::regclass::text as parent,
    array(select quote_ident(a.attname) from unnest(k.conkey) with ordinality u (num, at)
      join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.num order by u.at) as columns,
    array(select quote_ident(a.attname) from unnest(k.confkey) with ordinality u (num, at)
      join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.num order by u.at) as keys,
    array(select quote_ident(a.attname) from pg_index i, unnest(i.indkey) u (num)
      join pg_attribute a on a.attnum = u.num where i.indrelid = k.conrelid and i.indisprimary and a.attrelid = i.indrelid) as primary
  from pg_constraint k where k.contype = 'f' and k.conparentid = 0 and k.connamespace = 'public'::regnamespace order by k.conname`;

function checkOf({ name, child, parent, columns, keys, primary }: Reference): Check {
  const joined = columns.map((column, index) => `p.${keys[index]} = c.${column}`).join(" and ");
  const given = columns.map((column) => `c.${column} is not null`).join(" and ");
  const subject = primary.map((column) => `c.${column}`).join(" || ' ' || ");
  return {
    name: `references.${name}`,
    promise: `What ${child} refers to in ${parent} is there.`,
    sql: `select (${subject})::text as subject, 'refers to ' || concat_ws(' ', ${columns.map((column) => `c.${column}`).join(", ")})
        || ', which is not in ${parent}' as detail, null as payment_id
      from ${child} c where ${given} and not exists (select from ${parent} p where ${joined})`,
  };
}

/**
 * One check for every foreign key there is. The database keeps them too, yet not against whoever may switch that off, nor
 * for rows that were restored with it switched off.
 */
export async function referenceChecks(db: Queryable): Promise<Check[]> {
  return (await db.query<Reference>(references)).map(checkOf);
}
