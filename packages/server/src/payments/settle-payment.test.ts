import fc from "fast-check";
import pino from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Outcome } from "../rails/rail.ts";
import { newPayment } from "../testing/new-payment.ts";
import { railMessage } from "../testing/rail-message.ts";
import { type TestClock, testClock } from "../testing/test-clock.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { beginAttempt } from "./begin-attempt.ts";
import { listCases } from "./cases.ts";
import { cancelPayment } from "./change-payment.ts";
import { createPayment } from "./create-payment.ts";
import type { Route } from "./decide.ts";
import { expireDue } from "./expire-due.ts";
import type { Attempt } from "./payment.ts";
import { readPayment } from "./read-payments.ts";
import { settlePayment } from "./settle-payment.ts";

let core: TestCore;
let clock: TestClock;
beforeAll(async () => {
  clock = testClock();
  core = await openTestCore({ clock });
});
afterAll(() => core.close());

let counter = 0;
async function open(expiresInS = 3600) {
  counter += 1;
  const { payment } = await createPayment(
    core.gateway,
    core.owner,
    newPayment({ invoice: `SET-${counter}`, expiresInS }),
  );
  return payment;
}
async function begin(checkoutId: string): Promise<Attempt> {
  const begun = await beginAttempt(core.gateway, checkoutId, {
    bankId: "MB2U0227",
    model: "b2c",
    locale: "en",
    confirmed: true,
  });
  if (begun.kind !== "handed_off") throw new Error(`expected a hand-off, got ${begun.kind}`);
  return begun.attempt;
}
const read = async (id: string) => readPayment(core.gateway, core.owner.collectionId, id);
const events = async (id: string) =>
  (
    await core.gateway.db.query<{ type: string }>("select type from events where payment_id = $1 order by sequence", [
      id,
    ])
  ).map((row) => row.type);
const casesOf = async (id: string) =>
  (await listCases(core.gateway, { open: true })).filter((each) => each.paymentId === id).map((each) => each.kind);
const balances = (id: string) =>
  core.gateway.db.query<{ account: string; total: number }>(
    `select split_part(account, ':', 1) as account, sum(amount_sen)::bigint as total from ledger_postings p
     join ledger_transactions t on t.id = p.transaction_id where t.payment_id = $1 group by 1 order by 1`,
    [id],
  );

it("books a confirmed payment once, with its event and its callback, however often it is confirmed", async () => {
  const payment = await open();
  const attempt = await begin(payment.checkoutId);
  const message = railMessage(attempt, "succeeded");
  await Promise.all(
    Array.from({ length: 20 }, (_, i) => settlePayment(core.gateway, i % 2 === 0 ? "direct" : "enquiry", message)),
  );
  expect((await read(payment.id)).payment).toMatchObject({
    status: "paid",
    certainty: "final",
    paidAttemptId: attempt.id,
    flags: [],
  });
  expect(await balances(payment.id)).toEqual([
    { account: "exchange", total: 1250 },
    { account: "merchant", total: -1250 },
  ]);
  expect(await events(payment.id)).toEqual(["payment.created", "payment.processing", "payment.paid"]);
  const deliveries = await core.gateway.db.query("select id from deliveries where payment_id = $1", [payment.id]);
  expect(deliveries).toHaveLength(1);
});

it("takes the browser's 00 for a hint that settles nothing and has the network asked at once", async () => {
  const payment = await open();
  const attempt = await begin(payment.checkoutId);
  await settlePayment(core.gateway, "indirect", railMessage(attempt, "succeeded"));
  const after = await read(payment.id);
  expect(after.payment).toMatchObject({ status: "processing", certainty: "provisional" });
  expect(after.attempts[0]?.nextEnquiryAt?.getTime()).toBeLessThanOrEqual(clock.now().getTime());
  expect(await balances(payment.id)).toEqual([]);
});

it("lets the buyer try again on the same payment after a refusal, and pays it", async () => {
  const payment = await open();
  await settlePayment(core.gateway, "direct", railMessage(await begin(payment.checkoutId), "failed"));
  expect((await read(payment.id)).payment).toMatchObject({ status: "open", certainty: "final" });
  await settlePayment(core.gateway, "direct", railMessage(await begin(payment.checkoutId), "succeeded"));
  expect((await read(payment.id)).payment.status).toBe("paid");
  expect(await events(payment.id)).toEqual([
    "payment.created",
    "payment.processing",
    "payment.attempt_failed",
    "payment.processing",
    "payment.paid",
  ]);
});

it("books money that arrives after expiry, and flags it for a person", async () => {
  const payment = await open(60);
  const attempt = await begin(payment.checkoutId);
  await settlePayment(core.gateway, "direct", railMessage(attempt, "failed"));
  clock.advance(61_000);
  await expireDue(core.gateway);
  expect((await read(payment.id)).payment.status).toBe("expired");
  await settlePayment(core.gateway, "direct", railMessage(attempt, "succeeded"));
  expect((await read(payment.id)).payment).toMatchObject({ status: "paid", flags: ["late_success"] });
  expect(await casesOf(payment.id)).toEqual(["late_success"]);
  expect(await balances(payment.id)).toHaveLength(2);
});

