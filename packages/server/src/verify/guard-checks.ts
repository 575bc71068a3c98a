import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { compareGrants, grantValues, liveGrants } from "../db/apply-grants.ts";
import type { Queryable } from "../db/db.ts";
import { dumpSchema } from "../db/dump-schema.ts";
import { appendOnlyTables } from "../db/grants.ts";
import { migrationsDirectory } from "../db/migrate.ts";
import type { Fault } from "./check.ts";
import { partitionFaults } from "./partition-guards.ts";

/** What the migrations add up to, as `npm run schema` wrote it; it lies equally far from the sources and from the build. */
const schemaFile = fileURLToPath(new URL("../../schema.sql", import.meta.url));

/** Each line of a dump with the table, or the function, that it stands under. */
function linesOf(dump: string): Map<string, string> {
  const lines = new Map<string, string>();
  let owner = "";
  const all = dump.split("\n");
  for (const [index, line] of all.entries()) {
    if (line === "" || line.startsWith("--")) continue;
    const isTable = /^ {2}(table|partitioned table|view as )/.test(all[index + 1] ?? "");
    owner = isTable ? line : (/^CREATE OR REPLACE FUNCTION public\.(\w+)/.exec(line)?.[1] ?? owner);
    const text = line.trim();
    if (!text.startsWith("-- ")) lines.set(`${owner}: ${text}`, owner);
  }
  return lines;
}

const fault = (check: string, subject: string, detail: string): Fault => ({ check, subject, detail, paymentId: null });

/**
 * How the live schema differs from what the migrations made: what is missing or changed, and triggers that are not
 * ours. Further indexes, tables and views of the operator's own are no fault.
 */
async function changedSchema(db: Queryable): Promise<Fault[]> {
  const wanted = linesOf(await readFile(schemaFile, "utf8"));
  const live = linesOf(await dumpSchema(db));
  const missing = [...wanted].filter(([line]) => !live.has(line));
  const strange = [...live].filter(([line]) => !wanted.has(line) && /: CREATE (CONSTRAINT )?TRIGGER /.test(line));
  return [
    ...missing.map(([line, owner]) => fault("schema.whole", owner, `lacks: ${line.slice(owner.length + 2)}`)),
    ...strange.map(([line, owner]) =>
      fault("schema.whole", owner, `has what is not ours: ${line.slice(owner.length + 2)}`),
    ),
  ];
}

async function changedGrants(db: Queryable): Promise<Fault[]> {
  const [found] = await db.query<{ role: string; owned: readonly string[]; special: boolean }>(
    `select current_user as role, r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolbypassrls as special,
       array(select c.relname::text from pg_class c where c.relnamespace = 'public'::regnamespace and c.relname = any ($1::text[])
         and pg_has_role(current_user, c.relowner, 'usage') order by c.relname) as owned
     from pg_roles r where r.rolname = current_user`,
    [appendOnlyTables],
  );
  const role = found?.role ?? "";
  const { missing, beyond } = compareGrants(
    (await db.query<{ line: string }>(liveGrants, grantValues(role))).map((row) => row.line),
  );
  return [
    ...missing.map((line) => fault("schema.grants", role, `lacks the right: ${line}`)),
    ...beyond.map((line) => fault("schema.grants", role, `has the right: ${line}`)),
    ...(found?.owned ?? []).map((table) => fault("schema.grants", role, `could do as the owner of ${table} may`)),
    ...(found?.special === true ? [fault("schema.grants", role, "may make roles or databases, or everything")] : []),
  ];
}

/** True when a later version of the gateway has migrated: its schema and grants are not this version's to judge. */
async function isAhead(db: Queryable): Promise<boolean> {
  const ours = new Set((await readdir(migrationsDirectory)).map((name) => name.replace(/\.sql$/, "")));
  const done = await db.query<{ name: string }>("select name from migrations");
  return done.some((row) => !ours.has(row.name));
}

/** What guards the rows, which no question about rows can tell. */
export interface GuardCheck {
  readonly name: string;
  readonly promise: string;
  readonly find: (db: Queryable) => Promise<Fault[]>;
}

const unlessAhead = (find: GuardCheck["find"]) => async (db: Queryable) => ((await isAhead(db)) ? [] : find(db));

export const guardChecks: readonly GuardCheck[] = [
  {
    name: "schema.whole",
    promise: "Constraints, indexes, triggers and functions are as the migrations made them.",
    find: unlessAhead(changedSchema),
  },
  {
    name: "schema.partitions",
    promise: "Every partition has the triggers of its table, and the indexes that keep its rows unique.",
    find: unlessAhead(partitionFaults),
  },
  {
    name: "schema.grants",
    promise: "The gateway's role has the rights of the table of grants, and no others.",
    find: unlessAhead(changedGrants),
  },
];
