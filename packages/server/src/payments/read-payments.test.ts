import { afterAll, beforeAll, expect, it } from "vitest";
import { newPayment } from "../testing/new-payment.ts";
import { railMessage } from "../testing/rail-message.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { beginAttempt } from "./begin-attempt.ts";
import { createPayment } from "./create-payment.ts";
import { readByCheckout, readByInvoice, readPayment, readPayments } from "./read-payments.ts";
import { settlePayment } from "./settle-payment.ts";

let core: TestCore;
beforeAll(async () => {
  core = await openTestCore();
});
afterAll(() => core.close());

it("finds an invoice by its own index, also by a plan that was made while there were no payments", async () => {
  const plan = await core.gateway.db.rehearse((db) =>
    db.transaction("payments.settle", async (tx) => {
      await tx.query("set local plan_cache_mode = force_generic_plan");
      await tx.query(
        "prepare by_invoice as select from payments where collection_id = $1 and invoice = $2 order by id limit 1",
      );
      return tx.query("explain (costs off) execute by_invoice ('col', 'invoice')");
    }),
  );
  expect(JSON.stringify(plan)).toContain("payments_by_invoice");
});

let counter = 0;
const choice = { bankId: "MB2U0227", model: "b2c", locale: "en", confirmed: true } as const;

async function withAttempt() {
  counter += 1;
  const { payment } = await createPayment(core.gateway, core.owner, newPayment({ invoice: `READ-${counter}` }));
  const begun = await beginAttempt(core.gateway, payment.checkoutId, choice);
  if (begun.kind !== "handed_off") throw new Error(`expected a hand-off, got ${begun.kind}`);
  return { payment, attempt: begun.attempt };
}

it("gives the same payment and attempts by id, by invoice, by checkout and in a list, dates and details included", async () => {
  const { payment, attempt } = await withAttempt();
  await settlePayment(core.gateway, "direct", railMessage(attempt, "failed"));
  await beginAttempt(core.gateway, payment.checkoutId, choice);
  const { collectionId } = core.owner;
  const filter = { status: null, invoice: payment.invoice, createdAfter: null, createdBefore: null };
  const page = await readPayments(core.gateway, { collectionId, limit: 1, startingAfter: null, ...filter });
  const [listed] = page.items;
  expect(listed?.attempts.map(({ status }) => status)).toEqual(["failed", "in_flight"]);
  expect(listed?.attempts[0]?.concludedAt).toBeInstanceOf(Date);
  expect(await readPayment(core.gateway, collectionId, payment.id)).toEqual(listed);
  expect(await readByInvoice(core.gateway, collectionId, payment.invoice)).toEqual(listed);
  expect(await readByCheckout(core.gateway, payment.checkoutId)).toEqual(listed);
});

it("gives those who ask at the same moment what each would have got alone, and nobody another's", async () => {
  const all = await Promise.all(Array.from({ length: 12 }, withAttempt));
  const { collectionId } = core.owner;
  const { gateway } = core;
  const asked = [
    ...all.map(
      ({ payment }) =>
        () =>
          readPayment(gateway, collectionId, payment.id),
    ),
    ...all.map(
      ({ payment }) =>
        () =>
          readByInvoice(gateway, collectionId, payment.invoice),
    ),
    ...all.map(
      ({ payment }) =>
        () =>
          readByCheckout(gateway, payment.checkoutId),
    ),
    // The same twice, another shop's, and what there is not.
    ...all.map(
      ({ payment }) =>
        () =>
          readPayment(gateway, collectionId, payment.id),
    ),
    ...all.map(
      ({ payment }) =>
        () =>
          readPayment(gateway, "col_of_another", payment.id),
    ),
    ...all.map(() => () => readByInvoice(gateway, collectionId, "nobody's")),
    ...all.map(() => () => readByCheckout(gateway, `cs_${"0".repeat(40)}`)),
  ];
  const told = (outcome: PromiseSettledResult<unknown>) =>
    outcome.status === "fulfilled" ? outcome.value : String(outcome.reason);
  const together = (await Promise.allSettled(asked.map((ask) => ask()))).map(told);
  const alone: unknown[] = [];
  for (const ask of asked) alone.push(told((await Promise.allSettled([ask()]))[0]));
  expect(together).toEqual(alone);
  expect(new Set(together.slice(0, 12).map((each) => JSON.stringify(each))).size).toBe(12);
});

it("never shows a payment and its attempts as of two moments", async () => {
  for (let round = 0; round < 20; round += 1) {
    const { payment, attempt } = await withAttempt();
    let isSettled = false;
    const settling = settlePayment(core.gateway, "direct", railMessage(attempt, "succeeded")).then(() => {
      isSettled = true;
    });
    const seen = new Set<string>();
    const look = async () => {
      const found = await readPayment(core.gateway, core.owner.collectionId, payment.id);
      seen.add(`${found.payment.status} ${found.attempts.map(({ status }) => status).join()}`);
    };
    while (!isSettled) await Promise.all([look(), look(), look()]);
    await settling;
    await look();
    expect([...seen].filter((each) => !["processing in_flight", "paid succeeded"].includes(each))).toEqual([]);
    expect(seen).toContain("paid succeeded");
  }
});
