import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { beginAttempt } from "../../../payments/begin-attempt.ts";
import { createPayment } from "../../../payments/create-payment.ts";
import { newPayment } from "../../../testing/new-payment.ts";
import { openTestApp, type TestApp } from "../../../testing/test-app.ts";
import { createRequests } from "./recorded-requests.ts";

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp({ settings: { KINETICPAY_PUBLIC_URL: "https://pay.example.my" } });
});
afterAll(() => app.close());

const key = () => app.merchant.merchantKey.key;
let counter = 0;
const fields = (change: Record<string, unknown> = {}) => {
  counter += 1;
  return {
    merchant_key: key(),
    invoice: `NEW${counter}`,
    amount: "2.00",
    description: "An order",
    bank: "",
    callback_success: "https://shop.example/ok",
    callback_error: "https://shop.example/no",
    ...change,
  };
};
async function create(change: Record<string, unknown> = {}) {
  const answer = await app.send({
    method: "POST",
    path: "/payment/create",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(fields(change)),
  });
  return { status: answer.status, body: JSON.parse(answer.text) };
}
async function stored(invoice: string) {
  const rows = await app.gateway.db.query<Record<string, unknown>>("select * from payments where invoice = $1", [
    invoice,
  ]);
  expect(rows).toHaveLength(1);
  return rows[0] ?? {};
}

describe("a recorded request makes a payment", () => {
  it.each(createRequests.map((recorded, index) => [recorded.from, recorded, index] as const))(
    "of %s",
    async (_from, recorded, index) => {
      const invoice = `FIELD${index}KNWC`;
      const answer = await app.send(recorded.with({ merchantKey: key(), invoice }));
      expect(answer.status, answer.text).toBe(200);
      expect(answer.headers["content-type"]).toContain("application/json");
      expect(answer.headers["x-request-id"]).toMatch(/^req_/);
      const body = JSON.parse(answer.text);
      expect(body).toEqual({
        html: expect.stringContaining("<form "),
        id: expect.stringMatching(/^pay_/),
        invoice,
        checkout_url: expect.stringMatching(/^https:\/\/pay\.example\.my\/checkout\/cs_[0-9a-f]{40}$/),
      });
      expect(answer.text).not.toContain(key());
      expect(await stored(invoice)).toMatchObject({
        id: body.id,
        amount_sen: 200,
        protocol: "wire",
        description: "Payment for order 10001",
        success_url: "http://shop.example:8088/?wc-api=kineticpay&order=10001",
      });
    },
  );
});

it("takes what was written before UTF-8 as what was meant, so that no two orders become one", async () => {
  const form = (invoice: string) =>
    new URLSearchParams({ ...fields(), description: "?" }).toString().replace(/invoice=[^&]*/, `invoice=${invoice}`);
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const send = async (invoice: string) =>
    JSON.parse((await app.send({ method: "POST", path: "/payment/create", headers, body: form(invoice) })).text) as {
      invoice: string;
      id: string;
    };
  const [acute, grave] = [await send("CAF%E9"), await send("CAF%E8")];
  expect([acute.invoice, grave.invoice]).toEqual(["CAFé", "CAFè"]);
  expect(acute.id).not.toBe(grave.id);
  expect((await send("CAFé")).id).toBe(acute.id);
  expect((await send("CAF%C3%A9")).id).toBe(acute.id);
  const asked = `/payment/status?merchant_key=${key()}&invoice=CAF%E9`;
  expect((await app.send({ method: "GET", path: asked, headers: {}, body: "" })).text).toContain(`"invoice":"CAFé"`);
});

it.each([
  ["2", 200],
  [2, 200],
  [2.5, 250],
  [19.99, 1999],
  [1.1, 110],
  ["10.5", 1050],
  [" 10.50 ", 1050],
  ["10.5000", 1050],
])("reads the amount %j as %i sen", async (amount, amountSen) => {
  const { body } = await create({ amount });
  expect((await stored(body.invoice))["amount_sen"]).toBe(amountSen);
});

