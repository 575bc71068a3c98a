import type { PaymentView } from "@kineticpay/contract/payment";
import { afterAll, beforeAll, expect, test } from "vitest";
import { operate } from "./harness/operator.ts";
import { decideAtBank, openStage, type Stage } from "./harness/stage.ts";
import { until } from "./harness/until.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

/** What a process had taken on when it died is taken over a minute later at most, in case it is still alive after all. */
const takenOverWithinMs = 75_000;
const hangingOnce = "/callback/hanging-once";
const rounds = 5;
const latestKillMs = 60;

/** A small generator with a printed seed, so that a failure can be had again. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A payment whose gateway is killed some milliseconds after its buyer pressed *Approve*. */
async function killedWhileDeciding(afterMs: number): Promise<PaymentView> {
  const payment = await stage.create();
  const buyer = await stage.buyerAtBank(payment);
  const bankPage = buyer.page.url;
  await buyer.press("Log in");
  const approving = buyer.press("Approve").catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  await stage.gateway.kill();
  await approving;
  const wasTold = stage.shop.told(payment.id).length > 0;
  await stage.gateway.start();
  // What the shop was told is true from the first moment on.
  if (wasTold) expect((await stage.gateway.api.get(payment.id)).status).toBe("paid");
  // A person whose page broke loads the bank's page again, and approves if it still asks.
  await buyer.open(bankPage);
  if (buyer.page.heading === "Confirm the payment") await buyer.press("Approve");
  return payment;
}

/** A payment of which the shop is being told, and does not answer. */
async function beingTold(): Promise<PaymentView> {
  // An address of its own, since a repeat for another payment would take the shop's silence in its place.
  const payment = await stage.create({ callback_url: `${stage.shop.url}${hangingOnce}` });
  stage.shop.answerNext(hangingOnce, "hang");
  await decideAtBank(await stage.buyerAtBank(payment), "Approve");
  await stage.shop.waitForVisit(hangingOnce, (visit) => visit.body.includes(payment.id));
  return payment;
}

/** A payment about which the exchange is being asked, and does not answer. */
async function beingAsked(): Promise<PaymentView> {
  const payment = await stage.create();
  const match = { seller_order_no: payment.invoice };
  await stage.gateway.exchange.script({ match, direct: "drop", ae: "slow", ae_times: 1, slow_ms: 60_000 });
  await decideAtBank(await stage.buyerAtBank(payment), "Approve");
  await until("the enquiry to be on its way", async () =>
    (await stage.atExchange(payment.id)).messages.some((message) => message.note === "disturbed: slow"),
  );
  return payment;
}

test("what was on its way when the gateway was killed is done by the next one: decisions half gone through, callbacks, enquiries", async () => {
  const seed = Number(process.env["KINETICPAY_TEST_SEED"] ?? Date.now() % 2 ** 31);
  console.info(`moments of the kills: KINETICPAY_TEST_SEED=${seed}`);
  const random = randomFrom(seed);
  const payments: PaymentView[] = [];
  for (let round = 0; round < rounds; round += 1) payments.push(await killedWhileDeciding(random() * latestKillMs));
  const told = await beingTold();
  payments.push(told, await beingAsked());
  await stage.gateway.kill9AndRestart();
  const began = performance.now();
  for (const payment of payments) {
    const paid = await stage.waitForStatus(payment.id, "paid", takenOverWithinMs);
    expect(paid).toMatchObject({ certainty: "final", flags: [] });
    expect(paid.attempts.map((each) => each.status)).toEqual(["succeeded"]);
    await stage.shop.waitForTold(payment.id, "payment.paid", takenOverWithinMs);
    expect(stage.shop.told(payment.id).map((each) => each.type)).toEqual(["payment.paid"]);
  }
  const repeated = await until(
    "the callback to come again",
    () => {
      const seen = stage.shop.visitsTo(hangingOnce);
      return seen.length > 1 && seen;
    },
    takenOverWithinMs,
  );
  console.info(`everything was done ${Math.round((performance.now() - began) / 1000)} s after the last kill`);
  expect(new Set(repeated.map((visit) => visit.headers["webhook-id"])).size).toBe(1);
  expect(new Set(repeated.map((visit) => visit.body)).size).toBe(1);
  expect(await operate(stage.gateway, ["cases", "list"])).toEqual([]);
}, 180_000);
