import { type Caller, openCaller } from "../../../../reliability/cast/call.ts";
import {
  type Asked,
  callApi,
  eventsOf,
  type OneGateway,
  paymentCall,
} from "../../../../reliability/races/shop-call.ts";
import { randomFrom } from "../../../../reliability/random.ts";
import type { CuttingProxy } from "./cutting-proxy.ts";

export interface CutCommitsReport {
  readonly seed: number;
  readonly calls: number;
  /** Calls during which an answer of the database was kept back. */
  readonly cuts: number;
  /** Of those: calls whose work had been committed, and calls whose work had not. */
  readonly committed: number;
  readonly undone: number;
  readonly violations: readonly string[];
}

const mostTries = 20;

/** What is done under a key, how many answers of the database it takes at most, and what must come of it: one row. */
interface Deed {
  readonly asked: Asked;
  readonly answers: number;
  readonly rows: { readonly text: string; readonly values: readonly unknown[] };
}

const wish = (invoice: string) => ({ invoice, amount: 1_250, description: "" });

const creation = (key: string): Deed => ({
  asked: paymentCall(wish(key)),
  answers: 3,
  rows: { text: eventsOf, values: [[key]] },
});

/** A change takes a transaction of many statements, which can be cut anywhere. */
async function change(gateway: OneGateway, caller: Caller, url: string, key: string): Promise<Deed> {
  const { id } = await callApi(gateway, caller, url, paymentCall(wish(key)), `${key}-made`);
  return {
    asked: { method: "PATCH", path: `/api/v2/payments/${id}`, body: '{"description":"changed"}' },
    answers: 16,
    rows: { text: "events where payment_id = $1 and type = 'payment.updated'", values: [id] },
  };
}

/**
 * Cuts the gateway off its database at any answer of it, that to a commit included, while it works on a call; then makes the
 * call again under the same key. What the gateway cannot know it must not guess: it says so, and the repeat finds out.
 * @param gateway one process, behind the proxy, which is asked one thing at a time
 */
export async function cutCommits(
  gateway: OneGateway,
  proxy: CuttingProxy,
  { seed, calls }: { readonly seed: number; readonly calls: number },
): Promise<CutCommitsReport> {
  const random = randomFrom(seed);
  const caller = openCaller(1);
  const [url = ""] = gateway.urls;
  const counts = { cuts: 0, committed: 0, undone: 0 };
  const violations: string[] = [];
  for (let index = 0; index < calls; index += 1) {
    const key = `cut-${seed}-${index}`;
    const { asked, answers, rows } = random.chance(0.5) ? creation(key) : await change(gateway, caller, url, key);
    const ask = () => callApi(gateway, caller, url, asked, key);
    proxy.cutAtAnswer(random.whole(1, answers));
    const first = await ask();
    const isCut = proxy.rest();
    let again = await ask();
    for (let tries = 1; again.status !== 200 && tries < mostTries; tries += 1) again = await ask();
    if (isCut) counts.cuts += 1;
    if (isCut && first.status !== 200) counts[again.isReplayed ? "committed" : "undone"] += 1;
    const done = await gateway.count(rows.text, rows.values);
    const kept = await gateway.count("idempotency_records where idempotency_key = $1 and status = 200", [key]);
    const isTold = first.status === 200 ? first.text === again.text : first.code === "database_unavailable";
    if (!isTold || again.status !== 200 || done !== 1 || kept !== 1)
      violations.push(`${key}: ${first.status} ${first.code}, then ${again.status} ${again.code}; ${done}, ${kept}`);
  }
  caller.close();
  return { seed, calls, ...counts, violations };
}