it("books a second success as owed to the buyer, and flags the payment", async () => {
  const payment = await open();
  const first = await begin(payment.checkoutId);
  const second = await begin(payment.checkoutId);
  await settlePayment(core.gateway, "direct", railMessage(first, "succeeded"));
  await settlePayment(core.gateway, "direct", railMessage(second, "succeeded"));
  expect((await read(payment.id)).payment).toMatchObject({
    status: "paid",
    paidAttemptId: first.id,
    flags: ["duplicate_success"],
  });
  expect(await balances(payment.id)).toEqual([
    { account: "exchange", total: 2500 },
    { account: "merchant", total: -1250 },
    { account: "returns", total: -1250 },
  ]);
  expect(await casesOf(payment.id)).toEqual(["duplicate_success"]);
});

it("owes one invoice's money to its merchant once, even when two of its payments are confirmed at the same moment", async () => {
  for (let round = 0; round < 10; round += 1) {
    const invoice = `SIBLINGS-${round}`;
    const ask = () => createPayment(core.gateway, core.owner, newPayment({ invoice, expiresInS: 60 }));
    const { payment: first } = await ask();
    const early = await begin(first.checkoutId);
    await settlePayment(core.gateway, "direct", railMessage(early, "failed"));
    clock.advance(61_000);
    const { payment: second } = await ask();
    const late = await begin(second.checkoutId);
    await Promise.all(
      [early, late].map((each) => settlePayment(core.gateway, "direct", railMessage(each, "succeeded"))),
    );
    const books = (await Promise.all([first, second].map(({ id }) => balances(id)))).flat();
    expect(books.filter(({ account }) => account === "merchant").map(({ total }) => total)).toEqual([-1250]);
    expect(books.filter(({ account }) => account === "returns").map(({ total }) => total)).toEqual([-1250]);
    const flags = await Promise.all([first, second].map(async ({ id }) => (await read(id)).payment.flags));
    expect(flags.flat().filter((flag) => flag === "duplicate_success")).toHaveLength(1);
  }
});

it("never takes a paid payment back: a later failure opens a case and has the network asked", async () => {
  const payment = await open();
  const attempt = await begin(payment.checkoutId);
  await settlePayment(core.gateway, "direct", railMessage(attempt, "succeeded"));
  await settlePayment(core.gateway, "direct", railMessage(attempt, "failed"));
  expect((await read(payment.id)).payment.status).toBe("paid");
  expect(await casesOf(payment.id)).toEqual(["contradiction"]);
});

it.each(["amount", "currency", "exchange", "seller", "exchange_order", "seller_order", "model"])(
  "changes nothing when an authentic message repeats another %s than was sent",
  async (fact) => {
    const payment = await open();
    const attempt = await begin(payment.checkoutId);
    const message = railMessage(attempt, "succeeded");
    const alarms: string[] = [];
    const log = pino({ level: "error" }, { write: (line) => alarms.push(line) });
    const differing = { ...message, facts: { ...message.facts, [fact]: "other" } };
    const settled = await settlePayment({ ...core.gateway, log }, "direct", differing);
    expect(settled?.effect).toBe("facts_differ");
    expect(alarms).toEqual([expect.stringContaining(payment.id)]);
    expect((await read(payment.id)).payment.status).toBe("processing");
    expect(await balances(payment.id)).toEqual([]);
    expect(await casesOf(payment.id)).toEqual(["facts_differ"]);
  },
);

it("never expires a payment that is pending, awaits approval, or vanished after the exchange had numbered it", async () => {
  for (const outcome of ["pending", "awaiting_approval", "not_found"] as const) {
    const payment = await open(60);
    const attempt = await begin(payment.checkoutId);
    if (outcome === "not_found") await settlePayment(core.gateway, "direct", railMessage(attempt, "pending"));
    clock.advance(40 * 60_000);
    for (let i = 0; i < 5; i += 1) await settlePayment(core.gateway, "enquiry", railMessage(attempt, outcome));
    await expireDue(core.gateway);
    expect((await read(payment.id)).payment.status, outcome).toBe(
      outcome === "awaiting_approval" ? "awaiting_approval" : "processing",
    );
  }
});

it("gives up an attempt that the exchange never heard of only after three denials and the time-out", async () => {
  const payment = await open(60);
  const attempt = await begin(payment.checkoutId);
  for (let i = 0; i < 3; i += 1) await settlePayment(core.gateway, "enquiry", railMessage(attempt, "not_found"));
  expect((await read(payment.id)).payment.status).toBe("processing");
  clock.advance(31 * 60_000);
  await settlePayment(core.gateway, "enquiry", railMessage(attempt, "not_found"));
  await expireDue(core.gateway);
  const after = await read(payment.id);
  expect(after.attempts[0]).toMatchObject({ status: "failed", reason: "never_reached_bank" });
  expect(after.payment.status).toBe("expired");
});

