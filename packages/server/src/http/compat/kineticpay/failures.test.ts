import { Writable } from "node:stream";
import { type ErrorCode, errorStatus } from "@kineticpay/contract/errors/catalogue";
import pino from "pino";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Gateway } from "../../../gateway.ts";
import { issueKey } from "../../../merchants/api-keys.ts";
import { beginAttempt } from "../../../payments/begin-attempt.ts";
import { settlePayment } from "../../../payments/settle-payment.ts";
import { DatabaseUnavailable } from "../../../seams/database-unavailable.ts";
import { alterAccess } from "../../../testing/alter-access.ts";
import { railMessage } from "../../../testing/rail-message.ts";
import { openTestApp, type RawAnswer, type RawRequest, type TestApp } from "../../../testing/test-app.ts";

let app: TestApp;
/** What every statement fails with; undefined while the database is well. */
let outage: Error | undefined;
let log = "";

/** The gateway with a log that can be read, on a database that can be made to fail. */
function observed(gateway: Gateway): Partial<Gateway> {
  const sink = new Writable({
    write(chunk, _encoding, done) {
      log += String(chunk);
      done();
    },
  });
  const db: Gateway["db"] = {
    ...gateway.db,
    query: (text, values) => (outage === undefined ? gateway.db.query(text, values) : Promise.reject(outage)),
    write: (name, text, values) =>
      outage === undefined ? gateway.db.write(name, text, values) : Promise.reject(outage),
    share: (of, input) => (outage === undefined ? gateway.db.share(of, input) : Promise.reject(outage)),
  };
  return { log: pino({ level: "trace" }, sink), db };
}

beforeAll(async () => {
  app = await openTestApp({ change: observed });
});
afterAll(() => app.close());
beforeEach(() => {
  outage = undefined;
  log = "";
});

const key = () => app.merchant.merchantKey.key;
const json = { "content-type": "application/json" };
function order(change: Record<string, unknown> = {}): RawRequest {
  const fields = {
    merchant_key: key(),
    invoice: "F1",
    amount: "2.00",
    description: "An order",
    callback_success: "https://shop.example/ok",
    callback_error: "https://shop.example/no",
    ...change,
  };
  return { method: "POST", path: "/payment/create", headers: json, body: JSON.stringify(fields) };
}

/** Every failure has the contract's members and the protocol's `error`, and nowhere the key. */
function expectFailure(answer: RawAnswer, code: ErrorCode, names: readonly string[]) {
  expect(answer.headers["content-type"]).toMatch(/^application\/(problem\+)?json/);
  const body = JSON.parse(answer.text);
  expect(body.code, answer.text).toBe(code);
  expect(answer.status).toBe(errorStatus(code));
  expect(body).toMatchObject({
    type: expect.any(String),
    message: expect.any(String),
    status: answer.status,
    request_id: answer.headers["x-request-id"],
    doc_url: expect.stringContaining(`/${code}`),
    retryable: expect.any(Boolean),
    meta: expect.any(Object),
  });
  expect(Object.keys(body.error)).toEqual(names);
  for (const list of Object.values(body.error)) {
    expect(list).toEqual([expect.stringMatching(/\w/)]);
  }
  const secret = key().slice(8, -4);
  expect(`${answer.text}${JSON.stringify(answer.headers)}${log}`).not.toContain(secret);
  return body;
}

it.each(["GET", "DELETE", "PUT", "PATCH", "OPTIONS", "PROPFIND"])(
  "names the right method to %s /payment/create",
  async (method) => {
    const path = `/payment/create?merchant_key=${key()}`;
    const answer = await app.send({ method, path, headers: { "content-type": "no type" }, body: "" });
    expect(expectFailure(answer, "method_unknown", ["request"]).meta).toEqual({
      method,
      path: "/payment/create",
      allowed: ["POST"],
    });
  },
);

it("names the right methods to DELETE /payment/status", async () => {
  const answer = await app.send({ method: "DELETE", path: "/payment/status", headers: {}, body: "" });
  expect(expectFailure(answer, "method_unknown", ["request"]).meta.allowed).toEqual(["GET", "POST"]);
});

it.each([
  ["/payment/create/", "/payment/create"],
  ["/payment/Status", "/payment/status"],
  ["/payment/refund", ""],
  ["/payment", ""],
])("says of %s that there is nothing, and where to look", async (path, nearest) => {
  const answer = await app.send({ ...order(), path: `${path}?merchant_key=${key()}` });
  expect(expectFailure(answer, "route_unknown", ["request"]).meta).toEqual({ method: "POST", path, nearest });
});

