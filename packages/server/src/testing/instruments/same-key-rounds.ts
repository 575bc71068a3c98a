import type { Agent } from "undici";
import { askUnderKey, type OneGateway, openConnections, paymentText, type Reply } from "./one-gateway.ts";
import { type SeededChance, seededChance } from "./seeded-chance.ts";

export interface SameKeyOptions {
  readonly seed: number;
  readonly rounds: number;
  /** Calls of one round, all sent before any is answered. */
  readonly parallel?: number;
}

export interface SameKeyReport {
  readonly seed: number;
  readonly rounds: number;
  readonly calls: number;
  readonly created: number;
  readonly replayed: number;
  /** Calls with another body than the one that won. */
  readonly refused: number;
  /** Calls that were told to come back, and did. */
  readonly toldToWait: number;
  readonly msPerRound: number;
  /** Whatever was not as promised, with its round. */
  readonly violations: readonly string[];
}

interface Wish {
  readonly invoice: string;
  readonly amount: number;
  readonly description: string;
}

/** Up to five wishes that differ in one thing or another, never twice the same. */
function wishesOf(chance: SeededChance, name: string): Wish[] {
  const base = { invoice: name, amount: 1_000 + chance.below(9_000), description: "Two tickets" };
  const others: Wish[] = [
    { ...base, amount: base.amount + 1 },
    { ...base, invoice: `${name}-B` },
    { ...base, description: "Three tickets" },
    { ...base, invoice: `${name}-C`, amount: base.amount + 2, description: "" },
  ];
  return [base, ...chance.shuffle(others).slice(0, chance.below(others.length + 1))];
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
async function judge(gateway: OneGateway, key: string, calls: readonly Call[]): Promise<string[]> {
  const found: string[] = [];
  const check = (isSo: boolean, what: string) => void (isSo || found.push(`${key}: ${what}`));
  const answered = calls.filter(({ reply }) => reply.status === 200);
  const winner = answered.find(({ reply }) => !reply.isReplayed)?.wish;
  const texts = new Set(answered.map(({ reply }) => reply.text));
  check(texts.size === 1, `${texts.size} different answers`);
  check(answered.filter(({ reply }) => !reply.isReplayed).length === 1, "not exactly one call did the work");
  for (const { wish, reply } of calls) {
    const isRight = wish === winner ? reply.status === 200 : reply.code === "idempotency_key_reused";
    check(isRight, `${wish === winner ? "the same" : "another"} body was answered ${reply.status} ${reply.code}`);
  }
  const invoices = [...new Set(calls.map(({ wish }) => wish.invoice))];
  const counts = await Promise.all([
    gateway.count("payments where invoice = any($1)", [invoices]),
    gateway.count("events e join payments p on p.id = e.payment_id where p.invoice = any($1)", [invoices]),
    gateway.count("idempotency_records where idempotency_key = $1", [key]),
  ]);
  check(String(counts) === "1,1,1", `payments, events and records number ${counts}`);
  return found;
}

async function round(gateway: OneGateway, connections: Agent, chance: SeededChance, key: string, parallel: number) {
  const wishes = wishesOf(chance, key);
  const asked = Array.from({ length: parallel }, () => {
    const wish = chance.pick(wishes);
    return { wish, port: chance.pick(gateway.ports), body: paymentText(wish, chance.shuffle) };
  });
  return Promise.all(
    asked.map(async ({ wish, port, body }): Promise<Call> => {
      const answered = await insist(() => askUnderKey(gateway, port, connections, key, body));
      return { wish, ...answered };
    }),
  );
}

/**
 * The same key many times at once, with bodies that are the same, the same in another order, and others, to any process of
 * the gateway. One payment may come of each round, and everybody with its body must get the same bytes.
 */
export async function sameKeyRounds(gateway: OneGateway, options: SameKeyOptions): Promise<SameKeyReport> {
  const { seed, rounds, parallel = 100 } = options;
  const chance = seededChance(seed);
  const connections = openConnections(parallel);
  const violations: string[] = [];
  const counts = { created: 0, replayed: 0, refused: 0, toldToWait: 0 };
  let atWorkMs = 0;
  for (let index = 0; index < rounds; index += 1) {
    const key = `same-${seed}-${index}`;
    const started = performance.now();
    const calls = await round(gateway, connections, chance, key, parallel);
    atWorkMs += performance.now() - started;
    violations.push(...(await judge(gateway, key, calls)));
    for (const { reply, waited } of calls) {
      counts.toldToWait += waited;
      if (reply.status !== 200) counts.refused += 1;
      else if (reply.isReplayed) counts.replayed += 1;
      else counts.created += 1;
    }
  }
  await connections.close();
  return { seed, rounds, calls: rounds * parallel, ...counts, msPerRound: atWorkMs / rounds, violations };
}
