import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { merge } from "./findings.ts";
import type { Instrument } from "./instrument.ts";
import type { Result } from "./results.ts";

const file = fileURLToPath(new URL("../docs/reliability.md", import.meta.url));

const heading = `# Reliability

What the gateway promises when things go wrong, how each promise was tried, and what was measured. Every line is the work of
an instrument in \`reliability/\`. Most attack a running gateway from outside and then read its database past it; the others are
tests of the suite that run for longer and with more of everything. A short form of each runs with every change (\`npm test\`);
the figures here are from the long form:

\`\`\`console
npm run reliability -- --long                  # all of it, going on where it stopped
npm run reliability -- --long --slice crash    # one instrument
npm run reliability -- --seed 7 --slice crash  # the short form, with chance that can be had again
\`\`\`

This page is made by that command from the results in \`reliability/results/\`. N attempts without a violation say, at 95%
confidence, that fewer than 3 in N go wrong; they do not say that none does.

`;

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");

/** The results of one instrument, and what they come to. */
interface Line {
  readonly instrument: Instrument;
  readonly results: readonly Result[];
}

const slicesOf = ({ slices }: Instrument) => slices ?? 1;
const violationsOf = ({ results }: Line) => merge(results.map(({ findings }) => findings)).violations;

function row({ instrument, results }: Line): string {
  const figure = () => instrument.figure(merge(results.map(({ findings }) => findings)));
  const isWhole = results.length === slicesOf(instrument);
  const part = isWhole ? "" : ` (${results.length} of ${slicesOf(instrument)} parts)`;
  const measured = results.length === 0 ? "not measured yet" : `${figure()}${part}`;
  const cells = [String(instrument.row), instrument.hazard, instrument.promise, instrument.target, measured];
  return `| ${cells.map(cell).join(" | ")} |`;
}

function shortfallsOf(line: Line): string[] {
  const { instrument, results } = line;
  const all = slicesOf(instrument);
  if (results.length === 0) return ["its long form has not been run"];
  const findings = merge(results.map((result) => result.findings));
  return [
    ...(results.length < all ? [`${results.length} of ${all} slices of its long form have been run`] : []),
    ...(instrument.shortfalls?.(findings) ?? []),
    ...(findings.violations.length > 0 ? [`${findings.violations.length} violations, listed below`] : []),
  ];
}

function shortfalls(lines: readonly Line[]): string {
  const found = lines.flatMap((line) => shortfallsOf(line).map((text) => `- \`${line.instrument.name}\`: ${text}.`));
  const none = "None: every figure meets its target.";
  return `## Shortfalls\n\n${found.length === 0 ? none : found.join("\n")}\n`;
}

function violations(lines: readonly Line[]): string {
  const found = lines.flatMap((line) => violationsOf(line).map((text) => `- \`${line.instrument.name}\`: ${text}`));
  return found.length === 0 ? "" : `\n## Violations\n\n${found.slice(0, 100).join("\n")}\n`;
}

function runsOf({ instrument, results }: Line): string[] {
  if (results.length === 0) return [];
  const total = results.reduce((sum, { tookS }) => sum + tookS, 0);
  const different = (of: (result: Result) => string) => [...new Set(results.map(of))].sort().join(", ");
  const remarks = merge(results.map(({ findings }) => findings)).remarks ?? [];
  const cells = [
    `\`${instrument.name}\``,
    `${results.length} of ${slicesOf(instrument)}`,
    different(({ seed }) => String(seed)),
    different(({ commit }) => `\`${commit}\``),
    different(({ startedAt }) => startedAt.slice(0, 10)),
    `${Math.round(total / 60)} min`,
    [
      different((result) => result.machine),
      `load up to ${Math.max(...results.map(({ load }) => load))}`,
      ...remarks,
    ].join("; "),
  ];
  return [`| ${cells.map(cell).join(" | ")} |`];
}

/** The page that tells what was promised, tried and measured. */
export function render(instruments: readonly Instrument[], results: readonly Result[]): string {
  const lines = instruments.map((instrument) => ({
    instrument,
    results: results.filter((result) => result.instrument === instrument.name),
  }));
  const table = ["| # | Hazard | Promise | Target | Measured |", "|---|---|---|---|---|", ...lines.map(row)];
  const runs = [
    "| Instrument | Slices | Seeds | Commits | Days | Took | On |",
    "|---|---|---|---|---|---|---|",
    ...lines.flatMap(runsOf),
  ];
  return `${heading}${table.join("\n")}\n\n${shortfalls(lines)}${violations(lines)}\n## Runs\n\n${runs.join("\n")}\n`;
}

export async function writeReport(instruments: readonly Instrument[], results: readonly Result[]): Promise<void> {
  await writeFile(file, render(instruments, results));
}
