// Prints "N passed, N failed" from vitest's JSON report, and exits 0 only when everything ran and passed.
// Usage: node count-results.mjs EXIT_CODE_OF_THE_RUN REPORT
import { readFileSync } from "node:fs";

const [code = "1", file = ""] = process.argv.slice(2);

function readReport() {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    // The run ended before vitest wrote one.
    return { numPassedTests: 0, numFailedTests: 0, testResults: [] };
  }
}

const report = readReport();
// A file that cannot be loaded, or whose preparation fails, has no failed test of its own.
const broken = report.testResults.filter(
  (each) => each.status === "failed" && !each.assertionResults.some((test) => test.status === "failed"),
);
const counted = report.numFailedTests + broken.length;
const failed = counted === 0 && (code !== "0" || report.success !== true) ? 1 : counted;

console.log(`${report.numPassedTests} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : Number(code) || 1;
