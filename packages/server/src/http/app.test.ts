import { connect } from "node:net";
import type { ErrorBody } from "@kineticpay/contract/errors/error-body";
import { afterAll, beforeAll, expect, it } from "vitest";
import { alterAccess } from "../testing/alter-access.ts";
import { openTestGateway, type TestGateway } from "../testing/test-gateway.ts";

let test: TestGateway;
beforeAll(async () => {
  test = await openTestGateway();
});
afterAll(() => test.close());

const get = async (path: string, init: RequestInit = {}) => {
  const answer = await fetch(`${test.url}${path}`, init);
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as ErrorBody };
};

/** Sends bytes below HTTP and gives what came back before the gateway closed the connection. */
async function raw(text: string): Promise<string> {
  const { port } = new URL(test.url);
  return new Promise((resolve, reject) => {
    let received = "";
    const socket = connect(Number(port), "127.0.0.1", () => socket.write(text));
    socket.setTimeout(20_000, () => socket.destroy(new Error("the gateway kept the connection open")));
    socket.on("data", (chunk) => {
      received += chunk.toString();
    });
    socket.on("close", () => resolve(received));
    socket.on("error", reject);
  });
}
const bodyOf = (answer: string) => JSON.parse(answer.split("\r\n\r\n")[1] ?? "") as ErrorBody;

it("puts the request id of every answer into its header, success too, and into the body of every failure", async () => {
  const ok = await fetch(`${test.url}/health`);
  expect(ok.headers.get("x-request-id")).toMatch(/^req_/);
  const missing = await get("/nowhere");
  expect(missing.body.request_id).toBe(missing.headers.get("x-request-id"));
});

it("tells a wrong path from a wrong method, and names what would have been right", async () => {
  const path = await get("/api/v2/payment");
  expect(path).toMatchObject({ status: 404, body: { code: "route_unknown", meta: { nearest: "/api/v2/payments" } } });
  const method = await get("/api/v2/payments", { method: "DELETE" });
  expect(method).toMatchObject({ status: 404, body: { code: "method_unknown", meta: { allowed: ["GET", "POST"] } } });
});

it("does not show a key back that was pasted into the path", async () => {
  const { key } = test.merchant.apiKey;
  for (const path of [`/api/v2/${key}`, `/${key}`])
    expect(JSON.stringify((await get(path)).body)).not.toContain(key.slice(10));
  expect(JSON.stringify((await test.call("GET", `/api/v2/payments/${key}`)).body)).not.toContain(key.slice(10));
});

it("asks for a key before it looks at anything else of a call", async () => {
  const answer = await get("/api/v2/payments", {
    method: "POST",
    body: "{",
    headers: { "content-type": "application/json" },
  });
  expect(answer).toMatchObject({
    status: 401,
    body: { code: "key_missing", type: "authentication_error", retryable: false },
  });
});

it("answers in the form of RFC 9457 to a client that asks for it", async () => {
  const answer = await get("/api/v2/ping", { headers: { accept: "application/problem+json" } });
  expect(answer.headers.get("content-type")).toContain("application/problem+json");
  expect(answer.body.type).toBe(answer.body.doc_url);
  expect(answer.body.status).toBe(401);
});

it("answers ping to a good key and shows whoami what the key is", async () => {
  expect((await test.call("GET", "/api/v2/ping")).body).toMatchObject({ message: "pong", mode: "sandbox" });
  expect((await test.call("GET", "/api/v2/whoami")).body).toMatchObject({
    object: "whoami",
    merchant: { name: "Kedai Ujian" },
    address: "127.0.0.1",
  });
});

it("refuses a call when the API is switched off, but still tells whoami so", async () => {
  await alterAccess(test.gateway, "update collections set api_enabled = false where id = $1", [
    test.merchant.collectionId,
  ]);
  expect((await test.call("GET", "/api/v2/ping")).body).toMatchObject({ code: "api_not_enabled" });
  expect((await test.call("GET", "/api/v2/whoami")).body).toMatchObject({ collection: { api_enabled: false } });
  await alterAccess(test.gateway, "update collections set api_enabled = true where id = $1", [
    test.merchant.collectionId,
  ]);
});

it("lists banks alphabetically with the time of the list", async () => {
  const { body } = await test.call("GET", "/api/v2/banks?model=b2b1");
  const list = body as { model: string; as_of: string | null; data: { name: string; online: boolean }[] };
  expect(list.model).toBe("b2b1");
  expect(list.as_of).not.toBeNull();
  const names = list.data.map((bank) => bank.name);
  expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b, "en", { sensitivity: "base" })));
  expect(names.length).toBeGreaterThan(15);
});

it.each([
  [
    "broken framing",
    "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc",
    "http_malformed",
  ],
  ["no HTTP at all", "hello\r\n\r\n", "http_malformed"],
  ["headers beyond all measure", `GET / HTTP/1.1\r\nHost: x\r\nX: ${"a".repeat(20_000)}\r\n\r\n`, "headers_too_large"],
  ["a broken percent sign", "GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "http_malformed"],
  ["a method nobody knows", "BREW /api/v2/ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "http_malformed"],
])("answers %s with the contract's body and a status of the closed set", async (_what, text, code) => {
  const answer = await raw(text);
  expect(answer.slice(0, 12)).toBe("HTTP/1.1 403");
  expect(bodyOf(answer)).toMatchObject({ code, type: "invalid_request_error", status: 403 });
});

it("gives even a path that cannot be read the error lists that the wire protocol's clients index", async () => {
  expect(bodyOf(await raw("GET /payment/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))).toMatchObject({
    code: "http_malformed",
    error: expect.any(Object),
  });
});

it("closes a body that dribbles in, within fifteen seconds", { timeout: 30_000 }, async () => {
  const started = Date.now();
  const answer = await raw(
    `POST /api/v2/payments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${test.merchant.apiKey.key}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
  );
  expect(bodyOf(answer).code).toBe("request_timeout");
  expect(Date.now() - started).toBeLessThan(15_000);
});

it("stays ready only while its database answers", async () => {
  expect((await fetch(`${test.url}/ready`)).status).toBe(200);
});

it("gives a forged bank message no OK, and changes nothing", async () => {
  const answer = await fetch(`${test.url}/fpx/direct`, {
    method: "POST",
    body: "fpx_msgType=AC&fpx_debitAuthCode=00&fpx_checkSum=00",
  });
  expect(answer.status).toBe(403);
  expect(await answer.text()).not.toBe("OK");
});
