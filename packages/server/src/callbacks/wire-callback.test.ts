import { createDecipheriv, createHmac, hkdfSync } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { beginAttempt } from "../payments/begin-attempt.ts";
import { createPayment } from "../payments/create-payment.ts";
import { settlePayment } from "../payments/settle-payment.ts";
import { newPayment } from "../testing/new-payment.ts";
import { railMessage } from "../testing/rail-message.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { openTestShop, type TestShop } from "../testing/test-shop.ts";
import { deliverDue } from "./deliver.ts";

let core: TestCore;
let shop: TestShop;
beforeAll(async () => {
  core = await openTestCore();
  shop = await openTestShop();
});
afterAll(async () => {
  await shop.close();
  await core.close();
});

/** A merchant's side of the protocol, written from its description alone: all it has is the merchant key. */
function openEnvelope(merchantKey: string, encrypted: string): string {
  const { iv, value, mac, tag } = JSON.parse(Buffer.from(encrypted, "base64").toString("utf8"));
  expect(tag).toBe("");
  const key = Buffer.from(hkdfSync("sha256", merchantKey, "", "kineticpay callback v1", 32));
  const expected = createHmac("sha256", key).update(`${iv}${value}`).digest("hex");
  if (expected !== mac) throw new Error("the MAC does not hold");
  const decipher = createDecipheriv("aes-256-cbc", key, Buffer.from(iv, "base64"));
  return Buffer.concat([decipher.update(Buffer.from(value, "base64")), decipher.final()]).toString("utf8");
}

const description = '{"order":10001,"items":["Nasi lemak – “besar”","Café | teh"],"note":"ibu\'s"}';

async function paidCallback(invoice: string): Promise<URLSearchParams> {
  const owner = { ...core.owner, keyId: core.merchant.merchantKey.id };
  const { payment } = await createPayment(
    core.gateway,
    owner,
    newPayment({ protocol: "wire", invoice, description, amountSen: 200, callbackUrl: `${shop.url}/status?shop=1` }),
  );
  const begun = await beginAttempt(core.gateway, payment.checkoutId, {
    bankId: "MB2U0227",
    model: "b2c",
    locale: "en",
    confirmed: false,
  });
  if (begun.kind !== "handed_off") throw new Error(begun.kind);
  await settlePayment(core.gateway, "direct", railMessage(begun.attempt, "succeeded"));
  expect(await deliverDue(core.gateway)).toBe(1);
  const call = shop.received.at(-1);
  expect(call?.path).toBe("/status?shop=1");
  expect(call?.headers["content-type"]).toBe("application/x-www-form-urlencoded");
  return new URLSearchParams(call?.body);
}

it("can be proved to come from here with nothing but the merchant key", async () => {
  const fields = await paidCallback("SHOPX1KNWC");
  const encoded = fields.get("encoded_transaction_data") ?? "";
  const encrypted = fields.get("encrypted_transaction_data") ?? "";
  const key = core.merchant.merchantKey.key;
  expect(openEnvelope(key, encrypted)).toBe(encoded);
  expect(() => openEnvelope(`${key}x`, encrypted)).toThrow("MAC");
  expect(() => openEnvelope(core.merchant.apiKey.key, encrypted)).toThrow("MAC");
  const envelope = JSON.parse(Buffer.from(encrypted, "base64").toString("utf8"));
  expect(envelope.mac).toMatch(/^[0-9a-f]{64}$/);
  const altered = Buffer.from(JSON.stringify({ ...envelope, iv: Buffer.alloc(16).toString("base64") })).toString(
    "base64",
  );
  expect(() => openEnvelope(key, altered)).toThrow("MAC");
  const record = JSON.parse(encoded).record;
  expect(record).toMatchObject({
    order_number: "SHOPX1KNWC",
    order_amount: "2.00",
    transaction_status: "Successful",
    transaction_status_code: "00",
    transaction_status_description: "Approved",
  });
  expect(JSON.parse(record.order_description)).toEqual(JSON.parse(description));
});

it("carries the other fields that shops read, and never the merchant key", async () => {
  const fields = await paidCallback("10002");
  expect([...fields.keys()].sort()).toEqual([
    "encoded_transaction_data",
    "encrypted_transaction_data",
    "fpx_sellerOrderNo",
    "hide_page_header",
    "receipt_url",
  ]);
  expect(fields.get("hide_page_header")).toBe("1");
  expect(fields.get("fpx_sellerOrderNo")?.split("-")[1]).toBe("10002");
  expect(fields.get("receipt_url")).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/checkout\/cs_[0-9a-f]{40}$/);
  expect(fields.toString()).not.toContain(core.merchant.merchantKey.key);
});

it("never encrypts twice under one initialisation vector", async () => {
  const vectors = new Set<string>();
  for (const invoice of ["10003", "10004", "10005"]) {
    const encrypted = (await paidCallback(invoice)).get("encrypted_transaction_data") ?? "";
    vectors.add(JSON.parse(Buffer.from(encrypted, "base64").toString("utf8")).iv);
  }
  expect(vectors.size).toBe(3);
});
