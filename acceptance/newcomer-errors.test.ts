import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Answer, type Failure, ordinary, send } from "./harness/api.ts";
import { type Gateway, startGateway } from "./harness/gateway.ts";

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.dispose());

const typeOfStatus: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "invalid_request_error",
  404: "not_found_error",
};

/** Every member that the error contract promises, and that the message's dynamic values stand in `meta`. */
function expectContract(answer: Answer<Failure>, status: number, code: string): Failure {
  const { body, headers } = answer;
  expect(answer.status).toBe(status);
  expect(headers.get("content-type")).toContain("application/json");
  expect(body).toMatchObject({ type: typeOfStatus[status], code, status, retryable: false, meta: expect.any(Object) });
  expect(body.message.length).toBeGreaterThan(20);
  expect(body.request_id).toMatch(/^req_[0-9A-Z]{26}$/);
  expect(body.request_id).toBe(headers.get("x-request-id"));
  expect(body.doc_url).toBe(`${gateway.url}/docs/errors/${code}`);
  expect(body.fields === undefined).toBe(status !== 403);
  return body;
}

const ping = (authorization?: string) =>
  send<Failure>(`${gateway.url}/api/v2/ping`, authorization === undefined ? {} : { headers: { authorization } });

test("a call without a key, with a mistyped, unknown, live or merchant's key is told which of these it is, and no key is shown", async () => {
  const { api_key: key, merchant_key: merchantKey } = gateway.access;
  // Well-formed and with a right checksum, but of another gateway.
  const stranger = "kp_test_000000000000000000000000000000";
  expectContract(await ping(), 401, "key_missing");
  expectContract(await ping(key), 401, "key_missing");
  expectContract(await ping(`Basic ${btoa(`${key}:password`)}`), 401, "key_missing");
  expectContract(await ping(`Bearer ${key.slice(0, -1)}`), 401, "key_malformed");
  expectContract(await ping(`Bearer ${key.slice(0, -1)}${key.endsWith("a") ? "b" : "a"}`), 401, "key_malformed");
  expectContract(await ping(`Bearer ${stranger}`), 401, "key_malformed");
  expectContract(await ping("Bearer sk_live_abc"), 401, "key_malformed");
  const wrong = expectContract(await ping(`Bearer ${merchantKey}`), 401, "key_invalid");
  expect(wrong.meta["key"]).toBe(`kp_test_…${merchantKey.slice(-4)}`);
  const live = await ping(`Bearer ${key.replace("kp_test_", "kp_live_")}`);
  expectContract(live, 401, "key_wrong_mode");
  expect(live.text).not.toContain(key.slice(8));
  expect((await ping(`bearer   ${key}`)).status).toBe(200);
  expect((await ping(`Basic ${btoa(`${key}:`)}`)).status).toBe(200);
});

test("a key is checked before anything that was sent is looked at", async () => {
  const answer = await send<Failure>(`${gateway.url}/api/v2/payments`, { method: "POST", body: "{" });
  expectContract(answer, 401, "key_missing");
});

test("every fault of a request is listed at once, each with its place and what was expected", async () => {
  const body = {
    amount: "12.50",
    currency: "USD",
    invoice: "x".repeat(65),
    description: 7,
    buyer: { email: "nobody", nickname: "A" },
    success_url: "shop.example/thanks",
    callback_url: "ftp://shop.example",
    expires_in: 0,
    locale: "fr",
    webhook: "https://shop.example",
  };
  const failure = expectContract(
    await gateway.api.call<Failure>("POST", "/api/v2/payments", body),
    403,
    "fields_invalid",
  );
  const faults = Object.fromEntries((failure.fields ?? []).map((fault) => [fault.path, fault.code]));
  expect(faults).toEqual({
    "/amount": "field_wrong_type",
    "/currency": "field_invalid",
    "/invoice": "field_too_long",
    "/description": "field_wrong_type",
    "/buyer/email": "field_invalid",
    "/buyer/nickname": "field_unknown",
    "/success_url": "field_invalid",
    "/failure_url": "field_missing",
    "/callback_url": "field_invalid",
    "/expires_in": "field_out_of_range",
    "/locale": "field_invalid",
    "/webhook": "field_unknown",
  });
  for (const fault of failure.fields ?? []) {
    expect(fault.message.length, fault.path).toBeGreaterThan(10);
    expect(fault.expected.length, fault.path).toBeGreaterThan(2);
  }
  expect(failure.meta).toMatchObject({ count: 12 });
});

test("bad query parameters are faults of fields as well", async () => {
  const answer = await gateway.api.call<Failure>("GET", "/api/v2/payments?limit=1000&status=payed&page=2");
  const failure = expectContract(answer, 403, "fields_invalid");
  expect((failure.fields ?? []).map((fault) => fault.path).sort()).toEqual(["limit", "page", "status"]);
});

