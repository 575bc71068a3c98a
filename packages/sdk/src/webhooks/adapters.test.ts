import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";
import { afterEach, describe, expect, test } from "vitest";
import type { SignatureVerificationError } from "../errors/signature-verification-error.ts";
import { fakeEvent, signEvent, testWebhookSecret, webhookRequest } from "../test-kit.ts";
import type { KineticPayEvent } from "./event.ts";
import { fastifyWebhook } from "./fastify-webhook.ts";
import { honoWebhook, nextWebhook } from "./fetch-webhook.ts";
import { expressWebhook } from "./node-webhook.ts";
import type { WebhookRoute } from "./receive.ts";
import { Webhooks } from "./webhooks.ts";

/** Sends a request to a server of that framework and reads its answer. */
type Send = (request: Request) => Promise<Response>;

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function listen(listener: RequestListener): Promise<Send> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.close());
  return sendTo((server.address() as AddressInfo).port);
}

const sendTo =
  (port: number): Send =>
  async (request) =>
    fetch(`http://127.0.0.1:${port}/webhooks`, {
      method: "POST",
      headers: request.headers,
      body: await request.arrayBuffer(),
    });

const frameworks: Readonly<Record<string, (route: WebhookRoute) => Promise<Send>>> = {
  "node:http": (route) => listen((request, response) => void expressWebhook(route)(request, response)),
  Express: (route) => {
    const app = express();
    app.post("/webhooks", expressWebhook(route));
    app.use(express.json());
    return listen(app);
  },
  "Express with express.raw": (route) => {
    const app = express();
    app.post("/webhooks", express.raw({ type: "application/json" }), expressWebhook(route));
    return listen(app);
  },
  Fastify: async (route) => {
    const app = Fastify();
    await app.register(fastifyWebhook({ path: "/webhooks", ...route }));
    await app.listen({ port: 0, host: "127.0.0.1" });
    closing.push(() => app.close());
    return sendTo((app.server.address() as AddressInfo).port);
  },
  "Next.js": async (route) => nextWebhook(route),
  Hono: async (route) => {
    const app = new Hono();
    app.post("/webhooks", honoWebhook(route));
    return async (request) => app.fetch(request);
  },
};

const webhooks = new Webhooks({ secret: testWebhookSecret });
const at = "http://127.0.0.1/webhooks";

describe.each(Object.entries(frameworks))("a route of %s", (_name, open) => {
  test("hands on what is genuine, and answers 401 with the cause to what is not", async () => {
    const events: KineticPayEvent[] = [];
    const refused: SignatureVerificationError[] = [];
    const send = await open({
      webhooks,
      onEvent: (event) => events.push(event),
      onRefused: (error) => refused.push(error),
    });
    const paid = fakeEvent("payment.paid", { data: { description: "Teh tarik – “dua” ☕" } });
    expect((await send(await webhookRequest(at, paid))).status).toBe(204);
    expect(events).toEqual([paid]);
    const { body, headers } = await signEvent(paid);
    const forged = await send(new Request(at, { method: "POST", headers, body: body.replace("1250", "1251") }));
    expect(forged.status).toBe(401);
    expect(await forged.json()).toMatchObject({ error: "signature_invalid", reason: "secret_wrong" });
    expect(events).toHaveLength(1);
    expect(refused.map((error) => error.reason)).toEqual(["secret_wrong"]);
  });

  test("does not acknowledge an event that its handler failed to take", async () => {
    const failing = await open({ webhooks, onEvent: () => Promise.reject(new Error("the disk is full")) });
    const answer = await failing(await webhookRequest(at, fakeEvent("payment.paid"))).catch(() => undefined);
    expect(answer?.status ?? 500).toBe(500);
  });
});

test("Express says what to do when its own parser took the body first", async () => {
  const app = express();
  app.use(express.json());
  app.post("/webhooks", expressWebhook({ webhooks, onEvent: () => undefined }));
  const answer = await (await listen(app))(await webhookRequest(at, fakeEvent("payment.paid")));
  expect(answer.status).toBe(401);
  const told = (await answer.json()) as { reason: string; message: string };
  expect(told.reason).toBe("body_parsed");
  expect(told.message).toContain("before any express.json()");
});

test("Fastify goes on parsing JSON on all other routes", async () => {
  const app = Fastify();
  await app.register(fastifyWebhook({ path: "/webhooks", webhooks, onEvent: () => undefined }));
  app.post("/other", async (request) => request.body);
  await app.listen({ port: 0, host: "127.0.0.1" });
  closing.push(() => app.close());
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/other`;
  const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: '{"a":1}' });
  expect(await answer.json()).toEqual({ a: 1 });
});
