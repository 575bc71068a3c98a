import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import { openTestApp, type TestApp } from "../testing/test-app.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A connection on which a request has begun, and goes on when that is told. */
async function begin(app: TestApp, start: string): Promise<{ finish(rest: string): Promise<string> }> {
  const socket: Socket = connect(app.port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(start);
  let received = "";
  socket.setEncoding("utf8").on("data", (text: string) => {
    received += text;
  });
  return {
    async finish(rest) {
      const ended = once(socket, "close");
      socket.write(rest);
      await ended;
      return received;
    },
  };
}

it("serves a call on a connection that was open when the stop began, says that it is not ready, and closes both connections", async () => {
  const app = await openTestApp();
  closing.push(() => app.close());
  const key = app.merchant.apiKey.key;
  const call = await begin(app, "GET /api/v2/ping HTTP/1.1\r\nHost: a\r\n");
  const ready = await begin(app, "GET /ready HTTP/1.1\r\nHost: a\r\n");
  expect((await app.send({ method: "GET", path: "/ready", headers: {}, body: "" })).status).toBe(200);
  const stopped = app.close();
  closing.pop();
  await expect(async () => app.send({ method: "GET", path: "/ready", headers: {}, body: "" })).rejects.toThrow();
  const answers = [await ready.finish("\r\n"), await call.finish(`Authorization: Bearer ${key}\r\n\r\n`)];
  expect(answers[0]).toMatch(/^HTTP\/1\.1 503 [\s\S]*retry-after: 1[\s\S]*"code":"shutting_down"/i);
  expect(answers[1]).toMatch(/^HTTP\/1\.1 200 /);
  for (const answer of answers) expect(answer).toMatch(/connection: close/i);
  await stopped;
});
