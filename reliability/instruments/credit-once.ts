import { setTimeout as pause } from "node:timers/promises";
import { arrive, compose, decideFor, sendDirect, sendOnce } from "../cast/bank.ts";
import { type Caller, openCaller } from "../cast/call.ts";
import { insist, type Patience } from "../cast/insist.ts";
import { bearer, chooseBank, create } from "../cast/shopper.ts";
import { openTown, type Town } from "../cast/town.ts";
import { checkOutcomes } from "../checks/outcomes.ts";
import { checkStored } from "../checks/stored.ts";
import { type Findings, openNotebook } from "../findings.ts";
import type { Instrument, Run } from "../instrument.ts";
import type { Random } from "../random.ts";

interface Plan {
  readonly payments: number;
  readonly killEveryMs: number;
}

const workers = 6;
const fewest = 3;
const most = 100;
const endless: Patience = { isOver: () => false };

/** Between 3 and 100, the small ones as frequent as the large. */
function howMany(random: Random): number {
  return Math.round(fewest * (most / fewest) ** random.fraction());
}

/** One approved payment, of which the gateway hears many times at once, in all three ways. */
async function payOnce(town: Town, caller: Caller, random: Random, invoice: string): Promise<void> {
  const order = { invoice, amountSen: random.whole(100, 500_000), protocol: "v2" } as const;
  const created = await create(town, caller, order, endless);
  await town.journal.add({ what: "created", id: created.id, ...order });
  const handOff = await chooseBank(town, caller, created, endless);
  if (handOff === undefined) return town.notebook.violation(`${created.id} could not be paid`);
  await arrive(town, caller, handOff, endless);
  await decideFor(town, handOff.orderNumber, "00", invoice);
  const message = await compose(town, handOff.orderNumber, "00");
  const requery = {
    method: "POST",
    url: `${town.gateway.url}/api/v2/payments/${created.id}/requery`,
    headers: bearer(town),
    body: "{}",
  };
  const count = howMany(random);
  const ways = Array.from({ length: count - 1 }, () => random.fraction()).map((share) => {
    if (share < 0.6) return sendOnce(caller, message.direct);
    return share < 0.85 ? sendOnce(caller, message.browser) : insist(caller, requery, endless);
  });
  await Promise.all([sendDirect(town, caller, message, endless), ...ways]);
  town.notebook.count("payments");
  town.notebook.count("messages", count);
}

/** Has many payments confirmed many times each, while the gateway dies now and then. */
async function confirmManyTimes(run: Run, plan: Plan): Promise<Findings> {
  const notebook = openNotebook();
  const town = await openTown({ random: run.random, notebook });
  try {
    const caller = openCaller(workers * most);
    let next = 0;
    let isOver = false;
    const work = async (random: Random) => {
      for (let number = next++; number < plan.payments; number = next++)
        await payOnce(town, caller, random, `once-${number}`).catch((error: unknown) =>
          notebook.violation(error instanceof Error ? error.message : String(error)),
        );
    };
    const killing = (async () => {
      const moments = run.random.fork("moments");
      for (;;) {
        await pause(plan.killEveryMs * (0.5 + moments.fraction()));
        if (isOver) return;
        await town.gateway.kill();
        notebook.count("kills");
        notebook.time("ready again", await town.gateway.start());
      }
    })();
    await Promise.all(Array.from({ length: workers }, (_, index) => work(run.random.fork(`worker ${index}`))));
    isOver = true;
    await killing;
    caller.close();
    run.say(`${notebook.findings().counts["messages"]} messages`);
    await checkStored(town, "at the end");
    await checkOutcomes(town);
    const credits = "select count(*) as found from ledger_transactions";
    notebook.count("credits", Number((await town.postgres.query<{ found: string }>(credits))[0]?.found));
    return notebook.findings();
  } finally {
    await town.close();
  }
}

const paymentsASlice = 500;

export const creditOnce: Instrument = {
  name: "credit-once",
  row: 2,
  hazard: "The bank says the same thing many times, in several ways at once",
  promise: "One payment is credited once",
  target: "10,000 payments with 3 to 100 messages each, and kills: 0 credited twice or not at all",
  slices: 10_000 / paymentsASlice,
  short: (run) => confirmManyTimes(run, { payments: 40, killEveryMs: 4_000 }),
  long: (run) => confirmManyTimes(run, { payments: paymentsASlice, killEveryMs: 15_000 }),
  figure: ({ counts }) =>
    `${counts["payments"]} payments, ${counts["messages"]} messages, ${counts["kills"] ?? 0} kills: ${counts["credits"]} credits, ${counts["violations"]} violations`,
};
