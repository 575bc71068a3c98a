import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

/**
 * @typedef {import("./figures.mjs").Round} Round
 *
 * @typedef {object} Result What is kept of one bench.
 * @property {string} bench
 * @property {string} commit
 * @property {string} startedAt
 * @property {number} tookS
 * @property {string} machine
 * @property {number} load the machine's load before it began
 * @property {Readonly<Record<string, string>>} limits settings that the bench raised in its own gateway
 * @property {readonly string[]} remarks
 * @property {Readonly<Record<string, readonly Round[]>>} rounds by the ids of the bench's lines
 */

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = path.join(root, "bench/results");

/** The commit that is being measured, with a mark when the sources differ from it. */
export function presentCommit() {
  const git = (...words) => execFileSync("git", words, { cwd: root, encoding: "utf8" }).trim();
  try {
    const changes = git("status", "--porcelain", "--", "packages", "bench", "package-lock.json").split("\n");
    const sources = changes.filter((line) => line !== "" && !line.includes("bench/results"));
    return `${git("rev-parse", "--short=12", "HEAD")}${sources.length > 0 ? "+changes" : ""}`;
  } catch {
    return "unknown";
  }
}

/** Keeps a result: whole, or, after a crash, not at all. @param {Result} result */
export async function keep(result) {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, `${result.bench}.json`);
  await writeFile(`${file}.new`, `${JSON.stringify(result)}\n`);
  await rename(`${file}.new`, file);
}

/** Every result that is kept. @returns {Promise<Result[]>} */
export async function readResults() {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".json")).sort();
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(path.join(folder, name), "utf8"))));
}
