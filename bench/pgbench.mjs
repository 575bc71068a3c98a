// Drives the gateway's own PostgreSQL with pgbench, which Debian's package `postgresql` brings: what the database can do when
// nobody stands before it is the limit that the gateway is measured against.
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { idAtTime } from "../packages/contract/dist/ids.js";
import { applicationLogin } from "./database.mjs";
import { median } from "./figures.mjs";

const run = promisify(execFile);

/** Debian keeps it out of the way of several versions; any of them speaks to any server. */
async function findPgbench() {
  const root = "/usr/lib/postgresql";
  const versions = await readdir(root).catch(() => []);
  const [newest] = versions.toSorted((a, b) => Number(b) - Number(a));
  return newest === undefined ? "pgbench" : path.join(root, newest, "bin", "pgbench");
}

/** The text as a literal. A colon begins a variable of pgbench, also inside of quotes. */
export const literal = (text) =>
  `E'${text.replaceAll("\\", "\\\\").replaceAll("'", "''").replaceAll(":", "\\x3A").replaceAll("\n", "\\n")}'`;

const time = idAtTime("event", Date.now()).slice(4, 14);

/** Ids and references that nobody has used: of this time, the client, its turn, and chance. */
export const fresh = (prefix) => `('${prefix}${time}' || lpad((:client_id)::text || '7' || (:chance)::text, 16, '0'))`;

/** A statement of the gateway with expressions in place of its parameters. */
export const filled = (statement, values) =>
  statement.replaceAll(/\$(\d+)/g, (whole, index) => values[Number(index) - 1] ?? whole);

/**
 * Runs a script of pgbench with prepared statements on the database of a gateway that runs. In it, `:chance` is a large
 * number by chance, and `:turn` counts the transactions of a client, from 1.
 * @param {{ dataDirectory: string }} gateway
 * @param {string} script one statement or several, without the last semicolon
 * @param {{ clients: number, seconds?: number, transactions?: number, setting?: string }} load for so many seconds, or so many
 *   transactions of each client; `setting` is put before the script, for variables of its own
 * @returns transactions a second, and, of one client, the median of their latencies in ms
 */
export async function pgbench(gateway, script, { clients, seconds, transactions, setting = "" }) {
  const { host, port, user, password, database } = await applicationLogin(gateway);
  const folder = await mkdtemp(path.join(tmpdir(), "kp-pgbench-"));
  const file = path.join(folder, "script.sql");
  const variables = `\\set chance random(100000000000, 999999999999)\n\\set turn :turn + 1\n${setting}`;
  await writeFile(file, `${variables}${script};\n`);
  const jobs = String(Math.min(2, clients));
  const until = transactions === undefined ? ["-T", String(seconds)] : ["-t", String(transactions)];
  const words = ["-n", "-M", "prepared", "-D", "turn=0", "-c", String(clients), "-j", jobs, ...until, "-f", file];
  try {
    const log = clients === 1 ? ["--log", `--log-prefix=${path.join(folder, "log")}`] : [];
    const env = { PATH: process.env.PATH, PGPASSWORD: password ?? "" };
    const to = ["-h", host, "-p", String(port ?? 5432), "-U", user, database];
    const { stdout } = await run(await findPgbench(), [...words, ...log, ...to], { env }).catch((error) => {
      if (error.code === "ENOENT") throw new Error("there is no pgbench; Debian has it in its package postgresql");
      throw new Error(`pgbench: ${String(error.stderr ?? error).slice(0, 600)}`);
    });
    const rate = Number(/tps = ([\d.]+) \(without/.exec(stdout)?.[1]);
    if (!Number.isFinite(rate) || !/failed transactions: 0 /.test(stdout)) throw new Error(stdout);
    return { rate, medianMs: log.length === 0 ? undefined : await medianOfLog(folder) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function medianOfLog(folder) {
  const name = (await readdir(folder)).find((each) => each.startsWith("log"));
  const lines = (await readFile(path.join(folder, name), "utf8")).trim().split("\n");
  return median(lines.map((line) => Number(line.split(" ")[2]))) / 1000;
}

/** The version of pgbench, for the table of machines; undefined where there is none. */
export async function pgbenchVersion() {
  const { stdout } = await run(await findPgbench(), ["--version"]).catch(() => ({ stdout: "" }));
  return /\(PostgreSQL\) (\S+)/.exec(stdout)?.[1];
}
