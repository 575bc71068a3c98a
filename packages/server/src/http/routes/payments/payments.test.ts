import type { ErrorBody } from "@kineticpay/contract/errors/error-body";
import type { PaymentView } from "@kineticpay/contract/payment";
import { afterAll, beforeAll, expect, it } from "vitest";
import { beginAttempt } from "../../../payments/begin-attempt.ts";
import { settlePayment } from "../../../payments/settle-payment.ts";
import { railMessage } from "../../../testing/rail-message.ts";
import { openTestGateway, type TestGateway } from "../../../testing/test-gateway.ts";

let test: TestGateway;
beforeAll(async () => {
  test = await openTestGateway();
});
afterAll(() => test.close());

let counter = 0;
const valid = (change: Record<string, unknown> = {}) => {
  counter += 1;
  return {
    amount: 1250,
    invoice: `R-${counter}`,
    success_url: "https://shop.example/thanks?order=1",
    failure_url: "https://shop.example/again",
    ...change,
  };
};
const create = async (change: Record<string, unknown> = {}): Promise<PaymentView> => {
  const answer = await test.call("POST", "/api/v2/payments", valid(change));
  expect(answer.status).toBe(200);
  return answer.body;
};
const faultsOf = (body: ErrorBody) => (body.fields ?? []).map((fault) => `${fault.path} ${fault.code}`).sort();
const checkoutOf = (payment: PaymentView) => payment.checkout_url.split("/").at(-1) ?? "";
const pay = async (payment: PaymentView) => {
  const begun = await beginAttempt(test.gateway, checkoutOf(payment), {
    bankId: "MB2U0227",
    model: "b2c",
    locale: "en",
    confirmed: true,
  });
  if (begun.kind !== "handed_off") throw new Error(begun.kind);
  return settlePayment(test.gateway, "direct", railMessage(begun.attempt, "succeeded"));
};

it("creates a payment and answers 200 with all of it", async () => {
  const payment = await create({
    currency: "MYR",
    description: "Baju kurung, “saiz M”",
    buyer: { name: "Siti", email: "siti@example.com", phone: "+60 12-345 6789" },
    bank: "mbb0227",
    model: "b2c",
    callback_url: "http://127.0.0.1:9/callback",
    expires_in: 600,
    metadata: { cart: "7", count: 2, gift: true, note: null },
    locale: "ms",
  });
  expect(payment).toMatchObject({
    object: "payment",
    status: "open",
    certainty: "final",
    amount: 1250,
    bank: "MB2U0227",
    locale: "ms",
    attempts: [],
    flags: [],
    metadata: { cart: "7", count: 2, gift: true, note: null },
  });
  expect(payment.checkout_url.startsWith(`${test.url}/checkout/cs_`)).toBe(true);
  expect(Date.parse(payment.expires_at) - Date.parse(payment.created_at)).toBe(600_000);
  expect((await test.call("GET", `/api/v2/payments/${payment.id}`)).body).toEqual(payment);
});

it("names the faults of the body and of the query string in one answer", async () => {
  const answer = await test.call("POST", "/api/v2/payments?validate_only=maybe&expand=all", valid({ amount: "12.50" }));
  const body: ErrorBody = answer.body;
  expect(body).toMatchObject({ status: 403, code: "fields_invalid", meta: { count: 3 } });
  expect(faultsOf(body)).toEqual(["/amount field_wrong_type", "expand field_unknown", "validate_only field_invalid"]);
});

const messagesOf = async (body: unknown, query = "") =>
  (((await test.call("POST", `/api/v2/payments${query}`, body)).body as ErrorBody).fields ?? []).map(
    ({ message }) => message,
  );

it("asks whether another field was meant by a name that is a slip of it, or another service's word for it", async () => {
  const { success_url, invoice, ...rest } = valid();
  const buyer = { emial: "a@b.example" };
  const body = { ...rest, callback_success: success_url, invoise: invoice, colour: "red", buyer };
  const messages = await messagesOf(body, "?validate_olny=true");
  for (const meant of [
    "/callback_success is not a field of this call. Did you mean /success_url?",
    "/invoise is not a field of this call. Did you mean /invoice?",
    "/colour is not a field of this call.",
    "/buyer/emial is not a field of this call. Did you mean /buyer/email?",
    "validate_olny is not a field of this call. Did you mean validate_only?",
  ])
    expect(messages).toContain(meant);
  expect(await messagesOf({ ...valid(), mobile: "0123456789" })).toEqual([
    "/mobile is not a field of this call. Did you mean /buyer/phone?",
  ]);
});