test("a body that is not JSON, is empty, is of another type or is far too large is refused as what it is", async () => {
  const post = (body: string, contentType = "application/json") =>
    send<Failure>(`${gateway.url}/api/v2/payments`, {
      method: "POST",
      headers: { authorization: `Bearer ${gateway.access.api_key}`, "content-type": contentType },
      body,
    });
  expectContract(await post('{"amount": 1250,}'), 403, "json_malformed");
  expectContract(await post(""), 403, "json_malformed");
  expectContract(await post("amount=1250", "application/x-www-form-urlencoded"), 403, "media_type_unsupported");
  expectContract(await post(JSON.stringify({ description: "x".repeat(70_000) })), 403, "body_too_large");
  expectContract(await post('["amount"]'), 403, "fields_invalid");
});

test("a wrong path is told the nearest right one, and a wrong method which methods there are", async () => {
  const path = expectContract(await gateway.api.call<Failure>("GET", "/v2/payment"), 404, "route_unknown");
  expect(path.meta).toMatchObject({ path: "/v2/payment", nearest: "/api/v2/payments" });
  const method = expectContract(await gateway.api.call<Failure>("DELETE", "/api/v2/payments"), 404, "method_unknown");
  expect(method.meta).toMatchObject({ method: "DELETE", allowed: ["GET", "POST"] });
  expectContract(await send<Failure>(`${gateway.url}/`), 404, "route_unknown");
});

test("a payment that does not exist is missing, whatever is asked of it and however its id looks", async () => {
  for (const id of ["pay_00000000000000000000000000", "10001", "pay_%00", "x".repeat(190)]) {
    expectContract(await gateway.api.call<Failure>("GET", `/api/v2/payments/${id}`), 404, "resource_missing");
    expectContract(await gateway.api.call<Failure>("POST", `/api/v2/payments/${id}/cancel`), 404, "resource_missing");
    expectContract(await gateway.api.call<Failure>("PATCH", `/api/v2/payments/${id}`, {}), 404, "resource_missing");
  }
});

test("an amount that FPX does not carry is told its limits in sen", async () => {
  const amount = (sen: number, model: string) =>
    gateway.api.call<Failure>("POST", "/api/v2/payments", { ...ordinary(), amount: sen, model });
  const much = expectContract(await amount(3_000_001, "b2c"), 403, "amount_out_of_range");
  expect(much.meta).toMatchObject({ amount: 3_000_001, minimum: 100, maximum: 3_000_000 });
  expectContract(await amount(199, "b2b1"), 403, "amount_out_of_range");
});

test("a client that asks for problem+json gets the same members with an absolute type", async () => {
  const answer = await send<Failure>(`${gateway.url}/api/v2/ping`, { headers: { accept: "application/problem+json" } });
  expect(answer.headers.get("content-type")).toContain("application/problem+json");
  expect(answer.body).toMatchObject({
    type: `${gateway.url}/docs/errors/key_missing`,
    code: "key_missing",
    status: 401,
  });
});

test("every answer has a request id, success too, and no two are alike", async () => {
  const answers = await Promise.all([send(`${gateway.url}/health`), ping(), gateway.api.call("GET", "/api/v2/ping")]);
  const ids = answers.map((answer) => answer.headers.get("x-request-id"));
  expect(ids.every((id) => id?.startsWith("req_"))).toBe(true);
  expect(new Set(ids).size).toBe(3);
});

/** Sends bytes as they are and reads until the gateway closes the connection. */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { port, hostname } = new URL(gateway.url);
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let text = "";
    socket.setEncoding("utf8");
    socket.setTimeout(20_000, () => socket.destroy(new Error("the gateway did not close the connection")));
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("end", () => resolve(text));
    socket.on("error", reject);
  });
}

test("what is not even HTTP is answered by the contract as well", async () => {
  const cases = {
    http_malformed: "SPEAK FRIEND\r\n\r\n",
    headers_too_large: `GET /health HTTP/1.1\r\nHost: x\r\nCookie: ${"c".repeat(20_000)}\r\n\r\n`,
  };
  for (const [code, bytes] of Object.entries(cases)) {
    const text = await raw(bytes);
    expect(text, code).toMatch(/^HTTP\/1\.1 403 /);
    const failure = JSON.parse(text.slice(text.indexOf("\r\n\r\n") + 4)) as Failure;
    expect(failure).toMatchObject({ code, status: 403, type: "invalid_request_error" });
    expect(text).toContain(failure.request_id);
  }
});
