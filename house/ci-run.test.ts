import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { root } from "./source-files.ts";

const directory = mkdtempSync(path.join(tmpdir(), "kp-house-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const passed = { status: "passed", assertionResults: [{ status: "passed" }] };
const failed = { status: "failed", assertionResults: [{ status: "failed" }] };
const unloadable = { status: "failed", assertionResults: [] };

/** What the last line says, and how the run ends, after a run with that exit code and report. */
function counted(code: number, report: unknown): { line: string; ends: number | null } {
  const file = path.join(directory, "report.json");
  if (report === undefined) rmSync(file, { force: true });
  else writeFileSync(file, JSON.stringify(report));
  const script = path.join(root, ".ci/count-results.mjs");
  const run = spawnSync(process.execPath, [script, String(code), file], { encoding: "utf8" });
  return { line: run.stdout.trim(), ends: run.status };
}

describe("the count at the end of .ci/run", () => {
  test("is good only when everything ran and passed", () => {
    const report = { success: true, numPassedTests: 2, numFailedTests: 0, testResults: [passed, passed] };
    expect(counted(0, report)).toEqual({ line: "2 passed, 0 failed", ends: 0 });
  });

  test.each([
    [
      "a test that failed",
      1,
      { success: false, numPassedTests: 1, numFailedTests: 1, testResults: [passed, failed] },
      1,
    ],
    [
      "a file that cannot be loaded",
      1,
      { success: false, numPassedTests: 1, numFailedTests: 0, testResults: [passed, unloadable] },
      1,
    ],
    [
      "an error outside every test",
      1,
      { success: false, numPassedTests: 1, numFailedTests: 0, testResults: [passed] },
      1,
    ],
    ["a run that says it failed", 2, { success: true, numPassedTests: 1, numFailedTests: 0, testResults: [passed] }, 1],
    [
      "a report that says it failed",
      0,
      { success: false, numPassedTests: 1, numFailedTests: 0, testResults: [passed] },
      1,
    ],
  ])("counts %s", (_what, code, report, failures) => {
    const { line, ends } = counted(code, report);
    expect(line).toBe(`1 passed, ${failures} failed`);
    expect(ends).not.toBe(0);
  });

  test("counts a run that never came to its tests", () => {
    expect(counted(127, undefined)).toEqual({ line: "0 passed, 1 failed", ends: 127 });
    expect(counted(0, undefined).ends).not.toBe(0);
  });
});

describe("the README's test command", () => {
  test("is the one that .ci/run runs", () => {
    const readme = readFileSync(path.join(root, "README.md"), "utf8");
    expect(readme).toContain("npm ci && npm test");
    expect(readFileSync(path.join(root, ".ci/run"), "utf8")).toContain("\nnpm ci && npm test\n");
  });
});