it("takes an invoice that is a whole number in JSON", async () => {
  const { body } = await create({ invoice: 987654 });
  expect(body.invoice).toBe("987654");
});

it("keeps a description of any kind whole", async () => {
  const description = '{"k":"Café | “teh” <b>\'&amp;\'",\n\t"n":1}';
  const { body } = await create({ description });
  expect((await stored(body.invoice))["description"]).toBe(description);
});

it("puts a space for what no record can hold, instead of refusing the sale", async () => {
  const { status, body } = await create({ description: "A\u0000B\u001bC \ud800" });
  expect(status).toBe(200);
  expect((await stored(body.invoice))["description"]).toBe("A B C \ufffd");
});

it("makes a payment without a description, as null ones are dropped from forms", async () => {
  const { status, body } = await create({ description: null });
  expect(status).toBe(200);
  expect((await stored(body.invoice))["description"]).toBe("");
});

it.each([
  ["MB2U0227", "MB2U0227", "b2c"],
  ["mbb0227 ", "MB2U0227", "b2c"],
  ["ABB0234", "ABB0233", "b2c"],
  ["UOB0229", "UOB0226", "b2c"],
  ["HSBC0223", "HSBC0223", "b2c"],
  ["BNP003", "BNP003", "b2b1"],
  ["NOSUCH1", null, "b2c"],
  ["'; --", null, "b2c"],
  ["", null, "b2c"],
  [7, null, "b2c"],
  [{ id: 1 }, null, "b2c"],
])("takes the bank %j as %j and never as an error", async (bank, bankId, model) => {
  const { status, body } = await create({ bank });
  expect(status).toBe(200);
  expect(await stored(body.invoice)).toMatchObject({ bank_id: bankId, model });
});

it("takes callback addresses with http, any port and any query string, and keeps them to the letter", async () => {
  const url = "http://localhost:3000/?wc-api=KNWC&a=%2B&b=é#x";
  const { body } = await create({ callback_success: url, callback_error: url, callback_status: url });
  expect(await stored(body.invoice)).toMatchObject({ success_url: url, failure_url: url, callback_url: url });
});

it.each([
  "javascript:alert(1)",
  "data:text/html,x",
  "ftp://shop.example/",
  "//shop.example/",
  "https://user:secret@shop.example/",
  "https://shop.example/\u0000",
  "https://shop.example/a\nb",
  "https:\\\\shop.example",
  "https://",
  `https://shop.example/${"x".repeat(2_000)}`,
])("refuses %j as an address to call back", async (url) => {
  const { status, body } = await create({ callback_success: url, callback_error: url, callback_status: url });
  expect(status).toBe(403);
  expect(body.code).toBe("fields_invalid");
  expect(Object.keys(body.error).sort()).toEqual(["callback_error", "callback_status", "callback_success"]);
});

it("tells every field's fault at once, in both forms", async () => {
  const { status, body } = await create({
    invoice: "x".repeat(65),
    amount: "ten",
    description: "y".repeat(2_001),
    callback_success: undefined,
    callback_error: ["https://shop.example"],
    callback_status: "nowhere",
  });
  expect(status).toBe(403);
  expect(body).toMatchObject({ type: "invalid_request_error", code: "fields_invalid", status: 403, retryable: false });
  const codes = Object.fromEntries(
    body.fields.map((fault: { path: string; code: string }) => [fault.path, fault.code]),
  );
  expect(codes).toEqual({
    "/invoice": "field_too_long",
    "/amount": "field_invalid",
    "/description": "field_too_long",
    "/callback_success": "field_missing",
    "/callback_error": "field_wrong_type",
    "/callback_status": "field_invalid",
  });
  for (const fault of body.fields) {
    expect(body.error[fault.path.slice(1)]).toEqual([fault.message]);
    expect(fault.expected).not.toBe("");
  }
});

