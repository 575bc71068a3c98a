import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { cpus, loadavg, release } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Findings } from "./findings.ts";

/** What is kept of one slice of a long run. */
export interface Result {
  readonly instrument: string;
  readonly slice: number;
  readonly seed: number;
  readonly commit: string;
  readonly startedAt: string;
  readonly tookS: number;
  readonly machine: string;
  /** The machine's load when it ended. */
  readonly load: number;
  readonly findings: Findings;
}

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = path.join(root, "reliability/results");

/** The commit that is being measured, with a mark when the sources differ from it. */
export function presentCommit(): string {
  const git = (...words: string[]) => execFileSync("git", words, { cwd: root, encoding: "utf8" }).trim();
  try {
    const sources = git("status", "--porcelain", "--", "packages", "reliability", "package-lock.json")
      .split("\n")
      .filter((line) => line !== "" && !line.includes("reliability/results"));
    return `${git("rev-parse", "--short=12", "HEAD")}${sources.length > 0 ? "+changes" : ""}`;
  } catch {
    return "unknown";
  }
}

/** What figures depend on besides the code. */
export function machine(): string {
  return `${cpus().length} cores, Linux ${release().split("-")[0]}, Node ${process.versions.node}`;
}

/** What else the machine has to do, for which durations have to be read with care: the load of the last minute. */
export function busyness(): number {
  return Math.round(loadavg()[0] ?? 0);
}

const fileOf = (instrument: string, slice: number) => path.join(folder, `${instrument}-${slice}.json`);

/** Keeps a result: whole, or, after a crash, not at all. */
export async function keep(result: Result): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = fileOf(result.instrument, result.slice);
  await writeFile(`${file}.new`, `${JSON.stringify(result)}\n`);
  await rename(`${file}.new`, file);
}

/** Every result that is kept, by instrument and slice. */
export async function readResults(): Promise<Result[]> {
  const names = await readdir(folder).catch(() => []);
  const results: Result[] = [];
  for (const name of names.filter((each) => each.endsWith(".json")).sort()) {
    results.push(JSON.parse(await readFile(path.join(folder, name), "utf8")) as Result);
  }
  return results;
}

export async function hasResult(instrument: string, slice: number): Promise<boolean> {
  return readFile(fileOf(instrument, slice)).then(
    () => true,
    () => false,
  );
}
