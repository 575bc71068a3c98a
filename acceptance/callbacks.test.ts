import { afterAll, beforeAll, expect, test } from "vitest";
import { newInvoice, send } from "./harness/api.ts";
import { newBuyer } from "./harness/buyer.ts";
import { decideAtBank, defaultBank, openStage, type Stage } from "./harness/stage.ts";
import { until } from "./harness/until.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

async function payFor(hook: string, origin = stage.shop.url): Promise<string> {
  const payment = await stage.create({ callback_url: `${origin}${hook}` });
  await decideAtBank(await stage.buyerAtBank(payment), "Approve");
  return payment.id;
}

test("a callback that the shop fails to take is sent again, under the same id with a fresh signature, until it is taken, and then no more", async () => {
  stage.shop.answerNext("/callback", 500, "reset", 302);
  const id = await payFor("/callback");
  const visits = await until("the fourth delivery", () => {
    const seen = stage.shop.visitsTo("/callback").filter((visit) => visit.body.includes(id));
    return seen.length >= 4 && seen;
  });
  expect(new Set(visits.map((visit) => visit.headers["webhook-id"])).size).toBe(1);
  expect(new Set(visits.map((visit) => visit.body)).size).toBe(1);
  // Each carries the time of its own sending: three waits of a second, give or take a fifth, lie between first and last.
  const sentAt = visits.map((visit) => Number(visit.headers["webhook-timestamp"]));
  expect(sentAt).toEqual([...sentAt].sort((one, other) => one - other));
  expect((sentAt.at(-1) ?? 0) - (sentAt[0] ?? 0)).toBeGreaterThanOrEqual(2);
  expect(stage.shop.told(id).map((each) => each.type)).toEqual(["payment.paid"]);

  // Two failures of another callback take as long as the next repeat of this one would.
  stage.shop.answerNext("/other", 503, 503);
  const other = await payFor("/other");
  await until("the other callback's third delivery", () => {
    return stage.shop.visitsTo("/other").filter((visit) => visit.body.includes(other)).length >= 3;
  });
  expect(stage.shop.visitsTo("/callback").filter((visit) => visit.body.includes(id))).toHaveLength(4);
});

test("a shop that never answers holds up no other shop's callback", async () => {
  stage.shop.answerNext("/hanging", ..."hanging".split("").map(() => "hang" as const));
  // Another origin: what hangs there may hold up only what is owed to the same shop.
  const elsewhere = stage.shop.url.replace("127.0.0.1", "localhost");
  expect(elsewhere).not.toBe(stage.shop.url);
  await Promise.all(Array.from({ length: 7 }, () => payFor("/hanging", elsewhere)));
  const began = performance.now();
  const id = await payFor("/callback");
  await stage.shop.waitForTold(id, "payment.paid", 10_000);
  console.info(`callback beside seven hanging ones: ${Math.round(performance.now() - began)} ms`);
});

test("the wire protocol's server callback is sent again too, and once it is taken no more for that outcome", async () => {
  const invoice = newInvoice();
  stage.shop.answerNext("/wire-hook", 500, 404);
  const created = await send<{ checkout_url: string }>(`${stage.gateway.url}/payment/create`, {
    method: "POST",
    body: new URLSearchParams({
      merchant_key: stage.gateway.access.merchant_key,
      invoice,
      amount: "12.50",
      description: "Paint",
      callback_success: `${stage.shop.url}/thanks`,
      callback_error: `${stage.shop.url}/again`,
      callback_status: `${stage.shop.url}/wire-hook`,
    }),
  });
  const buyer = newBuyer();
  await buyer.open(created.body.checkout_url);
  await buyer.goToBank(defaultBank);
  await decideAtBank(buyer, "Cancel");
  await until("the third delivery", () => stage.shop.visitsTo("/wire-hook").length >= 3);
  await buyer.open(created.body.checkout_url);
  await buyer.open(`${created.body.checkout_url}?stay=1`);
  await buyer.goToBank(defaultBank);
  await decideAtBank(buyer, "Approve");
  const visits = await until("a delivery for the second outcome", () => {
    const seen = stage.shop.visitsTo("/wire-hook");
    return seen.length >= 4 && seen;
  });
  const codes = visits.map((visit) => {
    const encoded = visit.form.get("encoded_transaction_data") ?? "";
    return (JSON.parse(encoded) as { record: { transaction_status_code: string } }).record.transaction_status_code;
  });
  expect(codes).toEqual(["1L", "1L", "1L", "00"]);
});

test("callbacks tell every outcome of a payment in numbered order", async () => {
  const payment = await stage.create();
  const buyer = await stage.buyerAtBank(payment);
  await decideAtBank(buyer, "Cancel");
  await stage.shop.waitForTold(payment.id, "payment.attempt_failed");
  await buyer.open(payment.checkout_url);
  await buyer.goToBank(defaultBank);
  await decideAtBank(buyer, "Approve");
  await stage.shop.waitForTold(payment.id, "payment.paid");
  const told = [...stage.shop.told(payment.id)].sort((a, b) => a.sequence - b.sequence);
  expect(told.map((each) => each.type)).toEqual(["payment.attempt_failed", "payment.paid"]);
  expect(told[0]?.payment.status).toBe("open");
  expect(told[1]?.payment.status).toBe("paid");
});
