import { verifyWithAny } from "@kineticpay/fpx/certificates";
import { confirmationFields } from "@kineticpay/fpx/messages";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { replyFields } from "./testing/merchant.ts";
import { startTrial, type Trial } from "./testing/trial.ts";

let trial: Trial;
beforeAll(async () => {
  trial = await startTrial();
});
afterEach(async () => {
  await trial.control("POST", "/reset");
  trial.gateway.received.length = 0;
});
afterAll(() => trial.close());

test("an approved payment reaches the gateway by direct AC before the buyer's browser brings the same story", async () => {
  const { gateway, merchant } = trial;
  const authorisation = merchant.authorise({ sellerOrderNo: "INV-7", amountSen: 123_456 });
  const path = await trial.pay(authorisation, { action: "approve" });
  expect(gateway.received.map(({ path: route }) => route)).toEqual(["/fpx/direct"]);
  await trial.goBack(path);
  const [direct, indirect] = gateway.received;
  expect(indirect).toEqual({ ...direct, path: "/fpx/indirect" });
  expect(direct?.isAuthentic).toBe(true);
  expect(direct?.fields).toMatchObject({
    fpx_msgType: "AC",
    fpx_msgToken: "01",
    fpx_sellerOrderNo: "INV-7",
    fpx_sellerExOrderNo: authorisation["fpx_sellerExOrderNo"],
    fpx_sellerTxnTime: authorisation["fpx_sellerTxnTime"],
    fpx_txnAmount: "1234.56",
    fpx_buyerBankId: "TEST0021",
    fpx_buyerName: "N@ME()/ .-&BUYER",
    fpx_debitAuthCode: "00",
    fpx_creditAuthCode: "00",
    fpx_creditAuthNo: "9999999999",
  });
  expect(direct?.fields["fpx_fpxTxnId"]).toMatch(/^\d{16}$/);
  expect(Object.keys(direct?.fields ?? {})).toEqual(expect.arrayContaining([...confirmationFields]));
});

test("an enquiry tells 09 with blank numbers and names while the buyer is at the bank", async () => {
  const authorisation = trial.merchant.authorise();
  await trial.start(authorisation);
  const told = replyFields(await trial.merchant.enquire(trial.simulator.url, authorisation));
  expect(told).toMatchObject({
    fpx_debitAuthCode: "09",
    fpx_debitAuthNo: "",
    fpx_creditAuthCode: "",
    fpx_creditAuthNo: "",
    fpx_buyerName: "",
    fpx_makerName: "",
    fpx_buyerBankId: "TEST0021",
  });
  expect(told["fpx_fpxTxnId"]).toMatch(/^\d{16}$/);
});

test("an enquiry tells the very story that the direct AC told, and is signed by the exchange", async () => {
  const authorisation = await trial.approve();
  const told = replyFields(await trial.merchant.enquire(trial.simulator.url, authorisation));
  expect(told).toEqual(trial.gateway.received[0]?.fields);
  expect(verifyWithAny(told, confirmationFields, trial.gateway.certificates, new Date())).toBeDefined();
});

test.each([
  ["insufficient_funds", "51"],
  ["cancel", "1L"],
  ["time_out", "1J"],
  ["cancel_at_login", "1C"],
  ["time_out_at_login", "1A"],
])("the button %s makes the bank answer %s, with a blank credit side", async (action, code) => {
  await trial.pay(trial.merchant.authorise({ bankId: "MB2U0227" }), { action });
  const [direct] = trial.gateway.received;
  expect(direct?.fields).toMatchObject({ fpx_debitAuthCode: code, fpx_creditAuthCode: "", fpx_debitAuthNo: "" });
});

test("any code can be chosen, also one that no table knows", async () => {
  await trial.pay(trial.merchant.authorise(), { action: "any", code: "U7" });
  expect(trial.gateway.received[0]?.fields["fpx_debitAuthCode"]).toBe("U7");
});

test("the buyer decides once: pressing another button afterwards changes nothing", async () => {
  const authorisation = trial.merchant.authorise();
  const path = await trial.pay(authorisation, { action: "insufficient_funds" });
  await trial.press(`${path}/decide`, { action: "approve" });
  const told = replyFields(await trial.merchant.enquire(trial.simulator.url, authorisation));
  expect(told["fpx_debitAuthCode"]).toBe("51");
  expect(trial.gateway.received).toHaveLength(1);
});

test("a button that no page has is refused and decides nothing", async () => {
  const authorisation = trial.merchant.authorise();
  const path = await trial.start(authorisation);
  for (const fields of [{ action: "steal" }, { action: "any", code: "toolong" }, {}]) {
    expect((await trial.press(`${path}/decide`, fields)).status).toBe(400);
  }
  expect(trial.gateway.received).toHaveLength(0);
});

test("each payment has its own FPX transaction id, even when the clock stands still", async () => {
  const still = await startTrial({ clock: { now: () => Date.parse("2026-07-01T04:00:00Z") } });
  const ids = new Set<string>();
  for (let n = 0; n < 5; n += 1) {
    const authorisation = still.merchant.authorise();
    await still.start(authorisation);
    ids.add((await still.describe(authorisation["fpx_sellerExOrderNo"] ?? "")).fpx_txn_id);
  }
  await still.close();
  expect([...ids].map((id) => id.slice(0, 12))).toEqual(Array(5).fill("260701120000"));
});
