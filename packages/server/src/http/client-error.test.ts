import { connect } from "node:net";
import type { ErrorBody } from "@kineticpay/contract/errors/error-body";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestApp, type TestApp } from "../testing/test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp();
});
afterAll(() => app.close());

interface Closed {
  readonly text: string;
  readonly afterMs: number;
}

/** Sends bytes, and gives everything that came back until the gateway closed the connection. */
function sendBytes(text: string): Promise<Closed> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    let received = "";
    const socket = connect(app.port, "127.0.0.1", () => socket.write(text));
    socket.setTimeout(25_000, () => socket.destroy(new Error("the gateway kept the connection open")));
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      received += chunk;
    });
    socket.on("close", () => resolve({ text: received, afterMs: performance.now() - began }));
    socket.on("error", reject);
  });
}

const answersIn = (text: string) => text.match(/HTTP\/1\.1 \d{3}/g) ?? [];
const bodyIn = (text: string) => JSON.parse(text.split("\r\n\r\n")[1] ?? "") as ErrorBody & { error?: object };
const post = (path: string, key: string, body: string) =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n${body}`;

describe.concurrent("a request that never ends", () => {
  it("is told after five seconds when its head does not end, and after ten when its body does not; and closed by fifteen", async () => {
    const key = app.merchant.apiKey.key;
    const [head, body] = await Promise.all([
      sendBytes("GET /api/v2/ping HTTP/1.1\r\nHost: a\r\n"),
      sendBytes(post("/api/v2/payments", key, "{")),
    ]);
    expect(bodyIn(head.text)).toMatchObject({ status: 403, code: "request_timeout", meta: { limit_s: 5 } });
    expect(bodyIn(body.text)).toMatchObject({ status: 403, code: "request_timeout", meta: { limit_s: 10 } });
    for (const { afterMs } of [head, body]) expect(afterMs).toBeLessThan(15_000);
  });

  it("is answered once, also when it was refused before its body had arrived", async () => {
    const { text, afterMs } = await sendBytes(post("/api/v2/payments", "", "{"));
    expect(answersIn(text)).toEqual(["HTTP/1.1 401"]);
    expect(bodyIn(text).code).toBe("key_missing");
    expect(afterMs).toBeLessThan(15_000);
  });

  it("has the wire protocol's lists when it is one of its calls", async () => {
    const { text } = await sendBytes(post("/payment/create", "", "{"));
    expect(bodyIn(text)).toMatchObject({ code: "request_timeout", error: { request: [expect.any(String)] } });
  });
});

it.each([
  ["http_malformed", "no header\r\n\r\n"],
  ["headers_too_large", `X: ${"x".repeat(20_000)}\r\n\r\n`],
])("a call of the wire protocol that is %s has its lists, and one of the v2 API has not", async (code, rest) => {
  const wire = bodyIn((await sendBytes(`GET /payment/status HTTP/1.1\r\nHost: a\r\n${rest}`)).text);
  expect(wire).toMatchObject({ code, error: { request: [wire.message] } });
  const v2 = bodyIn((await sendBytes(`GET /api/v2/ping HTTP/1.1\r\nHost: a\r\n${rest}`)).text);
  expect(v2).toMatchObject({ code });
  expect(v2).not.toHaveProperty("error");
});

it("what monitors and link checkers ask for is answered to HEAD as well, without a body", async () => {
  for (const path of ["/health", "/ready", "/openapi.json", "/docs/errors", "/docs/errors/key_missing"]) {
    const answer = await app.send({ method: "HEAD", path, headers: { host: "a" }, body: "" });
    expect(answer, path).toMatchObject({ status: 200, text: "" });
  }
});
