import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMerchant } from "../../../merchants/create-merchant.ts";
import { beginAttempt } from "../../../payments/begin-attempt.ts";
import { createPayment } from "../../../payments/create-payment.ts";
import { settlePayment } from "../../../payments/settle-payment.ts";
import { newPayment } from "../../../testing/new-payment.ts";
import { railMessage } from "../../../testing/rail-message.ts";
import { openTestApp, type TestApp } from "../../../testing/test-app.ts";
import { statusRequests } from "./recorded-requests.ts";

let app: TestApp;
const invoice = "SHOPX123KNWC";
const description = '{"order":123,"note":"Café | “teh”"}';
let checkoutId = "";
beforeAll(async () => {
  app = await openTestApp();
  const owner = { ...app.owner, keyId: app.merchant.merchantKey.id };
  const asked = newPayment({ protocol: "wire", invoice, description, amountSen: 200 });
  checkoutId = (await createPayment(app.gateway, owner, asked)).payment.checkoutId;
});
afterAll(() => app.close());

const key = () => app.merchant.merchantKey.key;
async function ask(query: string, method = "GET") {
  const answer = await app.send({ method, path: `/payment/status?${query}`, headers: {}, body: "" });
  return { status: answer.status, body: JSON.parse(answer.text) };
}

describe("a recorded request is answered", () => {
  it.each(statusRequests.map((recorded) => [recorded.from, recorded] as const))("as %s", async (_from, recorded) => {
    const answer = await app.send(recorded.with({ merchantKey: key(), invoice }));
    expect(answer.status, answer.text).toBe(200);
    expect(JSON.parse(answer.text)).toMatchObject({ code: "09", id: "", invoice, amount: "2.00", status: "open" });
  });
});

it("waits for a body that is announced with Expect: 100-continue", async () => {
  const body = `merchant_key=${key()}&invoice=${invoice}&padding=${"x".repeat(3_000)}`;
  const socket = connect(app.port, "127.0.0.1");
  let text = "";
  try {
    await new Promise<void>((resolve, reject) => {
      let isSent = false;
      socket.on("error", reject);
      socket.on("close", () => resolve());
      socket.on("data", (chunk) => {
        text += chunk.toString("utf8");
        if (isSent || !text.startsWith("HTTP/1.1 100 Continue\r\n\r\n")) return;
        isSent = true;
        socket.write(body);
      });
      socket.write(
        `POST /payment/status HTTP/1.1\r\nHost: pay.example.my\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n`,
      );
    });
  } finally {
    socket.destroy();
  }
  expect(text).toContain("HTTP/1.1 200 OK");
  expect(text).toContain(`"invoice":"${invoice}"`);
});

it("answers with the members of the protocol and no others", async () => {
  const { body } = await ask(`merchant_key=${key()}&invoice=${invoice}`);
  expect(Object.keys(body)).toEqual([
    "code",
    "id",
    "invoice",
    "amount",
    "status",
    "record",
    "encoded_transaction_data",
  ]);
  expect(JSON.parse(body.encoded_transaction_data)).toEqual({ record: body.record });
  expect(body.record.order_description).toBe(description);
  expect(body.record.transaction_status).toBe("Pending");
});

it("takes the last of a repeated parameter, as PHP does", async () => {
  expect((await ask(`merchant_key=x&merchant_key=${key()}&invoice=none&invoice=${invoice}`)).status).toBe(200);
  expect((await ask(`merchant_key=${key()}&invoice=${invoice}&invoice=none`)).status).toBe(404);
});

it("does not know an invoice that was never created, and names one that differs by a suffix alone", async () => {
  const unknown = await ask(`merchant_key=${key()}&invoice=99999`);
  expect(unknown.status).toBe(404);
  expect(unknown.body).toMatchObject({ code: "resource_missing", meta: { id: "99999", nearest: "" } });
  expect(unknown.body.error).toEqual({ invoice: [unknown.body.message] });
  const near = await ask(`merchant_key=${key()}&invoice=SHOPX123`);
  expect(near.status).toBe(404);
  expect(near.body.error.invoice[0]).toContain(invoice);
});

it.each(["%00", "a%0Ab", "x".repeat(65), "%F0%9F", "%", "'%20or%201=1%20--"])(
  "answers 404 for the invoice %j",
  async (text) => {
    const { status, body } = await ask(`merchant_key=${key()}&invoice=${text}`);
    expect(status).toBe(404);
    expect(Object.keys(body.error)).toEqual(["invoice"]);
  },
);

it("does not show one merchant's invoice to another", async () => {
  const other = await createMerchant(app.gateway, {
    name: "Other",
    collectionName: "Main",
    website: "https://o.example",
  });
  const { status, body } = await ask(`merchant_key=${other.merchantKey.key}&invoice=${invoice}`);
  expect(status).toBe(404);
  expect(body.meta.nearest).toBe("");
});

it("says 401 without a key, or with a wrong one, whatever the invoice", async () => {
  const cases = [
    [`invoice=${invoice}`, "key_missing"],
    [`merchant_key=&invoice=${invoice}`, "key_missing"],
    [`merchant_key=${key().slice(0, -1)}&invoice=${invoice}`, "key_invalid"],
    [`merchant_key=abc&invoice=99999`, "key_invalid"],
    [`merchant_key=${app.merchant.apiKey.key}&invoice=${invoice}`, "key_invalid"],
    ["", "key_missing"],
  ] as const;
  for (const [query, code] of cases) {
    for (const method of ["GET", "POST"]) {
      const { status, body } = await ask(query, method);
      expect([status, body.code]).toEqual([401, code]);
      expect(body.error).toEqual({ merchant_key: [body.message] });
    }
  }
});

it("says which field is missing when the invoice is", async () => {
  const { status, body } = await ask(`merchant_key=${key()}`);
  expect(status).toBe(403);
  expect(body).toMatchObject({ code: "fields_invalid", fields: [{ path: "invoice", code: "field_missing" }] });
  expect(body.error).toEqual({ invoice: [body.fields[0].message] });
});

it("tells paid from not paid by the code, through a failure and a retry", async () => {
  const query = `merchant_key=${key()}&invoice=${invoice}`;
  const attempt = async () => {
    const choice = { bankId: "MB2U0227", model: "b2c", locale: "en", confirmed: false } as const;
    const begun = await beginAttempt(app.gateway, checkoutId, choice);
    if (begun.kind !== "handed_off") throw new Error(begun.kind);
    return begun.attempt;
  };
  const first = await attempt();
  expect((await ask(query)).body).toMatchObject({ code: "09", status: "processing" });
  await settlePayment(app.gateway, "direct", railMessage(first, "failed", { transactionId: "2611230000000051" }));
  expect((await ask(query)).body).toMatchObject({ code: "51", id: "2611230000000051", status: "open" });
  const second = await attempt();
  await settlePayment(app.gateway, "direct", railMessage(second, "succeeded", { transactionId: "2611230000000002" }));
  const paid = (await ask(query)).body;
  expect(paid).toMatchObject({ code: "00", id: "2611230000000002", amount: "2.00", status: "paid" });
  expect(paid.record).toMatchObject({ transaction_status: "Successful", transaction_status_description: "Approved" });
});