it("names no field that was sent as well, and looks at few of very many names", async () => {
  expect(await messagesOf({ ...valid(), reference: "10001" })).toEqual(["/reference is not a field of this call."]);
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`callbak_url${"l".repeat(i % 2)}_${i}`, 1]));
  const hinted = (await messagesOf({ ...valid({ callback_url: undefined }), ...many })).filter((message) =>
    message.includes("mean"),
  );
  expect(hinted.length).toBeLessThanOrEqual(10);
});

it.each([
  [[{ amount: 1 }], "The body has to be one JSON object, and is a list."],
  ['{"amount":1250}', "The body has to be one JSON object, and is a text, as when JSON is encoded twice."],
  [null, "The body has to be one JSON object."],
])("says what is sent in place of an object: %j", async (body, sentence) => {
  expect(await messagesOf(body)).toEqual([sentence]);
});

it("says what cannot be seen: fields inside of another, a line break at an end, a plus that became a space", async () => {
  expect(await messagesOf({ payment: valid() })).toContain(
    "/payment is not a field of this call. What is inside of it belongs at the top.",
  );
  expect(await messagesOf(valid({ invoice: "10002\n" }))).toEqual([
    "/invoice does not have the form that is expected. It holds a line break or another character that cannot be seen.",
  ]);
  const sought = await test.call("GET", "/api/v2/payments?created_after=2026-11-27T10:00:00+08:00&invoice=A&invoice=B");
  expect(((sought.body as ErrorBody).fields ?? []).map(({ message }) => message).sort()).toEqual([
    "created_after does not have the form that is expected. In an address, + is written %2B.",
    "invoice is given more than once.",
  ]);
});

it("names every fault of a request in one answer, each with its place and what is expected", async () => {
  const answer = await test.call("POST", "/api/v2/payments", {
    amount: "12.50",
    invoice: "x".repeat(65),
    success_url: "javascript:alert(1)",
    callback_url: "https://user:secret@shop.example/",
    expires_in: 0,
    locale: "fr",
    buyer: { email: "nobody", age: 3 },
    metadata: { nested: { a: 1 } },
    colour: "red",
  });
  const body = answer.body as ErrorBody;
  expect(answer.status).toBe(403);
  expect(body).toMatchObject({ type: "invalid_request_error", code: "fields_invalid", status: 403, retryable: false });
  expect(faultsOf(body)).toEqual([
    "/amount field_wrong_type",
    "/buyer/age field_unknown",
    "/buyer/email field_invalid",
    "/callback_url field_invalid",
    "/colour field_unknown",
    "/expires_in field_out_of_range",
    "/failure_url field_missing",
    "/invoice field_too_long",
    "/locale field_invalid",
    "/metadata/nested field_wrong_type",
    "/success_url field_invalid",
  ]);
  for (const fault of body.fields ?? []) expect(fault.expected.length, fault.path).toBeGreaterThan(3);
  expect(JSON.stringify(body)).not.toContain("secret@");
});

it.each([
  ["1e999", "amount"],
  ["9007199254740993", "amount"],
  ["12.5", "amount"],
  ["true", "amount"],
])("refuses %s as an amount", async (literal) => {
  const text = JSON.stringify(valid()).replace('"amount":1250', `"amount":${literal}`);
  const answer = await fetch(`${test.url}/api/v2/payments`, {
    method: "POST",
    headers: { authorization: `Bearer ${test.merchant.apiKey.key}`, "content-type": "application/json" },
    body: text,
  });
  expect(answer.status).toBe(403);
  expect(faultsOf((await answer.json()) as ErrorBody).join()).toContain("/amount");
});

it.each([
  "https://shop.example\\@evil.example/",
  "//shop.example/",
  "https://shop.example/\u0000",
  "https://shop.example/a b",
  " https://shop.example/",
  "data:text/html,x",
  "https://",
  "ftp://shop.example/",
])("refuses %j as an address to send a buyer to", async (url) => {
  const answer = await test.call("POST", "/api/v2/payments", valid({ success_url: url }));
  expect(faultsOf(answer.body)).toEqual(["/success_url field_invalid"]);
});