it("keeps each signed message once, as evidence for what it changed", async () => {
  const payment = await open();
  const attempt = await begin(payment.checkoutId);
  const message = railMessage(attempt, "succeeded");
  for (let i = 0; i < 3; i += 1) await settlePayment(core.gateway, "direct", message);
  const kept = await core.gateway.db.query("select effect from bank_messages where attempt_id = $1", [attempt.id]);
  expect(kept).toEqual([{ effect: "paid" }]);
});

const seed = Number(process.env["TEST_SEED"] ?? Date.now() % 1_000_000);
it(`settles at most once, balances the books and tells of one payment, in any order and repetition of verdicts (seed ${seed})`, async () => {
  const outcomes: Outcome[] = ["succeeded", "pending", "awaiting_approval", "failed", "uncertain", "not_found"];
  const routes: Route[] = ["direct", "indirect", "enquiry"];
  const step = fc.oneof(
    fc.record({ kind: fc.constant("begin" as const) }),
    fc.record({ kind: fc.constant("wait" as const), minutes: fc.integer({ min: 1, max: 90 }) }),
    fc.record({ kind: fc.constant("cancel" as const) }),
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant("message" as const),
        attempt: fc.nat(2),
        outcome: fc.constantFrom(...outcomes),
        route: fc.constantFrom(...routes),
      }),
    },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
      const payment = await open(3600);
      const attempts: Attempt[] = [];
      let everPaid = false;
      const confirmed = new Set<string>();
      for (const each of steps) {
        if (each.kind === "wait") {
          clock.advance(each.minutes * 60_000);
          await expireDue(core.gateway);
        } else if (each.kind === "cancel") {
          await cancelPayment(core.gateway, core.owner.collectionId, payment.id).catch(() => undefined);
        } else if (each.kind === "begin") {
          const begun = await beginAttempt(core.gateway, payment.checkoutId, {
            bankId: "MB2U0227",
            model: "b2c",
            locale: "en",
            confirmed: true,
          });
          if (begun.kind === "handed_off") attempts.push(begun.attempt);
        } else {
          const attempt = attempts[each.attempt];
          if (attempt === undefined) continue;
          await settlePayment(core.gateway, each.route, railMessage(attempt, each.outcome));
          if (each.outcome === "succeeded" && each.route !== "indirect") confirmed.add(attempt.id);
        }
        const { payment: now } = await read(payment.id);
        if (everPaid) expect(now.status).toBe("paid");
        everPaid = now.status === "paid";
      }
      expect(everPaid).toBe(confirmed.size > 0);
      const told = await events(payment.id);
      expect(told.filter((type) => type === "payment.paid")).toHaveLength(confirmed.size > 0 ? 1 : 0);
      const books = Object.fromEntries((await balances(payment.id)).map((row) => [row.account, row.total]));
      expect(books["exchange"] ?? 0).toBe(1250 * confirmed.size);
      expect(books["merchant"] ?? 0).toBe(confirmed.size > 0 ? -1250 : 0);
      expect(Object.values(books).reduce((sum, total) => sum + total, 0)).toBe(0);
    }),
    { seed, numRuns: 120 },
  );
});

it("wakes whoever delivers when somebody is owed something, alone and under a lock, and nobody otherwise", async () => {
  let woken = 0;
  const wake: typeof core.gateway.wakeups.wake = (name) => {
    if (name === "deliver") woken += 1;
  };
  const gateway = { ...core.gateway, wakeups: { ...core.gateway.wakeups, wake } };
  const attemptOf = async (callbackUrl: string | null) => {
    counter += 1;
    const input = newPayment({ invoice: `WAKE-${counter}`, callbackUrl });
    return begin((await createPayment(core.gateway, core.owner, input)).payment.checkoutId);
  };
  const silent = await attemptOf(null);
  const heard = await attemptOf("https://shop.example/cb");
  await settlePayment(gateway, "direct", railMessage(silent, "succeeded"));
  expect(woken).toBe(0);
  await settlePayment(gateway, "direct", railMessage(heard, "succeeded"));
  expect(woken).toBe(1);
  await settlePayment(gateway, "direct", railMessage(heard, "succeeded"));
  expect(woken).toBe(1);
  // Two at once about one payment: one of them goes under its lock.
  const [both, other] = [await attemptOf("https://shop.example/cb"), await attemptOf(null)];
  const twice = (attempt: Attempt) =>
    Promise.all([
      settlePayment(gateway, "direct", railMessage(attempt, "pending")),
      settlePayment(gateway, "direct", railMessage(attempt, "succeeded")),
    ]);
  await twice(other);
  expect(woken).toBe(1);
  await twice(both);
  expect(woken).toBeGreaterThan(1);
});
