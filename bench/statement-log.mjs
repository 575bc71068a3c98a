// Learns from the database itself which statements a gateway runs, and makes a script of pgbench of them.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { inDatabase } from "./database.mjs";
import { literal } from "./pgbench.mjs";

/**
 * @typedef {object} Statement
 * @property {string} session
 * @property {string} text with `$1` and so on
 * @property {(string | null)[]} values as text
 */

const mark = "@@";
const prefix = `${mark}%c@%a@ `;

/** @param {string} log of the server, written with `prefix` @returns {Statement[]} those of the gateway, in their order */
export function readStatements(log) {
  const statements = [];
  for (const entry of log.split(new RegExp(`^${mark}`, "m"))) {
    const [, session, program, level, told] = /^([^@]*)@([^@]*)@ (LOG|DETAIL): {2}([\s\S]*)$/.exec(entry) ?? [];
    if (program !== "kineticpay") continue;
    // A line that goes on is indented by a tab.
    const text = told.trimEnd().replaceAll("\n\t", "\n");
    const [, statement] = /^(?:execute [^:]+|statement): ([\s\S]*)$/.exec(text) ?? [];
    if (level === "LOG" && statement !== undefined) statements.push({ session, text: statement, values: [] });
    if (level !== "DETAIL" || !/^parameters: /i.test(text)) continue;
    const last = statements.findLast((each) => each.session === session);
    for (const [, number, value, quoted] of text.matchAll(/\$(\d+) = (NULL|'((?:[^']|'')*)')/g))
      last.values[Number(number) - 1] = value === "NULL" ? null : quoted.replaceAll("''", "'");
  }
  return statements;
}

/**
 * Has the database write down every statement while the work goes on.
 * @returns {Promise<Statement[]>}
 */
export async function statementsDuring(gateway, work) {
  const file = path.join(gateway.dataDirectory, "postgres/server.log");
  const configure = (words) =>
    inDatabase(gateway, async (query) => {
      for (const each of words) await query(each);
      await query("select pg_reload_conf()");
    });
  await configure([`alter system set log_line_prefix = '${prefix}'`, "alter system set log_statement = 'all'"]);
  try {
    // Sessions read their settings anew before their next statement, once the server has told them to.
    await inDatabase(gateway, async (query) => {
      while ((await query("show log_statement"))[0].log_statement !== "all") await query("select pg_sleep(0.01)");
    });
    await work();
  } finally {
    await configure(["alter system reset log_statement", "alter system reset log_line_prefix"]);
  }
  return readStatements(await readFile(file, "utf8"));
}

/** Statements that commit together, in the order of their beginnings. @param {readonly Statement[]} statements */
export function transactionsIn(statements) {
  const found = [];
  const open = new Map();
  for (const statement of statements) {
    const { session, text } = statement;
    if (/^begin\b/i.test(text)) {
      open.set(session, [statement]);
      found.push(open.get(session));
    } else if (open.has(session)) {
      open.get(session).push(statement);
      if (/^(commit|rollback)\b/i.test(text)) open.delete(session);
    } else found.push([statement]);
  }
  return found;
}

/** A value as an expression: ids that stand for others in each transaction are replaced, in the middle of it as well. */
function expressionOf(value, isCast, ids) {
  if (value === null || value === undefined) return "null";
  if (ids.has(value)) return ids.get(value);
  // Where nothing says what type the whole has, only a plain literal can become it.
  const known = isCast ? [...ids.keys()].filter((id) => value.includes(id)) : [];
  if (known.length === 0) return literal(value);
  const parts = value.split(new RegExp(`(${known.join("|")})`));
  return `(${parts.map((part) => ids.get(part) ?? literal(part)).join(" || ")})`;
}

/**
 * The script that does the same again.
 * @param {readonly Statement[][]} transactions
 * @param {ReadonlyMap<string, string>} ids expressions for what differs each time
 */
export function scriptOf(transactions, ids) {
  return transactions
    .flat()
    .map(({ text, values }) =>
      text.replaceAll(/\$(\d+)(?=(::)?)/g, (_whole, number, cast) =>
        expressionOf(values[Number(number) - 1], cast !== undefined, ids),
      ),
    )
    .join(";\n");
}