it("answers the JSON it cannot read, the media type it does not read, and the body that is too large, each by name", async () => {
  const headers = { authorization: `Bearer ${test.merchant.apiKey.key}`, "content-type": "application/json" };
  const send = async (init: RequestInit) => {
    const answer = await fetch(`${test.url}/api/v2/payments`, { method: "POST", headers, ...init });
    return { status: answer.status, code: ((await answer.json()) as ErrorBody).code };
  };
  expect(await send({ body: "{" })).toEqual({ status: 403, code: "json_malformed" });
  expect(await send({ body: '{"__proto__":{}}' })).toEqual({ status: 403, code: "json_malformed" });
  expect(await send({ body: "" })).toEqual({ status: 403, code: "json_malformed" });
  expect(await send({ body: "[]" })).toEqual({ status: 403, code: "fields_invalid" });
  expect(await send({ body: "null" })).toEqual({ status: 403, code: "fields_invalid" });
  expect(
    await send({ body: "a=b", headers: { ...headers, "content-type": "application/x-www-form-urlencoded" } }),
  ).toEqual({
    status: 403,
    code: "media_type_unsupported",
  });
  expect(await send({ body: JSON.stringify({ description: "x".repeat(70_000) }) })).toEqual({
    status: 403,
    code: "body_too_large",
  });
});

it("refuses amounts beyond FPX, paid invoices and other amounts for a live invoice, each by its own code", async () => {
  const codeOf = async (body: unknown) => ((await test.call("POST", "/api/v2/payments", body)).body as ErrorBody).code;
  expect(await codeOf(valid({ amount: 50 }))).toBe("amount_out_of_range");
  const payment = await create();
  expect(await codeOf(valid({ invoice: payment.invoice, amount: 999 }))).toBe("invoice_conflict");
  await pay(payment);
  expect(await codeOf(valid({ invoice: payment.invoice }))).toBe("invoice_already_paid");
});

it("answers a malformed id as a payment that does not exist, for every method that takes one", async () => {
  for (const [method, path, body] of [
    ["GET", "/api/v2/payments/1"],
    ["GET", `/api/v2/payments/${"x".repeat(500)}`],
    ["PATCH", "/api/v2/payments/1", { description: "x" }],
    ["POST", "/api/v2/payments/1/cancel"],
    ["POST", "/api/v2/payments/%F0%9F%92%A9/requery"],
  ] as const) {
    const answer = await test.call(method, path, body);
    expect(answer.status, path).toBe(404);
    expect((answer.body as ErrorBody).code, path).toBe("resource_missing");
  }
});

it("pages through all payments, newest first, each once, by status and by invoice", async () => {
  const made: string[] = [];
  for (let i = 0; i < 5; i += 1) made.unshift((await create({ invoice: `PAGE-${i}` })).id);
  const seen: string[] = [];
  let after = "";
  for (;;) {
    const page = (await test.call("GET", `/api/v2/payments?limit=2&status=open${after}`)).body as {
      data: PaymentView[];
      has_more: boolean;
    };
    seen.push(...page.data.map((payment) => payment.id));
    if (!page.has_more) break;
    after = `&starting_after=${page.data.at(-1)?.id}`;
  }
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.slice(0, 5)).toEqual(made);
  const one = (await test.call("GET", "/api/v2/payments?invoice=PAGE-3")).body as { data: PaymentView[] };
  expect(one.data.map((payment) => payment.invoice)).toEqual(["PAGE-3"]);
  const none = (await test.call("GET", "/api/v2/payments?created_after=2099-01-01")).body as { data: PaymentView[] };
  expect(none.data).toEqual([]);
});

it("names every bad query parameter", async () => {
  const answer = await test.call(
    "GET",
    "/api/v2/payments?limit=101&status=lost&starting_after=x&created_after=yesterday&page=2",
  );
  expect(answer.status).toBe(403);
  expect(faultsOf(answer.body)).toEqual([
    "created_after field_invalid",
    "limit field_invalid",
    "page field_unknown",
    "starting_after field_invalid",
    "status field_invalid",
  ]);
});

