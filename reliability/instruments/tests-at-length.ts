import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type Findings, openNotebook } from "../findings.ts";
import type { Instrument, Run } from "../instrument.ts";
import { runTests } from "../run-tests.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const patienceMs = 3_600_000;

/** A test of the suite, run by itself and for longer than with every change. */
interface Lengthened {
  readonly file: string;
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

async function runAtLength(run: Run, { file, titles, runs }: Lengthened): Promise<Findings> {
  const notebook = openNotebook();
  const folder = await mkdtemp(path.join(tmpdir(), "kp-figures-"));
  const told = path.join(folder, "figures.ndjson");
  try {
    const { failed } = await runTests(root, [file], {
      patienceMs,
      ...(titles === undefined ? {} : { titles }),
      environment: {
        TEST_FIGURES: told,
        TEST_SEED: String(run.seed),
        ...(runs === undefined ? {} : { TEST_RUNS: String(runs) }),
      },
    });
    if (failed !== undefined) notebook.violation(`${failed.file}: ${failed.test}`);
    const lines = (await readFile(told, "utf8").catch(() => "")).split("\n").filter((line) => line !== "");
    for (const { name, figures } of lines.map((line) => JSON.parse(line) as Told)) {
      for (const [what, count] of Object.entries(figures))
        if (what !== "seed") notebook.count(`${name}: ${what}`, count);
    }
    run.say(`${lines.length} figures`);
    return notebook.findings();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const server = "packages/server/src";
const slicesOfModel = 20;
const count = ({ counts }: Findings, name: string) => (counts[name] ?? 0).toLocaleString("en");

export const everyOrder: Instrument = {
  name: "every-order",
  row: 12,
  hazard: "Messages of the bank come late, in another order, or contradict each other",
  promise: "What is final stays final, and a contradiction reaches a person",
  target: "every order of up to 5 messages: 0 paid payments that fail",
  long: (run) => runAtLength(run, { file: `${server}/payments/decide.test.ts` }),
  figure: (findings) =>
    `${count(findings, "orders of messages about two attempts: orders")} orders of up to 5 messages about two attempts, ${count(findings, "violations")} violations`,
};

export const paymentModel: Instrument = {
  name: "payment-model",
  row: 12,
  hazard: "Shops, buyers, banks and time do anything in any order, and at the same moment",
  promise: "The gateway does what its rules say, told a second time by an independent model",
  target: "20,000 sequences: 0 differences",
  slices: slicesOfModel,
  long: (run, slice) =>
    runAtLength(
      { ...run, seed: run.seed + 1_000 * slice },
      { file: `${server}/payments/payment-model.test.ts`, runs: 20_000 / slicesOfModel },
    ),
  figure: (findings) =>
    `${count(findings, "payment model: sequences")} sequences, ${count(findings, "payment model: commands")} commands and ${count(findings, "payment model: race")} races, ${count(findings, "violations")} differences`,
};

export const forgedMessages: Instrument = {
  name: "forged-messages",
  row: 21,
  hazard: "Somebody forges or alters a message of the bank network",
  promise: "It is not acknowledged, and changes nothing",
  target: "at least 5,000 variants: 0 accepted, 0 changes, 0 `OK`",
  long: (run) => runAtLength(run, { file: `${server}/http/forged-messages.test.ts` }),
  figure: (findings) =>
    `${count(findings, "forged messages: total")} variants, ${count(findings, "violations")} violations`,
};

export const otherSums: Instrument = {
  name: "other-sums",
  row: 22,
  hazard: "The bank network itself signs another amount or currency",
  promise: "Nothing is paid by it, and a person is told",
  target: "0 paid; an alarm and a case each time",
  long: (run) =>
    runAtLength(run, { file: `${server}/http/forged-messages.test.ts`, titles: "another sum or currency" }),
  figure: (findings) => `24 sums and currencies in 3 ways, ${count(findings, "violations")} violations`,
};

export const forgedCallbacks: Instrument = {
  name: "forged-callbacks",
  row: 23,
  hazard: "Somebody tells a shop that it was paid",
  promise: "The checks that the guides print refuse it, and nothing genuine",
  target: "0 of 500 accepted, 0 genuine ones refused",
  long: (run) => runAtLength(run, { file: "acceptance/forged-callbacks.test.ts" }),
  figure: (findings) =>
    `${count(findings, "callbacks of the v2 API: forged")} of the v2 API and ${count(findings, "callbacks of the wire protocol: forged")} of the KineticPay protocol, ${count(findings, "violations")} violations`,
};

export const canaries: Instrument = {
  name: "canaries",
  row: 28,
  hazard: "Secrets end up where they do not belong",
  promise: "None is seen in log, database, events, request log or answers",
  target: "30 canaries down every path: 0 sightings",
  long: (run) => runAtLength(run, { file: `${server}/http/canaries.test.ts` }),
  figure: (findings) =>
    `${count(findings, "canaries: canaries")} canaries in ${count(findings, "canaries: requests")} requests, ${count(findings, "violations")} violations`,
};
