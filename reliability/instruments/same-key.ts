import { openTown, type Town } from "../cast/town.ts";
import { checkBooks } from "../checks/books.ts";
import { checkStored } from "../checks/stored.ts";
import { type Findings, highest, openNotebook, percentile } from "../findings.ts";
import type { Instrument, Run } from "../instrument.ts";
import { lostAnswers } from "../races/lost-answers.ts";
import { sameInvoiceRounds } from "../races/same-invoice-rounds.ts";
import { type Rounds, sameKeyRounds } from "../races/same-key-rounds.ts";
import type { OneGateway } from "../races/shop-call.ts";

type Attack = (gateway: OneGateway, options: Omit<Rounds, "rounds">) => Promise<void>;

/** Two processes of one gateway, whose database is read past them. */
async function twoProcesses(town: Town): Promise<OneGateway> {
  const second = await town.another();
  await second.start();
  return {
    urls: [town.gateway.url, second.url],
    apiKey: town.access.api_key,
    merchantKey: town.access.merchant_key,
    async count(text, values) {
      const [row] = await town.postgres.query<{ found: string }>(`select count(*) as found from ${text}`, values);
      return Number(row?.found);
    },
  };
}

async function attack(run: Run, work: Attack, check = checkStored): Promise<Findings> {
  const notebook = openNotebook();
  const settings = { KINETICPAY_OVERLOAD_DELAY_MS: "60000", KINETICPAY_OVERLOAD_WAITING: "100000" };
  const town = await openTown({ random: run.random, notebook, settings });
  try {
    await work(await twoProcesses(town), { random: run.random, notebook });
    await check(town, "at the end");
    return notebook.findings();
  } finally {
    await town.close();
  }
}

const keyRounds = (run: Run, rounds: number) =>
  attack(run, (gateway, options) => sameKeyRounds(gateway, { ...options, rounds }));

export const sameKey: Instrument = {
  name: "same-key",
  row: 3,
  hazard: "One idempotency key comes many times at once, with the same body and with others",
  promise: "It is worked on once; whoever sent the same gets the same bytes, and everybody else is refused",
  target: "1,000 rounds of 100: 1 created in each; the same bytes; 100% of other bodies refused",
  slices: 2,
  short: (run) => keyRounds(run, 20),
  long: (run) => keyRounds(run, 500),
  figure: ({ counts, samples }) =>
    `${counts["rounds"]} rounds of 100 at two processes: ${counts["created"]} created, ${counts["replayed"]} answered alike, ` +
    `${counts["refused"]} refused; a round in p50 ${Math.round(percentile(samples["round"], 0.5))} ms, at most ` +
    `${Math.round(highest(samples["round"]))} ms: ${counts["violations"]} violations`,
};

const invoiceRounds = (run: Run, rounds: number) =>
  attack(
    run,
    (gateway, options) => sameInvoiceRounds(gateway, { ...options, rounds }),
    // Here one invoice has many payments, one after the other.
    (town, when) => checkBooks(town.postgres, town.notebook, when),
  );

export const sameInvoice: Instrument = {
  name: "same-invoice",
  row: 3,
  hazard: "One invoice is asked for many times at once, without a key, over both protocols, with one amount or several",
  promise: "One payment is live in the end; every other was cancelled and told so; no answer is untrue",
  target: "300 rounds of 100: 0 violations",
  slices: 2,
  short: (run) => invoiceRounds(run, 12),
  long: (run) => invoiceRounds(run, 150),
  figure: ({ counts }) =>
    `${counts["rounds"]} rounds of 100 at two processes: ${counts["payments"]} payments, ${counts["refused"]} calls refused, ` +
    `${counts["violations"]} violations`,
};

const cut = (run: Run, cuts: number) => attack(run, (gateway, options) => lostAnswers(gateway, { ...options, cuts }));

export const lostReply: Instrument = {
  name: "lost-reply",
  row: 4,
  hazard: "The connection breaks before an answer arrives, and the call is made again under its key",
  promise: "The work is done once, and the repeat gets its answer",
  target: "2,000 cuts: 0 duplicates",
  short: (run) => cut(run, 100),
  long: (run) => cut(run, 2_000),
  figure: ({ counts }) =>
    `${counts["cuts"]} cuts: ${counts["found done"] ?? 0} repeats found the work done, ${counts["done by the repeat"] ?? 0} did it; ` +
    `${counts["violations"]} violations`,
};
