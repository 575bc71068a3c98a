import type { Findings } from "./findings.ts";
import type { Instrument } from "./instrument.ts";
import { randomFrom } from "./random.ts";
import { presentCommit } from "./results.ts";

/** Runs an instrument's short form inside the tests, with a seed that is printed and can be given again. */
export async function shortRun(instrument: Instrument): Promise<Findings> {
  if (instrument.short === undefined) throw new Error(`${instrument.name} has no short form`);
  const seed = Number(process.env["KINETICPAY_TEST_SEED"] ?? Date.now() % 2 ** 31);
  const began = performance.now();
  console.info(`${instrument.name}: KINETICPAY_TEST_SEED=${seed}, commit ${presentCommit()}`);
  const random = randomFrom(seed).fork(`${instrument.name}.0`);
  const findings = await instrument.short({ seed, random, say: () => undefined });
  const tookS = Math.round((performance.now() - began) / 1_000);
  console.info(`${instrument.name}: ${instrument.figure(findings)} (${tookS} s)`);
  return findings;
}
