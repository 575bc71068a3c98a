import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { reapRecords } from "../idempotency/reap-records.ts";
import { type ApiAnswer, callApi } from "../testing/call-api.ts";
import { noLimits } from "../testing/no-limits.ts";
import { openTestApp, type TestApp } from "../testing/test-app.ts";
import { testClock } from "../testing/test-clock.ts";

const seed = Number(process.env["TEST_SEED"] ?? Date.now() % 1_000_000);
const clock = testClock();

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp({ clock, settings: noLimits });
});
afterAll(() => app.close());

/** Two orders, one of them also with another amount, which its invoice then stands in the way of. */
const orders = [
  { invoice: "A", amount: 1250 },
  { invoice: "A", amount: 1500 },
  { invoice: "B", amount: 1250 },
];

type How = "as it is" | "in another order" | "malformed" | "rehearsed" | "refused before" | "failed after" | "lost";
type Step =
  | { readonly kind: "ask"; readonly key: string; readonly order: number; readonly how: How }
  | { readonly kind: "cancel"; readonly invoice: string }
  | { readonly kind: "a month passes" };

const ask = fc.record({
  kind: fc.constant("ask" as const),
  key: fc.constantFrom("K1", "K2", "K3"),
  order: fc.nat(orders.length - 1),
  how: fc.constantFrom<How>(
    ...(["as it is", "as it is", "as it is", "in another order", "malformed", "rehearsed"] as const),
    ...(["refused before", "failed after", "lost"] as const),
  ),
});
const cancel = fc.record({ kind: fc.constant("cancel" as const), invoice: fc.constantFrom("A", "B") });
const month = fc.constant({ kind: "a month passes" as const });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof({ weight: 8, arbitrary: ask }, { weight: 2, arbitrary: cancel }, { weight: 1, arbitrary: month }),
  { minLength: 1, maxLength: 14 },
);

/** What there is to know: which call each key belongs to and what it was answered, and what each invoice stands for. */
interface Model {
  readonly keys: Map<string, { order: number; status: number; text: string | undefined }>;
  readonly live: Map<string, number>;
}

const headersOf: Readonly<Partial<Record<How, Readonly<Record<string, string>>>>> = {
  "refused before": { "kineticpay-fault": "overloaded" },
  "failed after": { "kineticpay-fault": "internal_error; after=commit" },
  lost: { "kineticpay-fault": "internal_error; after=commit; drop" },
};

/** Sends what a step asks for; undefined when no answer came. */
async function send(run: string, { key, order, how }: Extract<Step, { kind: "ask" }>): Promise<ApiAnswer | undefined> {
  const { invoice, amount } = orders[order] ?? { invoice: "", amount: 0 };
  const members = {
    invoice: `${run}-${invoice}`,
    amount: how === "malformed" ? "12.50" : amount,
    success_url: "https://shop.example/thanks",
    failure_url: "https://shop.example/again",
  };
  const body = how === "in another order" ? Object.fromEntries(Object.entries(members).reverse()) : members;
  const path = `/api/v2/payments${how === "rehearsed" ? "?validate_only=true" : ""}`;
  const headers = { "idempotency-key": `${run}-${key}`, ...headersOf[how] };
  return callApi(app, app.merchant.apiKey.key, "POST", path, body, headers).catch((error: NodeJS.ErrnoException) => {
    if (how === "lost" && error.code === "ECONNRESET") return undefined;
    throw error;
  });
}

/** What the call does by itself: one invoice has one live payment, of one amount. */
const outcome = (model: Model, order: number): number => {
  const { invoice = "", amount } = orders[order] ?? {};
  const live = model.live.get(invoice);
  return live === undefined || live === amount ? 200 : 403;
};

async function judge(run: string, model: Model, step: Extract<Step, { kind: "ask" }>): Promise<void> {
  const { how, order } = step;
  const answer = await send(run, step);
  const told = {
    status: answer?.status,
    code: answer?.body["code"],
    replayed: answer?.headers["idempotency-replayed"],
  };
  if (how === "malformed") return expect(told).toEqual({ status: 403, code: "fields_invalid", replayed: undefined });
  if (how === "refused before") return expect(told).toEqual({ status: 503, code: "overloaded", replayed: undefined });
  if (how === "rehearsed") {
    const status = outcome(model, order);
    return expect(told).toEqual({ status, code: status === 200 ? undefined : "invoice_conflict", replayed: undefined });
  }
  const known = model.keys.get(step.key);
  const isReused = known !== undefined && known.order !== order;
  const status = isReused ? 403 : (known?.status ?? outcome(model, order));
  const { invoice = "", amount = 0 } = orders[order] ?? {};
  if (known === undefined && status === 200) model.live.set(invoice, amount);
  if (known === undefined) model.keys.set(step.key, { order, status, text: undefined });
  if (how === "lost") return expect(answer).toBeUndefined();
  if (how === "failed after" && status === 200)
    return expect(told).toEqual({ status: 500, code: "internal_error", replayed: undefined });
  const code = isReused ? "idempotency_key_reused" : status === 200 ? undefined : "invoice_conflict";
  expect(told).toEqual({ status, code, replayed: known === undefined || isReused ? undefined : "true" });
  if (isReused) return;
  if (known?.text !== undefined) expect(answer?.text).toBe(known.text);
  model.keys.set(step.key, { order, status, text: answer?.text });
}

async function takeStep(run: string, model: Model, step: Step): Promise<void> {
  if (step.kind === "ask") return judge(run, model, step);
  if (step.kind === "cancel") {
    const [row] = await app.gateway.db.query<{ id: string }>(
      "select id from payments where invoice = $1 and claims_invoice",
      [`${run}-${step.invoice}`],
    );
    if (model.live.delete(step.invoice))
      await callApi(app, app.merchant.apiKey.key, "POST", `/api/v2/payments/${row?.id}/cancel`);
    return;
  }
  clock.advance(31 * 86_400_000);
  while ((await reapRecords(app.gateway)) > 0);
  model.keys.clear();
  model.live.clear();
}

let runs = 0;
it(`answers any sequence of keys, bodies and mishaps as a model of twenty lines does (seed ${seed})`, {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const run = `M${++runs}`;
      const model: Model = { keys: new Map(), live: new Map() };
      for (const step of sequence) await takeStep(run, model, step);
      const live = await app.gateway.db.query(
        "select from payments where invoice like $1 and claims_invoice and expires_at > $2",
        [`${run}-%`, clock.now()],
      );
      expect(live.length).toBe(model.live.size);
    }),
    { seed, numRuns: 150 },
  );
});
