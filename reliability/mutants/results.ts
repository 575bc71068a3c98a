import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { FailedTest } from "../run-tests.ts";
import type { Mutant } from "./mutant.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const resultsFile = path.join(root, "reliability/mutants/results.json");
const tableFile = path.join(root, "docs/mutants.md");

/** What became of one mutant. */
export interface MutantResult {
  readonly name: string;
  readonly defect: string;
  /** The test that noticed it; null when none did. */
  readonly killedBy: FailedTest | null;
  /** True when none of the tests that were expected to notice did, and another one had to. */
  readonly byWiderTests: boolean;
  readonly tookS: number;
  readonly commit: string;
  /** Of the changes, of what they change, and of the tests that should notice: a result for others is none. */
  readonly digest: string;
}

const textOf = (file: string) => readFileSync(path.join(root, file), "utf8");

export function digestOf({ changes, tests }: Mutant): string {
  const hash = createHash("sha256").update(JSON.stringify(changes));
  for (const { file } of changes) hash.update(textOf(file));
  for (const test of tests) hash.update(test.endsWith(".ts") || test.endsWith(".tsx") ? textOf(test) : test);
  return hash.digest("hex").slice(0, 16);
}

export function presentCommit(): string {
  return execFileSync("git", ["rev-parse", "--short=12", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
}

export async function readResults(): Promise<MutantResult[]> {
  const text = await readFile(resultsFile, "utf8").catch(() => "[]");
  return JSON.parse(text) as MutantResult[];
}

/** Writes results in the order of the list, without those of mutants that are no more, and the page that shows them. */
export async function writeResults(mutants: readonly Mutant[], results: readonly MutantResult[]): Promise<void> {
  const byName = new Map(results.map((result) => [result.name, result]));
  const kept = mutants.flatMap(({ name }) => byName.get(name) ?? []);
  await writeFile(resultsFile, `${JSON.stringify(kept, null, 2)}\n`);
  await writeFile(tableFile, tableOf(mutants, kept));
}

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");

/** The page for people: which test notices which defect. */
export function tableOf(mutants: readonly Mutant[], results: readonly MutantResult[]): string {
  const killed = results.filter(({ killedBy }) => killedBy !== null).length;
  const rows = results.map(({ defect, killedBy }) => {
    const by = killedBy === null ? "**nothing**" : `${cell(killedBy.test)} (\`${killedBy.file}\`)`;
    return `| ${cell(defect)} | ${by} |`;
  });
  return `# Defects that the tests notice

Tests that never fail prove nothing. So these defects were put into the sources, one after the other, each in a copy of its
own. Of ${mutants.length} on the list ${results.length} have been tried, and ${killed} of those were noticed. \`npm run mutants\` goes on where it
stopped, fails when one is not noticed, and writes this page. The list lies in \`reliability/mutants/list/\`: whoever mends a fault that the tests had let
through adds it there.

| If … | … this test fails |
|---|---|
${rows.join("\n")}
`;
}
