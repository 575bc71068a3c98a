import { Agent, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { buildApp } from "./app.ts";
import { drain, letGo } from "./drain.ts";

let core: TestCore;
let app: FastifyInstance;
let port: number;
const agent = new Agent({ keepAlive: true });

beforeAll(async () => {
  core = await openTestCore();
  app = buildApp(core.gateway);
  await app.listen({ host: "127.0.0.1", port: 0 });
  port = (app.server.address() as AddressInfo).port;
});
afterAll(async () => {
  agent.destroy();
  await app.close();
  await core.close();
});

async function get(path: string): Promise<{ status: number; connection: string | undefined; text: string }> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ port, path, agent }, resolve).on("error", reject).end();
  });
  let text = "";
  for await (const chunk of answer.setEncoding("utf8")) text += String(chunk);
  return { status: answer.statusCode ?? 0, connection: answer.headers.connection, text };
}

const connects = () =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });

it("takes everybody who came while the process was busy before it refuses those who come then", async () => {
  const busy = buildApp(core.gateway);
  await busy.listen({ host: "127.0.0.1", port: 0 });
  const { port: busyPort } = busy.server.address() as AddressInfo;
  const outcomes: Promise<number | string>[] = [];
  // Each in a turn of its own and before the turn's end, which is when the listening socket used to be closed.
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    setImmediate(() => {
      const came = new Promise<number | string>((resolve) => {
        const sent = request({ port: busyPort, path: "/health", agent: false }, (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        });
        sent.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message)).end();
      });
      outcomes.push(came);
      const untilMs = performance.now() + 5;
      while (performance.now() < untilMs);
    });
  }
  await drain(busy, 0);
  expect(await Promise.all(outcomes)).toEqual([200, 200, 200]);
  await busy.close();
});

it("answers what came on a resting connection while the process was busy before it closes that", async () => {
  const busy = buildApp(core.gateway);
  await busy.listen({ host: "127.0.0.1", port: 0 });
  const { port: busyPort } = busy.server.address() as AddressInfo;
  const kept = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = () =>
    new Promise<number | string>((resolve) => {
      const sent = request({ port: busyPort, path: "/health", agent: kept }, (answer) => {
        answer.resume().on("end", () => resolve(answer.statusCode ?? 0));
      });
      sent.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message)).end();
    });
  expect(await ask()).toBe(200);
  await drain(busy, 0);
  // Sent in the first immediate, and not read before the turn that the second one keeps busy is over.
  const asked = new Promise<number | string>((resolve) => {
    setImmediate(() => void ask().then(resolve));
    setImmediate(() => {
      const untilMs = performance.now() + 5;
      while (performance.now() < untilMs);
    });
  });
  await letGo(busy);
  expect(await asked).toBe(200);
  kept.destroy();
  await busy.close();
});

it("turns a load balancer away, answers what still arrives, lets each connection go after an answer, then refuses", async () => {
  expect(await get("/ready")).toMatchObject({ status: 200, connection: "keep-alive" });
  const drained = drain(app, 300);
  const notReady = await get("/ready");
  expect(notReady).toMatchObject({ status: 503, connection: "close" });
  expect(JSON.parse(notReady.text)).toMatchObject({ code: "shutting_down", retryable: true });
  expect(await get("/health")).toMatchObject({ status: 200, connection: "close" });
  expect(await connects()).toBe(true);
  await drained;
  expect(await connects()).toBe(false);
});
