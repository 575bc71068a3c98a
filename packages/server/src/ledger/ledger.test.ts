import { afterAll, beforeAll, expect, it } from "vitest";
import { beginAttempt } from "../payments/begin-attempt.ts";
import { createPayment } from "../payments/create-payment.ts";
import { settlePayment } from "../payments/settle-payment.ts";
import { post } from "../testing/bookings.ts";
import { newPayment } from "../testing/new-payment.ts";
import { railMessage } from "../testing/rail-message.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { postingsFor } from "./posting.ts";

let core: TestCore;
beforeAll(async () => {
  core = await openTestCore();
  const { payment } = await createPayment(core.gateway, core.owner, newPayment());
  const begun = await beginAttempt(core.gateway, payment.checkoutId, {
    bankId: "MB2U0227",
    model: "b2c",
    locale: "en",
    confirmed: true,
  });
  if (begun.kind !== "handed_off") throw new Error(begun.kind);
  await settlePayment(core.gateway, "direct", railMessage(begun.attempt, "succeeded"));
});
afterAll(() => core.close());

const run = (statement: string, values: unknown[] = []) => core.gateway.db.query(statement, values);

it.each([
  "update ledger_postings set amount_sen = amount_sen + 1",
  "delete from ledger_postings",
  "truncate ledger_postings",
  "update ledger_transactions set kind = 'duplicate'",
  "delete from ledger_transactions",
  "update events set type = 'payment.expired'",
  "delete from events",
  "update bank_messages set body = ''",
  "delete from payments",
  "update payments set status = 'expired', paid_at = null, paid_attempt_id = null",
  "update payments set amount_sen = 1",
])("refuses %s, whoever asks", async (statement) => {
  await expect(run(statement)).rejects.toThrow();
});

it("refuses at commit a transaction whose lines do not add up to nothing", async () => {
  const [attempt] = await run("select id, payment_id, merchant_id from attempts");
  const unbalanced = core.gateway.db.transaction("payments.change", async (tx) => {
    await tx.query(
      "insert into ledger_transactions (id, merchant_id, payment_id, attempt_id, kind, created_at) values ('txn_x', $1, $2, $3, 'duplicate', now())",
      [attempt?.["merchant_id"], attempt?.["payment_id"], attempt?.["id"]],
    );
    await tx.query(
      "insert into ledger_postings values ('txn_x', 1, 'exchange:fpx', 'MYR', 100), ('txn_x', 2, 'merchant:m', 'MYR', -99)",
    );
  });
  await expect(unbalanced).rejects.toThrow(/does not balance/);
});

it("refuses at commit a transaction with no lines at all", async () => {
  const [attempt] = await run("select id, payment_id, merchant_id from attempts");
  const empty = core.gateway.db.transaction("payments.change", (tx) =>
    tx.query(
      "insert into ledger_transactions (id, merchant_id, payment_id, attempt_id, kind, created_at) values ('txn_y', $1, $2, $3, 'duplicate', now())",
      [attempt?.["merchant_id"], attempt?.["payment_id"], attempt?.["id"]],
    ),
  );
  await expect(empty).rejects.toThrow(/does not balance/);
});

it("books one attempt's money once for each kind, even if asked twice", async () => {
  const [attempt] = await run("select id, payment_id, merchant_id from attempts");
  const twice = core.gateway.db.transaction("payments.change", (tx) =>
    post(tx, {
      id: "txn_z",
      merchantId: String(attempt?.["merchant_id"]),
      paymentId: String(attempt?.["payment_id"]),
      attemptId: String(attempt?.["id"]),
      kind: "payment",
      postings: postingsFor("payment", "fpx", "mer_x", 1250),
      at: new Date(),
    }),
  );
  await expect(twice).rejects.toThrow(/unique/);
});

it("refuses to book anything but whole sen", () => {
  for (const amount of [0, -1, 1.5, Number.NaN])
    expect(() => postingsFor("payment", "fpx", "mer_x", amount)).toThrow(RangeError);
});
