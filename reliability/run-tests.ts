import { spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";

/** The first test that failed, by its file from the root and its title. */
export interface FailedTest {
  readonly file: string;
  readonly test: string;
}

export interface TestRun {
  /** Undefined when every test passed. */
  readonly failed: FailedTest | undefined;
  readonly tookS: number;
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** What a run of tests that stands by itself may know of the run that it was started from: next to nothing. */
function ownEnvironment(): Record<string, string> {
  const { PATH = "", HOME = "", TMPDIR } = process.env;
  return { PATH, HOME, CI: "true", ...(TMPDIR === undefined ? {} : { TMPDIR }) };
}

function firstFailure(report: Report, folder: string): FailedTest | undefined {
  for (const { name, status, message, assertionResults } of report.testResults) {
    const file = path.relative(folder, name);
    const failed = assertionResults.find((each) => each.status === "failed");
    if (failed !== undefined) return { file, test: failed.fullName };
    if (status === "failed") return { file, test: message.split("\n")[0] ?? "the file could not be run" };
  }
  return undefined;
}

export interface TestRunOptions {
  /** Tests that have not ended by then count as failed: whoever runs them would not wait either. */
  readonly patienceMs: number;
  /** Only tests whose titles match. */
  readonly titles?: string;
  /** What the tests are told by their environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs tests in a tree until the first one fails. */
export async function runTests(folder: string, tests: readonly string[], options: TestRunOptions): Promise<TestRun> {
  const { patienceMs, titles, environment = {} } = options;
  const output = path.join(folder, "test-results", `${process.pid}.json`);
  await rm(output, { force: true });
  const startedMs = performance.now();
  const filter = titles === undefined ? [] : ["-t", titles];
  const words = ["run", ...tests, ...filter, "--bail=1", "--reporter=json", `--outputFile=${output}`];
  const child = spawn(process.execPath, ["node_modules/vitest/vitest.mjs", ...words], {
    ...{
      cwd: folder,
      env: { ...ownEnvironment(), ...environment },
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
    },
  });
  const endGroup = () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGTERM");
  };
  // Whoever is interrupted takes along what was started: the runner's workers and its database are of its group.
  process.prependOnceListener("exit", endGroup);
  let complaint = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    complaint = `${complaint}${text}`.slice(-4_000);
  });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    endGroup();
  }, patienceMs);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  clearTimeout(timer);
  process.off("exit", endGroup);
  const tookS = Math.round((performance.now() - startedMs) / 1000);
  if (code === 0) return { failed: undefined, tookS };
  if (isLate) return { failed: { file: tests[0] ?? "", test: "(the tests did not come to an end)" }, tookS };
  const report = await readFile(output, "utf8").then(
    (text) => JSON.parse(text) as Report,
    () => undefined,
  );
  const uncaught = /(?:Error|Unhandled)[^\n]*/.exec(complaint)?.[0] ?? `exit code ${code}`;
  const failed = report === undefined ? undefined : firstFailure(report, folder);
  return { failed: failed ?? { file: tests[0] ?? "", test: `(the run failed: ${uncaught})` }, tookS };
}
