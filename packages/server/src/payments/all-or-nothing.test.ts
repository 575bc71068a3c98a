import { afterAll, beforeAll, expect, it } from "vitest";
import { changesWhileFailing, type FailingMoment } from "../testing/failing-table.ts";
import { newPayment } from "../testing/new-payment.ts";
import { railMessage } from "../testing/rail-message.ts";
import { type TestClock, testClock } from "../testing/test-clock.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { beginAttempt } from "./begin-attempt.ts";
import { cancelPayment } from "./change-payment.ts";
import { createPayment } from "./create-payment.ts";
import { expireDue } from "./expire-due.ts";
import { settlePayment } from "./settle-payment.ts";

let core: TestCore;
let clock: TestClock;
beforeAll(async () => {
  clock = testClock();
  core = await openTestCore({ clock });
});
afterAll(() => core.close());

let counter = 0;
const ask = (change = {}) => {
  counter += 1;
  return createPayment(core.gateway, core.owner, newPayment({ invoice: `ALL-${counter}`, expiresInS: 600, ...change }));
};
const choice = { bankId: "MB2U0227", model: "b2c", locale: "en", confirmed: true } as const;
const begin = (checkoutId: string) => beginAttempt(core.gateway, checkoutId, choice);
const moments: readonly FailingMoment[] = ["at once", "at commit"];

/** Tries the work while each of the tables fails, at either moment, and then for good. */
async function expectAllOrNothing(tables: readonly string[], work: () => Promise<unknown>): Promise<void> {
  for (const table of tables) {
    for (const moment of moments)
      expect(await changesWhileFailing(core, table, moment, work), `${table} fails ${moment}`).toEqual([]);
  }
  await work();
}

it("keeps the message, the state, the books, the events, the callbacks and the cases together or not at all", async () => {
  const { payment } = await ask();
  const begun = await begin(payment.checkoutId);
  if (begun.kind !== "handed_off") throw new Error(begun.kind);
  await settlePayment(core.gateway, "direct", railMessage(begun.attempt, "failed"));
  clock.advance(601_000);
  expect(await expireDue(core.gateway)).toBe(1);
  const late = railMessage(begun.attempt, "succeeded", { creditUnconfirmed: true });
  await expectAllOrNothing(
    [
      "bank_messages",
      "attempts",
      "payments",
      "ledger_transactions",
      "ledger_postings",
      "events",
      "deliveries",
      "cases",
    ],
    () => settlePayment(core.gateway, "direct", late),
  );
  const written = await core.gateway.db.query<{ kind: string }>(
    "select kind from cases where payment_id = $1 order by kind",
    [payment.id],
  );
  expect(written.map(({ kind }) => kind)).toEqual(["credit_unconfirmed", "late_success"]);
});

it("keeps a message that is believed in nothing together with its case, or not at all", async () => {
  const { payment } = await ask();
  const begun = await begin(payment.checkoutId);
  if (begun.kind !== "handed_off") throw new Error(begun.kind);
  const message = railMessage(begun.attempt, "succeeded");
  await expectAllOrNothing(["bank_messages", "cases"], () =>
    settlePayment(core.gateway, "direct", { ...message, facts: { ...message.facts, amount: "1.00" } }),
  );
});

it("creates, sends to the bank, cancels and expires a payment together with its event, or not at all", async () => {
  await expectAllOrNothing(["payments", "events"], () => ask());
  const { payment } = await ask();
  await expectAllOrNothing(["payments", "attempts", "events"], () => begin(payment.checkoutId));
  const { payment: withdrawn } = await ask();
  await expectAllOrNothing(["payments", "events", "deliveries"], () =>
    cancelPayment(core.gateway, core.owner.collectionId, withdrawn.id),
  );
  await ask();
  clock.advance(601_000);
  await expectAllOrNothing(["payments", "events", "deliveries"], () => expireDue(core.gateway));
});
