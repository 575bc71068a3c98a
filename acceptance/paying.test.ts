import { afterAll, beforeAll, expect, test } from "vitest";
import { newBuyer } from "./harness/buyer.ts";
import { decideAtBank, defaultBank, openStage, payAtBank, returnFromBank, type Stage } from "./harness/stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

test("a payment approved at the bank is paid, its shop is told once, and the buyer comes back to the shop", async () => {
  const payment = await stage.create({ description: "Paint & brushes", buyer: { name: "Siti binti Ahmad" } });
  expect(payment).toMatchObject({ status: "open", certainty: "final", attempts: [] });

  const buyer = newBuyer();
  await buyer.open(payment.checkout_url);
  expect(buyer.page.text).toContain("12.50");
  expect(buyer.page.text).toContain("Paint & brushes");
  await buyer.goToBank(defaultBank);
  expect(new URL(buyer.page.url).origin).toBe(stage.gateway.simulatorUrl);
  expect(await stage.gateway.api.get(payment.id)).toMatchObject({ status: "processing", certainty: "unknown" });

  await payAtBank(buyer);
  expect(new URL(buyer.page.url).origin).toBe(stage.gateway.url);
  expect(buyer.page.heading).toBe("Payment successful");

  const paid = await stage.gateway.api.get(payment.id);
  expect(paid).toMatchObject({ status: "paid", certainty: "final", flags: [], amount: 1250 });
  expect(paid.attempts).toHaveLength(1);
  expect(paid.attempts[0]).toMatchObject({ status: "succeeded", rail_code: "00", bank: defaultBank });
  expect(buyer.page.text).toContain(paid.attempts[0]?.rail_transaction_id);

  await buyer.follow("Return to");
  const back = stage.shop.visitsTo("/thanks").at(-1);
  expect(back?.method).toBe("GET");
  expect([...(back?.query ?? [])]).toEqual([
    ["cart", "7"],
    ["payment_id", payment.id],
  ]);
  const told = await stage.shop.waitForTold(payment.id, "payment.paid");
  expect(told.payment).toMatchObject({ id: payment.id, status: "paid" });
  expect(stage.shop.told(payment.id).map((each) => each.type)).toEqual(["payment.paid"]);
});

test("a buyer who cancels at the bank can try again on the same payment and pay", async () => {
  const payment = await stage.create();
  const buyer = await stage.buyerAtBank(payment);
  await decideAtBank(buyer, "Cancel");
  await returnFromBank(buyer);
  await buyer.waitFor("the list of banks", (page) => page.text.includes("The last try did not go through"));
  const open = await stage.waitForStatus(payment.id, "open");
  expect(open).toMatchObject({ certainty: "final" });
  expect(open.attempts[0]).toMatchObject({ status: "failed", rail_code: "1L" });
  expect(open.attempts[0]?.buyer_message.ms).not.toBe("");

  await buyer.goToBank("BCBB0235");
  await payAtBank(buyer);
  await buyer.waitForHeading("Payment successful");
  const paid = await stage.waitForStatus(payment.id, "paid");
  expect(paid.id).toBe(payment.id);
  expect(paid.attempts.map((each) => [each.number, each.status, each.bank])).toEqual([
    [1, "failed", defaultBank],
    [2, "succeeded", "BCBB0235"],
  ]);
  await stage.shop.waitForTold(payment.id, "payment.paid");
  const types = stage.shop.told(payment.id).map((each) => each.type);
  expect(types.sort()).toEqual(["payment.attempt_failed", "payment.paid"]);
});

test("a buyer who closes the tab at the bank after approving has paid, and the shop learns it", async () => {
  const payment = await stage.create();
  const buyer = await stage.buyerAtBank(payment);
  await decideAtBank(buyer, "Approve");
  const told = await stage.shop.waitForTold(payment.id, "payment.paid");
  expect(told.payment.status).toBe("paid");
  expect(await stage.gateway.api.get(payment.id)).toMatchObject({ status: "paid", certainty: "final" });
});

test("a payment whose direct message was lost is found paid by asking the exchange, without anybody's browser", async () => {
  const payment = await stage.create();
  await stage.gateway.exchange.script({ match: { seller_order_no: payment.invoice }, direct: "drop" });
  const buyer = await stage.buyerAtBank(payment);
  await decideAtBank(buyer, "Approve");
  expect((await stage.atExchange(payment.id)).messages.some((each) => each.route === "direct")).toBe(false);
  await stage.waitForStatus(payment.id, "paid");
  await stage.shop.waitForTold(payment.id, "payment.paid");
});

