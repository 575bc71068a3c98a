import { parseArgs } from "node:util";
import { type Findings, thinned } from "./findings.ts";
import type { Instrument, Run } from "./instrument.ts";
import { instruments } from "./instruments.ts";
import { randomFrom } from "./random.ts";
import { writeReport } from "./report.ts";
import { hasResult, keep, machine, presentCommit, readResults } from "./results.ts";

const usage = [
  "Usage: npm run reliability -- [--slice NAME] [--seed N] [--long] [--again] [--report]",
  "",
  "  --slice NAME  one instrument, or one part of it as NAME.NUMBER",
  "  --seed N      chance that can be had again; one is drawn and printed when left out",
  "  --long        the form that a release is measured by; parts that have a result are passed over",
  "  --again       those too",
  "  --report      only writes docs/reliability.md from the results that are there",
  "",
  "Instruments:",
  ...instruments.map(({ name, slices = 1, hazard }) => `  ${name.padEnd(22)} ${hazard} (${slices} parts)`),
].join("\n");

const say = (line: string) => void process.stdout.write(`${line}\n`);

function runOf(instrument: Instrument, slice: number, seed: number): Run {
  const random = randomFrom(seed).fork(`${instrument.name}.${slice}`);
  return { seed, random, say: (line) => say(`  ${instrument.name}.${slice}: ${line}`) };
}

function tell(instrument: Instrument, findings: Findings): void {
  say(`  ${instrument.figure(findings)}`);
  for (const violation of findings.violations) say(`  VIOLATION ${violation}`);
  for (const shortfall of instrument.shortfalls?.(findings) ?? []) say(`  short: ${shortfall}`);
}

/** @returns how many violations there were */
async function runLong(instrument: Instrument, slice: number, seed: number): Promise<number> {
  const startedAt = new Date();
  const findings = thinned(await instrument.long(runOf(instrument, slice, seed), slice));
  const tookS = Math.round((Date.now() - startedAt.getTime()) / 1000);
  await keep({
    instrument: instrument.name,
    slice,
    seed,
    commit: presentCommit(),
    startedAt: startedAt.toISOString(),
    tookS,
    machine: machine(),
    findings,
  });
  tell(instrument, findings);
  return findings.violations.length;
}

interface Chosen {
  readonly instrument: Instrument;
  readonly slices: readonly number[];
}

function choose(wanted: string | undefined): Chosen[] {
  const [name, number] = wanted?.split(".") ?? [];
  const found = instruments.filter((each) => name === undefined || each.name === name);
  return found.map((instrument) => {
    const all = Array.from({ length: instrument.slices ?? 1 }, (_, index) => index);
    return { instrument, slices: number === undefined ? all : all.filter((index) => index === Number(number)) };
  });
}

async function runChosen(chosen: readonly Chosen[], options: { long: boolean; again: boolean; seed: number }) {
  let violations = 0;
  for (const { instrument, slices } of chosen) {
    for (const slice of options.long ? slices : slices.slice(0, 1)) {
      if (options.long && !options.again && (await hasResult(instrument.name, slice))) continue;
      say(`${instrument.name}.${slice}: ${instrument.hazard}`);
      if (options.long) violations += await runLong(instrument, slice, options.seed);
      else if (instrument.short === undefined) say("  it has a long form only");
      else {
        const findings = await instrument.short(runOf(instrument, slice, options.seed));
        tell(instrument, findings);
        violations += findings.violations.length;
      }
      if (options.long) await writeReport(instruments, await readResults());
    }
  }
  return violations;
}

/**
 * Runs the instruments that the command line names.
 * @returns the exit code: 0 when every promise was kept, 1 when one was broken, 64 when the line was not understood
 */
export async function runAll(line: readonly string[]): Promise<number> {
  const values = parse(line);
  const seed = values?.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
  const chosen = choose(values?.slice);
  const isUnderstood = Number.isSafeInteger(seed) && chosen.some(({ slices }) => slices.length > 0);
  if (values === undefined || !isUnderstood) {
    process.stderr.write(`${usage}\n`);
    return 64;
  }
  if (values.report) {
    await writeReport(instruments, await readResults());
    return 0;
  }
  say(`seed ${seed}, commit ${presentCommit()}, ${machine()}`);
  return (await runChosen(chosen, { long: values.long, again: values.again, seed })) > 0 ? 1 : 0;
}

function parse(line: readonly string[]) {
  const flag = { type: "boolean", default: false } as const;
  const options = {
    slice: { type: "string" },
    seed: { type: "string" },
    long: flag,
    again: flag,
    report: flag,
  } as const;
  try {
    return parseArgs({ args: [...line], options, strict: true }).values;
  } catch {
    return undefined;
  }
}