it("changes what may change of an unpaid payment, and nothing of a paid one", async () => {
  const payment = await create();
  const changed = (
    await test.call("PATCH", `/api/v2/payments/${payment.id}`, {
      description: "New",
      metadata: { a: 1 },
      expires_in: 60,
    })
  ).body as PaymentView;
  expect(changed).toMatchObject({ description: "New", metadata: { a: 1 }, amount: 1250 });
  const frozen = await test.call("PATCH", `/api/v2/payments/${payment.id}`, { amount: 1 });
  expect(faultsOf(frozen.body)).toEqual(["/amount field_unknown"]);
  await pay(payment);
  const late = await test.call("PATCH", `/api/v2/payments/${payment.id}`, { description: "Later" });
  expect(late.body).toMatchObject({ code: "state_not_allowed", meta: { status: "paid" } });
});

it("cancels an open payment, again without harm, and no other", async () => {
  const payment = await create();
  for (let i = 0; i < 2; i += 1) {
    expect((await test.call("POST", `/api/v2/payments/${payment.id}/cancel`)).body).toMatchObject({
      status: "cancelled",
      certainty: "final",
    });
  }
  const paid = await create();
  await pay(paid);
  expect((await test.call("POST", `/api/v2/payments/${paid.id}/cancel`)).body).toMatchObject({
    code: "state_not_allowed",
  });
});

it("tells a buyer's developer what each attempt came to, in words for both", async () => {
  const payment = await create();
  const begun = await beginAttempt(test.gateway, checkoutOf(payment), {
    bankId: "MB2U0227",
    model: "b2c",
    locale: "en",
    confirmed: true,
  });
  if (begun.kind !== "handed_off") throw new Error(begun.kind);
  await settlePayment(
    test.gateway,
    "direct",
    railMessage(begun.attempt, "failed", { code: "51", reason: "insufficient_funds" }),
  );
  const after = (await test.call("GET", `/api/v2/payments/${payment.id}`)).body as PaymentView;
  expect(after.status).toBe("open");
  expect(after.attempts[0]).toMatchObject({
    status: "failed",
    rail_code: "51",
    reason: "insufficient_funds",
    bank: "MB2U0227",
    bank_name: "Maybank2U",
  });
  expect(after.attempts[0]?.buyer_message.ms.length).toBeGreaterThan(10);
});

it("checks a call with validate_only exactly as the real one, and changes nothing", async () => {
  const count = async () => (await test.gateway.db.query("select count(*) as n from payments"))[0]?.["n"];
  const before = await count();
  const fresh = valid();
  for (let i = 0; i < 2; i += 1) {
    expect((await test.call("POST", "/api/v2/payments?validate_only=true", fresh)).body).toEqual({
      object: "validation",
      valid: true,
    });
  }
  expect(await count()).toBe(before);
  const payment = await create();
  const check = async (path: string, body?: unknown, method = "POST") =>
    ((await test.call(method, `${path}?validate_only=true`, body)).body as ErrorBody).code;
  expect(await check("/api/v2/payments", valid({ amount: 50 }))).toBe("amount_out_of_range");
  expect(await check("/api/v2/payments", valid({ amount: "x" }))).toBe("fields_invalid");
  expect(await check("/api/v2/payments", valid({ invoice: payment.invoice, amount: 999 }))).toBe("invoice_conflict");
  expect(await check(`/api/v2/payments/${payment.id}`, { description: "New" }, "PATCH")).toBeUndefined();
  expect(await check(`/api/v2/payments/${payment.id}/cancel`)).toBeUndefined();
  expect(await check(`/api/v2/payments/${payment.id}/requery`)).toBeUndefined();
  expect((await test.call("GET", `/api/v2/payments/${payment.id}`)).body).toEqual(payment);
  await pay(payment);
  expect(await check("/api/v2/payments", valid({ invoice: payment.invoice }))).toBe("invoice_already_paid");
  expect(await check(`/api/v2/payments/${payment.id}/cancel`)).toBe("state_not_allowed");
});

it("refuses a misspelt validate_only rather than doing what was only to be checked", async () => {
  const answer = await test.call("POST", "/api/v2/payments?validate_only=yes&dry_run=1", valid());
  expect(faultsOf(answer.body)).toEqual(["dry_run field_unknown", "validate_only field_invalid"]);
});
