import type { Queryable } from "../db/db.ts";
import type { Fault } from "./check.ts";

/**
 * What partitions lack of what guards them, and what is on them that is not ours. Constraints, references and the indexes of
 * their tables need no look: PostgreSQL lets nobody take those from a partition.
 */
const text = `
  with parts as (
    select c.oid, c.relname::text as name, p.oid as parent, r.table_name, c.relowner <> p.relowner as is_strange,
      exists (select from aclexplode(c.relacl) a where a.grantee <> c.relowner) as is_given
    from partition_rules r join pg_class p on p.oid = to_regclass('public.' || r.table_name)
      join pg_inherits i on i.inhparent = p.oid join pg_class c on c.oid = i.inhrelid
  ), wanted as (
    select name, table_name, index.suffix, format(index.definition, name) as definition
    from parts join (values
      ('events', '_numbered', 'UNIQUE INDEX %1$s_numbered ON public.%1$s USING btree (payment_id, sequence)'),
      ('events', '_paid_once',
        'UNIQUE INDEX %1$s_paid_once ON public.%1$s USING btree (payment_id) WHERE (type = ''payment.paid''::text)'),
      ('deliveries', '_once',
        'UNIQUE INDEX %1$s_once ON public.%1$s USING btree (event_id, endpoint_id) NULLS NOT DISTINCT')
    ) index (owner, suffix, definition) on index.owner = table_name
  )
  select table_name as name, 'lacks the partition for rows that have none' as detail from partition_rules r
  where not exists (select from parts where parts.name = r.table_name || '_default')
  union all
  select name, 'belongs to another than its table' from parts where is_strange
  union all
  select name, 'can be reached past its table' from parts where is_given
  union all
  select name, 'lacks the index: ' || definition from wanted
  where not exists (
    select from pg_index x where x.indexrelid = to_regclass('public.' || quote_ident(name || suffix)) and x.indisvalid
      and regexp_replace(pg_get_indexdef(x.indexrelid), '^\\w+ ', '') = definition)
  union all
  select parts.name, 'lacks the trigger: ' || t.tgname from parts join pg_trigger t on t.tgrelid = parts.parent
  where not t.tgisinternal and t.tgtype & 1 = 1 and not exists (
    select from pg_trigger own where own.tgrelid = parts.oid and own.tgparentid = t.oid and own.tgenabled = 'O')
  union all
  select parts.name, 'lacks the trigger: ' || parts.name || '_no_truncate' from parts
  where table_name in ('events', 'delivery_attempts') and not exists (
    select from pg_trigger own where own.tgrelid = parts.oid and own.tgname = parts.name || '_no_truncate' and own.tgenabled = 'O'
      and own.tgfoid = to_regproc('public.refuse_change'))
  union all
  select parts.name, 'has what is not ours: ' || own.tgname from parts join pg_trigger own on own.tgrelid = parts.oid
  where not own.tgisinternal and own.tgparentid = 0 and own.tgname <> parts.name || '_no_truncate'`;

/** Faults of the partitions there are, whichever those may be. */
export async function partitionFaults(db: Queryable): Promise<Fault[]> {
  const rows = await db.query<{ name: string; detail: string }>(text);
  return rows.map(({ name, detail }) => ({ check: "schema.partitions", subject: name, detail, paymentId: null }));
}