it.each([
  ["0", "field_out_of_range"],
  [0, "field_out_of_range"],
  ["-2.00", "field_out_of_range"],
  ["99999999999", "field_out_of_range"],
  ["2.005", "field_invalid"],
  ["1,000.00", "field_invalid"],
  ["RM2", "field_invalid"],
  [0.1 + 0.2, "field_invalid"],
  [1e21, "field_invalid"],
  ["", "field_missing"],
  [null, "field_missing"],
  [true, "field_wrong_type"],
])("refuses the amount %j with %s", async (amount, code) => {
  const { status, body } = await create({ amount });
  expect(status).toBe(403);
  expect(body.fields).toMatchObject([{ path: "/amount", code }]);
  expect(body.error.amount).toHaveLength(1);
});

it("does not repeat what stands in the amount when it may be a secret", async () => {
  const { body } = await create({ amount: key() });
  expect(JSON.stringify(body)).not.toContain(key().slice(10, 30));
});

it.each([[12.5], [2 ** 60], ["a\u0007b"], ["\ud800"], ["   "], [{}]])("refuses the invoice %j", async (invoice) => {
  const { status, body } = await create({ invoice });
  expect(status).toBe(403);
  expect(Object.keys(body.error)).toEqual(["invoice"]);
});

it("says in ringgit which amounts can be paid", async () => {
  const { status, body } = await create({ amount: "0.50" });
  expect(status).toBe(403);
  expect(body).toMatchObject({ code: "amount_out_of_range", meta: { amount: 50, minimum: 100, maximum: 3_000_000 } });
  expect(body.error.amount[0]).toBe("RM 0.50 cannot be paid: one payment may be RM 1.00 to RM 30000.00.");
});

it("returns the live payment when the invoice is sent again, and replaces it when the amount has changed", async () => {
  const first = (await create({ invoice: "CART1" })).body;
  const again = (await create({ invoice: "CART1" })).body;
  expect(again.id).toBe(first.id);
  const changed = (await create({ invoice: "CART1", amount: "3.00" })).body;
  expect(changed.id).not.toBe(first.id);
  const rows = await app.gateway.db.query("select id, status from payments where invoice = 'CART1' order by id");
  expect(rows).toEqual([
    { id: first.id, status: "cancelled" },
    { id: changed.id, status: "open" },
  ]);
});

it("gives the payment a day", async () => {
  const { body } = await create();
  const row = await stored(body.invoice);
  expect(Number(row["expires_at"]) - Number(row["created_at"])).toBe(24 * 3_600_000);
});

it("lets a resent order change the bank, the description and the addresses, until a buyer is at a bank", async () => {
  const url = "https://shop.example/second";
  const first = (await create({ invoice: "AGAIN1", bank: "MB2U0227" })).body;
  const second = { invoice: "AGAIN1", bank: "BCBB0235", description: "Second", callback_success: url };
  expect((await create(second)).body.id).toBe(first.id);
  const asSecond = { bank_id: "BCBB0235", description: "Second", success_url: url };
  expect(await stored("AGAIN1")).toMatchObject(asSecond);
  const choice = { bankId: "BCBB0235", model: "b2c", locale: "en", confirmed: false } as const;
  await beginAttempt(app.gateway, first.checkout_url.split("/").at(-1), choice);
  expect((await create({ invoice: "AGAIN1", bank: "PBB0233", description: "Third" })).body.id).toBe(first.id);
  expect(await stored("AGAIN1")).toMatchObject(asSecond);
});

it("answers a wire-protocol shop in its own form also for a payment that the v2 API had asked for", async () => {
  const { payment } = await createPayment(app.gateway, app.owner, newPayment({ invoice: "BOTH1", amountSen: 200 }));
  const { body } = await create({ invoice: "BOTH1", callback_status: "https://shop.example/status" });
  expect(body.id).toBe(payment.id);
  expect(await stored("BOTH1")).toMatchObject({
    protocol: "wire",
    api_key_id: app.merchant.merchantKey.id,
    callback_url: "https://shop.example/status",
  });
});
