import type { Queryable } from "./db.ts";

/** One section of the dump: a heading, and the query whose rows are its lines. */
interface Section {
  readonly title: string;
  readonly text: string;
}

/**
 * What the application owns: everything in `public` but the record that the runner of migrations keeps for itself. Partitions
 * come and go with the time; `verify` compares them with their tables.
 */
const ours = `n.nspname = 'public' and c.relname not in ('migrations', 'migrations_id_seq', 'migrations_pkey') and not c.relispartition`;

/** Every table is told, one without columns too; a view together with what it selects. */
const tables = `
  select c.relname as owner,
         case c.relkind when 'r' then 'table' when 'p' then 'partitioned table by ' || pg_get_partkeydef(c.oid) else 'view as ' || pg_get_viewdef(c.oid) end as line
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where ${ours} and c.relkind in ('r', 'p', 'v', 'm')
  order by c.relname`;

const columns = `
  select format('%s %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
                case when a.attnotnull then ' not null' else '' end || case when a.attidentity <> '' then ' identity' else '' end,
                coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')) as line,
         c.relname as owner
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  where ${ours} and c.relkind in ('r', 'p', 'v', 'm')
  order by c.relname, a.attnum`;

const constraints = `
  select c.relname as owner, format('%s %s', k.conname, pg_get_constraintdef(k.oid)) as line
  from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
  where ${ours} and k.contype not in ('n', 't')
  order by c.relname, k.contype = 'p' desc, k.conname`;

/** Indexes that no constraint brought along. */
const indexes = `
  select t.relname as owner, pg_get_indexdef(c.oid) as line
  from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
  join pg_namespace n on n.oid = c.relnamespace
  where ${ours} and not t.relispartition and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
  order by t.relname, c.relname`;

const triggers = `
  select c.relname as owner,
         pg_get_triggerdef(g.oid) || case g.tgenabled when 'O' then '' else ' -- enabled: ' || g.tgenabled::text end as line
  from pg_trigger g join pg_class c on c.oid = g.tgrelid join pg_namespace n on n.oid = c.relnamespace
  where ${ours} and not g.tgisinternal
  order by c.relname, g.tgname`;

const sequences = `
  select c.relname as owner, format('sequence %s', c.relname) as line
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where ${ours} and c.relkind = 'S'
  order by c.relname`;

const functions = `
  select p.proname as owner, pg_get_functiondef(p.oid) as line
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where n.nspname = 'public' and p.prokind in ('f', 'p')
  order by p.proname, pg_get_function_identity_arguments(p.oid)`;

const types = `
  select t.typname as owner,
         format('type %s: %s', t.typname, coalesce(
           (select string_agg(e.enumlabel, ', ' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid),
           format_type(t.typbasetype, t.typtypmod))) as line
  from pg_type t join pg_namespace n on n.oid = t.typnamespace
  where n.nspname = 'public' and t.typtype in ('e', 'd')
  order by t.typname`;

const ofTables: readonly Section[] = [
  { title: "kind", text: tables },
  { title: "columns", text: columns },
  { title: "constraints", text: constraints },
  { title: "indexes", text: indexes },
  { title: "triggers", text: triggers },
];

interface Line {
  readonly owner: string;
  readonly line: string;
}

const heading = `-- What the migrations add up to, as the catalogue of PostgreSQL tells it. Made by \`npm run schema\`; not to be run.
-- A change here is a change of the schema: read it as one.
`;

/**
 * Writes down the schema of a migrated database: tables with their columns, constraints, indexes and triggers, then
 * sequences, types and functions. Two databases with the same schema give the same text, whatever the order of their making.
 */
export async function dumpSchema(db: Queryable): Promise<string> {
  const byTable = new Map<string, string[]>();
  for (const { title, text } of ofTables) {
    for (const { owner, line } of await db.query<Line>(text)) {
      const lines = byTable.get(owner) ?? [];
      const before = title === "kind" || lines.includes(`  -- ${title}`) ? [] : [`  -- ${title}`];
      byTable.set(owner, [...lines, ...before, `  ${line}`]);
    }
  }
  const names = [...byTable.keys()].sort();
  const rest: Line[] = [];
  for (const text of [sequences, types, functions]) rest.push(...(await db.query<Line>(text)));
  return [
    heading,
    ...names.map((name) => `${name}\n${(byTable.get(name) ?? []).join("\n")}\n`),
    ...rest.map(({ line }) => `${line.trim()}\n`),
  ].join("\n");
}