test("a browser that comes back before the bank's own message settles nothing by itself, and all ends in one payment", async () => {
  const payment = await stage.create();
  await stage.gateway.exchange.script({
    match: { seller_order_no: payment.invoice },
    order: "indirect_first",
    direct: { delay_ms: 1_000 },
    ae: "error",
  });
  const buyer = await stage.buyerAtBank(payment);
  await payAtBank(buyer);
  // The exchange answers no enquiry, so that only the browser has spoken so far.
  const hinted = await stage.gateway.api.get(payment.id);
  expect(hinted).toMatchObject({ status: "processing", certainty: "provisional" });
  expect(stage.shop.told(payment.id)).toEqual([]);
  await stage.waitForStatus(payment.id, "paid");
  await buyer.waitForHeading("Payment successful");
  await stage.shop.waitForTold(payment.id, "payment.paid");
  const types = stage.shop.told(payment.id).map((each) => each.type);
  expect(types).toEqual(["payment.paid"]);
});

test("the browser's word alone makes the gateway ask the exchange at once", async () => {
  const payment = await stage.create();
  await stage.gateway.exchange.script({ match: { seller_order_no: payment.invoice }, direct: "drop" });
  const buyer = await stage.buyerAtBank(payment);
  await payAtBank(buyer);
  await buyer.waitForHeading("Payment successful");
  expect(await stage.gateway.api.get(payment.id)).toMatchObject({ status: "paid", certainty: "final" });
});

test("a company's payment waits for its approver, who approves later without any browser of the buyer", async () => {
  const payment = await stage.create({ model: "b2b1", amount: 500_000 });
  const buyer = newBuyer();
  await buyer.open(payment.checkout_url);
  await buyer.goToBank("ABB0235");
  await decideAtBank(buyer, "Submit for approval");
  await returnFromBank(buyer);
  await buyer.waitFor("the page for approvals", (page) => page.text.includes("Waiting for your company"));
  const waiting = await stage.waitForStatus(payment.id, "awaiting_approval");
  expect(waiting.certainty).toBe("provisional");
  await stage.shop.waitForTold(payment.id, "payment.awaiting_approval");

  const approver = newBuyer();
  await approver.open(`${stage.gateway.simulatorUrl}/bank/checker`);
  const form = approver.page.document.querySelectorAll("form").find((each) => each.text.includes(payment.invoice));
  const action = form?.getAttribute("action") ?? "";
  const answer = await fetch(`${stage.gateway.simulatorUrl}${action}`, {
    method: "POST",
    body: new URLSearchParams({ action: "approve" }),
    redirect: "manual",
  });
  expect(answer.status).toBe(303);
  await stage.waitForStatus(payment.id, "paid");
  await stage.shop.waitForTold(payment.id, "payment.paid");
  await buyer.waitForHeading("Payment successful");
});

test("a bank that is offline is shown as such, cannot be chosen, and is refused when it goes offline meanwhile", async () => {
  const { api, exchange } = stage.gateway;
  const payment = await stage.create();
  const quick = newBuyer();
  await quick.open(payment.checkout_url);
  await exchange.setBank("PBB0233", false);
  try {
    // The list may be some seconds old, as FPX's own may be; then it tells.
    const late = newBuyer();
    await late.open(payment.checkout_url);
    await late.waitFor("the bank to be shown offline", (page) =>
      /Public Bank\s*\(offline\)/.test(page.document.querySelector("form.choose")?.structuredText ?? ""),
    );
    await expect(late.goToBank("PBB0233")).rejects.toThrow("does not offer bank=PBB0233");
    await quick.goToBank("PBB0233");
    expect(quick.page.text).toContain("is offline and cannot take payments right now");
    const banks = await api.call<{ data: { id: string; online: boolean }[] }>("GET", "/api/v2/banks?model=b2c");
    expect(banks.body.data.find((bank) => bank.id === "PBB0233")?.online).toBe(false);
    expect((await api.get(payment.id)).attempts).toEqual([]);
  } finally {
    await exchange.setBank("PBB0233", true);
  }
});

test("a refusal by the bank is told to the buyer in plain words, and to the shop with its reason", async () => {
  const payment = await stage.create();
  const buyer = await stage.buyerAtBank(payment);
  await decideAtBank(buyer, "Insufficient funds");
  await returnFromBank(buyer);
  await buyer.waitFor("the list of banks", (page) => page.text.includes("The last try did not go through"));
  const { attempts } = await stage.gateway.api.get(payment.id);
  expect(attempts[0]).toMatchObject({ status: "failed", rail_code: "51", reason: "insufficient_funds" });
  expect(buyer.page.text).toContain(attempts[0]?.buyer_message.en);
});
