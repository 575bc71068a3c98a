import { type Caller, openCaller } from "../cast/call.ts";
import type { Notebook } from "../findings.ts";
import type { Random } from "../random.ts";
import { callApi, eventsOf, type OneGateway, paymentCall, type Reply, shuffled, type Wish } from "./shop-call.ts";

export interface Rounds {
  readonly random: Random;
  readonly notebook: Notebook;
  readonly rounds: number;
  /** Calls of one round, all sent before any is answered. */
  readonly parallel?: number;
}

/** Up to five wishes that differ in one thing or another, never twice the same. */
function wishesOf(random: Random, invoice: string): Wish[] {
  const base = { invoice, amount: random.whole(1_000, 10_000), description: "Two tickets" };
  const others: Wish[] = [
    { ...base, amount: base.amount + 1 },
    { ...base, invoice: `${invoice}-B` },
    { ...base, description: "Three tickets" },
    { ...base, invoice: `${invoice}-C`, amount: base.amount + 2, description: "" },
  ];
  return [base, ...shuffled(random, others).slice(0, random.whole(0, others.length))];
}

interface Call {
  readonly wish: Wish;
  readonly reply: Reply;
  readonly waited: number;
}

const mostWaits = 30;

/** Asks, and asks again for as long as the answer is that the first call is still at work. */
async function insist(ask: () => Promise<Reply>): Promise<{ reply: Reply; waited: number }> {
  for (let waited = 0; ; waited += 1) {
    const reply = await ask();
    if (reply.code !== "idempotency_in_progress" || waited === mostWaits) return { reply, waited };
  }
}

/** What one round must have come to. */
async function judge(gateway: OneGateway, notebook: Notebook, key: string, calls: readonly Call[]): Promise<void> {
  const check = (isSo: boolean, what: string) => void (isSo || notebook.violation(`${key}: ${what}`));
  const answered = calls.filter(({ reply }) => reply.status === 200);
  const first = answered.filter(({ reply }) => !reply.isReplayed);
  const texts = new Set(answered.map(({ reply }) => reply.text));
  check(texts.size === 1, `${texts.size} different answers`);
  check(first.length === 1, `${first.length} calls did the work`);
  for (const { wish, reply } of calls) {
    const isSame = wish === first[0]?.wish;
    const isRight = isSame ? reply.status === 200 : reply.code === "idempotency_key_reused";
    check(isRight, `${isSame ? "the same" : "another"} body was answered ${reply.status} ${reply.code}`);
  }
  const invoices = [...new Set(calls.map(({ wish }) => wish.invoice))];
  const stored = await Promise.all([
    gateway.count("payments where invoice = any($1)", [invoices]),
    gateway.count(eventsOf, [invoices]),
    gateway.count("idempotency_records where idempotency_key = $1", [key]),
  ]);
  check(String(stored) === "1,1,1", `payments, events and records number ${stored}`);
  notebook.count("created", first.length);
  notebook.count("replayed", answered.length - first.length);
  notebook.count("refused", calls.length - answered.length);
  notebook.count(
    "told to wait",
    calls.reduce((sum, { waited }) => sum + waited, 0),
  );
}

async function round(gateway: OneGateway, caller: Caller, random: Random, key: string, parallel: number) {
  const wishes = wishesOf(random, key);
  const planned = Array.from({ length: parallel }, () => {
    const wish = random.pick(wishes);
    return { wish, url: random.pick(gateway.urls), asked: paymentCall(wish, (names) => shuffled(random, names)) };
  });
  return Promise.all(
    planned.map(async ({ wish, url, asked }): Promise<Call> => {
      const answered = await insist(() => callApi(gateway, caller, url, asked, key));
      return { wish, ...answered };
    }),
  );
}

/**
 * The same key many times at once, with bodies that are the same, the same in another order, and others, to any process of
 * the gateway. One payment may come of each round, and everybody with its body must get the same bytes.
 */
export async function sameKeyRounds(gateway: OneGateway, options: Rounds): Promise<void> {
  const { random, notebook, rounds, parallel = 100 } = options;
  const caller = openCaller(parallel);
  for (let index = 0; index < rounds; index += 1) {
    const key = `same-${random.seed}-${index}`;
    const began = performance.now();
    const calls = await round(gateway, caller, random, key, parallel);
    notebook.time("round", performance.now() - began);
    notebook.count("rounds");
    await judge(gateway, notebook, key, calls);
  }
  caller.close();
}
