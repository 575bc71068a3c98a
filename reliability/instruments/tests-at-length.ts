import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type Findings, openNotebook } from "../findings.ts";
import type { Run } from "../instrument.ts";
import { runTests } from "../run-tests.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const patienceMs = 3_600_000;

/** What is run by itself, and for longer than with every change. */
interface Lengthened {
  /** Files of the suite. */
  readonly tests?: readonly string[];
  /** A program that ends with another code than 0 when it has found something. */
  readonly program?: string;
  /** Only what is titled so. */
  readonly titles?: string;
  /** How much of chance is tried; what the test itself has when left out. */
  readonly runs?: number;
}

/** What a test tells when TEST_FIGURES names a file. */
interface Told {
  readonly name: string;
  readonly figures: Readonly<Record<string, number>>;
}

/** @returns what it complains of; undefined when it ended well */
async function complaintOf(program: string, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const child = spawn(process.execPath, [program], {
    cwd: root,
    env: environment,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = `${said}${text}`.slice(-500);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return code === 0 ? undefined : `${program} ended with ${code}: ${said}`;
}

async function runAll(all: Lengthened, environment: Readonly<Record<string, string>>): Promise<string | undefined> {
  const { tests = [], program, titles } = all;
  if (program !== undefined) return complaintOf(program, { ...process.env, ...environment });
  const options = { patienceMs, environment, ...(titles === undefined ? {} : { titles }) };
  const { failed } = await runTests(root, tests, options);
  return failed && `${failed.file}: ${failed.test}`;
}

/** Runs tests of the suite, or a program, with this run's seed, and counts what they tell: "name of the test: figure". */
export async function runAtLength(run: Run, all: Lengthened): Promise<Findings> {
  const notebook = openNotebook();
  const folder = await mkdtemp(path.join(tmpdir(), "kp-figures-"));
  const told = path.join(folder, "figures.ndjson");
  try {
    const complaint = await runAll(all, {
      TEST_FIGURES: told,
      TEST_SEED: String(run.seed),
      ...(all.runs === undefined ? {} : { TEST_RUNS: String(all.runs) }),
    });
    if (complaint !== undefined) notebook.violation(complaint);
    const lines = (await readFile(told, "utf8").catch(() => "")).split("\n").filter((line) => line !== "");
    for (const { name, figures } of lines.map((line) => JSON.parse(line) as Told)) {
      for (const [what, count] of Object.entries(figures))
        if (what !== "seed") notebook.count(`${name}: ${what}`, count);
    }
    // A title that was changed would otherwise be no test, and no violation.
    if (lines.length === 0) notebook.violation("nothing was tried: nobody told a figure");
    run.say(`${lines.length} figures`);
    return notebook.findings();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A count, as it is written in a sentence. */
export const counted = ({ counts }: Findings, name: string): string => (counts[name] ?? 0).toLocaleString("en");

/** How many promises were seen broken, with the word for them. */
export const broken = (findings: Findings, word = "violations"): string => `${counted(findings, "violations")} ${word}`;
