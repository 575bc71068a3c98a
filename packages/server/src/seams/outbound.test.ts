import { createSocket } from "node:dgram";
import type { AddressInfo } from "node:net";
import { createServer as createTcpServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestShop, type TestShop } from "../testing/test-shop.ts";
import { askNameServers } from "./outbound/name-lookup.ts";
import { createOutbound, type Outbound } from "./outbound.ts";

let shop: TestShop;
let elsewhere: TestShop;
let outbound: Outbound;
beforeAll(async () => {
  [shop, elsewhere] = await Promise.all([openTestShop(), openTestShop()]);
  outbound = createOutbound({ privateTargets: "on" });
});
afterAll(async () => {
  await outbound.close();
  await Promise.all([shop.close(), elsewhere.close()]);
});

const post = (url: string, limits: { timeoutMs?: number; maximumBytes?: number } = {}) =>
  outbound.post({
    name: "callbacks.deliver",
    url,
    headers: { "content-type": "text/plain" },
    body: "told",
    timeoutMs: 60_000,
    maximumBytes: 1_000,
    ...limits,
  });

it.each([301, 302, 303, 307, 308])("takes a redirect (%s) for an answer, and goes nowhere", async (status) => {
  shop.behave((response) => response.writeHead(status, { location: `${elsewhere.url}/inside` }).end());
  expect(await post(shop.url)).toMatchObject({ status });
  expect(elsewhere.received).toEqual([]);
});

it("heeds no proxy variables", async () => {
  const names = [
    "http_proxy",
    "HTTP_PROXY",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "NODE_USE_ENV_PROXY",
  ];
  const before = names.map((name) => [name, process.env[name]] as const);
  for (const name of names) process.env[name] = name.startsWith("NODE") ? "1" : elsewhere.url;
  const fresh = createOutbound({ privateTargets: "on" });
  shop.behave((response) => response.end("OK"));
  const arrived = shop.received.length;
  await fresh.post({
    name: "callbacks.deliver",
    url: shop.url,
    headers: {},
    body: "",
    timeoutMs: 5_000,
    maximumBytes: 10,
  });
  await fresh.close();
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  expect(shop.received.length).toBe(arrived + 1);
  expect(elsewhere.received).toEqual([]);
});

it("keeps no cookies, and sends no credentials that stood in an address", async () => {
  shop.behave((response) => response.writeHead(200, { "set-cookie": "session=1" }).end());
  await post(shop.url);
  await post(shop.url.replace("http://", "http://user:secret@"));
  expect(shop.received.at(-1)?.headers).not.toHaveProperty("cookie");
  expect(shop.received.at(-1)?.headers).not.toHaveProperty("authorization");
});

it("reads no more than 16 KiB of an answer, however much is asked for or sent", async () => {
  shop.behave((response) => {
    const more = () => {
      while (!response.destroyed && response.write("x".repeat(65_536)));
      if (!response.destroyed) response.once("drain", more);
    };
    more();
  });
  const answer = await post(shop.url, { maximumBytes: 10_000_000 });
  expect(answer).toMatchObject({ status: 200, truncated: true });
  expect(answer.body).toHaveLength(16 * 1024);
});

describe("whatever the other side does", () => {
  it.concurrent("a connection that is taken and then silent through the TLS handshake is given up within 5 s", async () => {
    const silent = createTcpServer((socket) => socket.on("error", () => undefined));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const started = performance.now();
    const call = post(`https://127.0.0.1:${(silent.address() as AddressInfo).port}/`);
    await expect(call).rejects.toMatchObject({ kind: "timeout" });
    const tookMs = performance.now() - started;
    silent.close();
    expect(tookMs).toBeGreaterThan(4_000);
    expect(tookMs).toBeLessThan(8_000);
  });

  it.concurrent("a name server that does not answer holds up its own name for 5 s at most, and no other name", async () => {
    const silent = createSocket("udp4");
    await new Promise<void>((resolve) => silent.bind(0, "127.0.0.1", resolve));
    const lookup = askNameServers([`127.0.0.1:${silent.address().port}`]);
    const held = createOutbound({ privateTargets: "on", lookup });
    const call = {
      name: "callbacks.deliver" as const,
      url: "http://shop.test/",
      headers: {},
      body: "",
      timeoutMs: 60_000,
      maximumBytes: 0,
    };
    const started = performance.now();
    const stuck = Array.from({ length: 20 }, () => held.post(call).catch((error: unknown) => error));
    shop.behave((response) => response.end("OK"));
    const localhost = shop.url.replace("127.0.0.1", "localhost");
    await held.post({ ...call, url: localhost });
    expect(performance.now() - started).toBeLessThan(1_000);
    for (const each of await Promise.all(stuck)) expect(each).toMatchObject({ kind: "timeout" });
    expect(performance.now() - started).toBeLessThan(8_000);
    await held.close();
    silent.close();
  });

  it.concurrent("an answer that dribbles in is cut off after 15 s, also when more was asked for", async () => {
    const dribbling = await openTestShop();
    dribbling.behave((response) => {
      const timer = setInterval(() => response.write("."), 500);
      response.once("close", () => clearInterval(timer));
    });
    const started = performance.now();
    await expect(post(dribbling.url)).rejects.toMatchObject({ kind: "timeout", message: "no answer within 15000 ms" });
    const tookMs = performance.now() - started;
    await dribbling.close();
    expect(tookMs).toBeGreaterThan(14_000);
    expect(tookMs).toBeLessThan(18_000);
  });
});
