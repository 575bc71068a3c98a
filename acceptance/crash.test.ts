import type { PaymentView } from "@kineticpay/contract/payment";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Buyer, newBuyer } from "./harness/buyer.ts";
import { operate } from "./harness/operator.ts";
import { defaultBank, openStage, type Stage } from "./harness/stage.ts";
import { until } from "./harness/until.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

interface Journey {
  readonly payment: PaymentView;
  readonly buyer: Buyer;
}

/** The paid journey, step by step. The gateway can be killed after any of them; `crash-in-flight.test.ts` kills it within. */
const steps: readonly { readonly name: string; readonly take: (journey: Journey) => Promise<unknown> }[] = [
  { name: "the payment was created", take: async () => undefined },
  { name: "the buyer saw the list of banks", take: ({ buyer, payment }) => buyer.open(payment.checkout_url) },
  { name: "the buyer chose a bank", take: ({ buyer }) => buyer.press("Proceed", { bank: defaultBank }) },
  { name: "the buyer reached the bank", take: ({ buyer }) => buyer.press("Continue to bank") },
  { name: "the buyer logged in at the bank", take: ({ buyer }) => buyer.press("Log in") },
  {
    name: "the bank approved and the shop was told",
    take: async ({ buyer, payment }) => {
      await buyer.press("Approve");
      // Killing it while it tells the shop is another test's matter, since that is made good a minute later only.
      await stage.shop.waitForTold(payment.id, "payment.paid");
    },
  },
  { name: "the bank sent the buyer back", take: ({ buyer }) => buyer.press("Continue") },
  { name: "the buyer saw the receipt", take: ({ buyer }) => buyer.press("Continue to the shop") },
  { name: "the buyer returned to the shop", take: ({ buyer }) => buyer.follow("Return to") },
];

/** What must hold at the end, however the gateway was treated on the way. */
async function expectPaidOnce(payment: PaymentView): Promise<void> {
  const paid = await stage.waitForStatus(payment.id, "paid");
  expect(paid).toMatchObject({ certainty: "final", flags: [], amount: payment.amount, invoice: payment.invoice });
  expect(paid.attempts.map((each) => each.status)).toEqual(["succeeded"]);
  const told = await stage.shop.waitForTold(payment.id, "payment.paid");
  expect(told.payment).toMatchObject({ status: "paid", paid_at: paid.paid_at });
  expect(stage.shop.told(payment.id).map((each) => each.type)).toEqual(["payment.paid"]);
}

/** No message contradicted another, and no money was left without its payment. */
async function expectNoCases(): Promise<void> {
  expect(await operate(stage.gateway, ["cases", "list"])).toEqual([]);
}

test.each(steps.map(({ name }) => name))(
  "a gateway killed and restarted after %s loses nothing: paid once, told once",
  async (name) => {
    const journey = { payment: await stage.create(), buyer: newBuyer() };
    for (const step of steps) {
      await step.take(journey);
      if (step.name === name) await stage.gateway.kill9AndRestart();
    }
    await expectPaidOnce(journey.payment);
    expect(journey.buyer.page.url).toContain(`payment_id=${journey.payment.id}`);
  },
);

test("a gateway killed after every single step loses nothing", async () => {
  const journey = { payment: await stage.create(), buyer: newBuyer() };
  for (const step of steps) {
    await step.take(journey);
    await stage.gateway.kill9AndRestart();
  }
  await expectPaidOnce(journey.payment);
  await expectNoCases();
}, 60_000);

test("a gateway killed between the bank's decision and the bank's message learns of it after its restart", async () => {
  const payment = await stage.create();
  await stage.gateway.exchange.script({ match: { seller_order_no: payment.invoice }, direct: { delay_ms: 700 } });
  const buyer = await stage.buyerAtBank(payment);
  await buyer.press("Log in");
  await buyer.press("Approve");
  expect((await stage.gateway.api.get(payment.id)).status).toBe("processing");
  await stage.gateway.kill9AndRestart();
  await expectPaidOnce(payment);
});

test("a gateway killed while no message but the browser's had come asks the exchange after its restart", async () => {
  const payment = await stage.create();
  await stage.gateway.exchange.script({
    match: { seller_order_no: payment.invoice },
    direct: "drop",
    ae: "error",
    ae_times: 1,
  });
  const buyer = await stage.buyerAtBank(payment);
  await buyer.press("Log in");
  await buyer.press("Approve");
  await buyer.press("Continue");
  await buyer.press("Continue to the shop");
  await until("the first enquiry to fail", async () =>
    (await stage.atExchange(payment.id)).messages.some((message) => message.note === "disturbed: error"),
  );
  await stage.gateway.kill9AndRestart();
  await expectPaidOnce(payment);
});

test("a gateway killed before the shop took the callback tells it after its restart", async () => {
  const payment = await stage.create();
  stage.shop.answerNext("/callback", 500, 500);
  const buyer = await stage.buyerAtBank(payment);
  await buyer.press("Log in");
  await buyer.press("Approve");
  await until("the first, failed delivery", () =>
    stage.shop.visitsTo("/callback").some((visit) => visit.body.includes(payment.id)),
  );
  await stage.gateway.kill9AndRestart();
  await expectPaidOnce(payment);
});

test("what was acknowledged to many callers at once is all there after a kill in the middle", async () => {
  const acknowledged: PaymentView[] = [];
  const callers = Array.from({ length: 8 }, async () => {
    for (;;) {
      const payment = await stage.gateway.api.create().catch(() => undefined);
      if (payment === undefined) return;
      acknowledged.push(payment);
    }
  });
  await until("a hundred payments", () => acknowledged.length >= 100);
  await stage.gateway.kill();
  await Promise.all(callers);
  await stage.gateway.start();
  for (const payment of acknowledged) expect(await stage.gateway.api.get(payment.id)).toEqual(payment);
});