it.each([
  ['{"merchant_key":"KEY",,}', json],
  ['{"merchant_key":"KEY"', {}],
  ['{"merchant_key":"KEY","amount":KEY}', { "content-type": "application/x-www-form-urlencoded" }],
  ["[1,2", json],
  ["no fields at all", json],
  ["{'merchant_key':'KEY'}", json],
])("tells where JSON breaks without repeating it: %s", async (text, headers) => {
  const body = text.replaceAll("KEY", key());
  const answer = await app.send({ method: "POST", path: "/payment/create", headers, body });
  expectFailure(answer, "json_malformed", ["request"]);
});

it.each([
  ["[]"],
  ["{}"],
  [""],
  ["null=1"],
  ['{"merchant_key":""}'],
  ['{"merchant_key":{"a":1}}'],
  ['{"__proto__":{"merchant_key":"x"}}'],
])("asks for the key when the body is %j", async (body) => {
  const answer = await app.send({ method: "POST", path: "/payment/create", headers: {}, body });
  expectFailure(answer, "key_missing", ["merchant_key"]);
});

it("refuses a format that it cannot read", async () => {
  const headers = { "content-type": "multipart/form-data; boundary=x" };
  const body = '--x\r\nContent-Disposition: form-data; name="merchant_key"\r\n\r\nk\r\n--x--';
  const answer = await app.send({ ...order(), headers, body });
  expect(expectFailure(answer, "media_type_unsupported", ["request"]).meta.accepted).toHaveLength(2);
});

it.each([{}, { "transfer-encoding": "chunked" }])("refuses a body beyond the limit, sent with %j", async (framing) => {
  const big = order({ padding: "x".repeat(70_000) });
  const answer = await app.send({ ...big, headers: { ...big.headers, ...framing } });
  expectFailure(answer, "body_too_large", ["request"]);
  expect(answer.headers.connection).toBe("close");
});

it("keeps `error` for a client that asks for problem+json", async () => {
  const answer = await app.send({
    ...order({ merchant_key: "x" }),
    headers: { ...json, accept: "application/problem+json" },
  });
  const body = expectFailure(answer, "key_invalid", ["merchant_key"]);
  expect(body.type).toBe(body.doc_url);
});

it("says why a known key may not pass", async () => {
  const { gateway, merchant } = app;
  const issue = () =>
    gateway.db.transaction("payments.change", (tx) => issueKey(gateway, tx, merchant, "merchant_key"));
  const [revoked, expired, scopeless] = [await issue(), await issue(), await issue()];
  await alterAccess(gateway, "update api_keys set revoked_at = now() where id = $1", [revoked.id]);
  await alterAccess(gateway, "update api_keys set expires_at = now() - interval '1 day' where id = $1", [expired.id]);
  await alterAccess(gateway, "update api_keys set scopes = '{payments:read}' where id = $1", [scopeless.id]);
  const cases = [
    [revoked, "key_revoked"],
    [expired, "key_expired"],
    [scopeless, "scope_missing"],
  ] as const;
  for (const [issued, code] of cases) {
    const answer = await app.send(order({ merchant_key: issued.key }));
    expectFailure(answer, code, ["merchant_key"]);
    expect(answer.text).not.toContain(issued.key.slice(8, -4));
  }
  await alterAccess(gateway, "update collections set api_enabled = false where id = $1", [merchant.collectionId]);
  expectFailure(await app.send(order()), "api_not_enabled", ["merchant_key"]);
  await alterAccess(gateway, "update collections set api_enabled = true where id = $1", [merchant.collectionId]);
});

it("refuses another amount while a buyer is paying, and anything once the invoice is paid", async () => {
  const made = JSON.parse((await app.send(order({ invoice: "BUSY" }))).text);
  const choice = { bankId: "MB2U0227", model: "b2c", locale: "en", confirmed: false } as const;
  const begun = await beginAttempt(app.gateway, made.checkout_url.split("/").at(-1), choice);
  if (begun.kind !== "handed_off") throw new Error(begun.kind);
  const conflict = expectFailure(await app.send(order({ invoice: "BUSY", amount: 3 })), "invoice_conflict", [
    "invoice",
  ]);
  expect(conflict.error.invoice[0]).toContain("RM 2.00");
  expect(conflict.error.invoice[0]).not.toContain("sen");
  await settlePayment(app.gateway, "direct", railMessage(begun.attempt, "succeeded"));
  expectFailure(await app.send(order({ invoice: "BUSY" })), "invoice_already_paid", ["invoice"]);
});

it.each([
  ["database_unavailable", new DatabaseUnavailable("no connection to the database")],
  ["internal_error", new Error("nobody foresaw this")],
] as const)("answers %s in the same form, and keeps the key out of the log", async (code, error) => {
  outage = error;
  for (const request of [order(), { ...order(), path: `/payment/status?merchant_key=${key()}&invoice=F1` }]) {
    const answer = await app.send(request);
    const body = expectFailure(answer, code, ["request"]);
    expect(log).toContain(body.request_id);
    expect(body.message).not.toContain("nobody foresaw");
  }
});
