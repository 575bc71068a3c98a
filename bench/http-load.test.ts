import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { flood, newOrder, oneByOne } from "./http-load.mjs";

/** Ten connections, of which each is answered after this long, make twenty calls a tenth of a second. */
const answersAfterMs = 50;
let answered = 0;
const server = createServer((request, response) => {
  request.resume();
  const answer = () => {
    answered += 1;
    response.writeHead(request.url === "/refused" ? 403 : 200).end("{}");
  };
  setTimeout(answer, answersAfterMs);
});
let url: string;
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

test("a number of calls is timed from the first to the last answer, and not to the load generator's next second", async () => {
  const rate = await flood(url, { connections: 10, amount: 20, requests: [{ method: "GET", path: "/" }] });
  expect(answered).toBe(20);
  // Twenty in 100 ms would be 200 a second, and twenty in a whole second 20.
  expect(rate).toBeGreaterThan(40);
  expect(rate).toBeLessThanOrEqual(200);
});

test("a load whose answers are not as they should be has no rate", async () => {
  const requests = [{ method: "GET", path: "/refused" }];
  await expect(flood(url, { connections: 2, amount: 4, requests })).rejects.toThrow('{"403":{"count":4}}');
  await expect(oneByOne(() => ({ url: `${url}/refused` }), { count: 1 })).rejects.toThrow("403");
});

test("calls that come one after the other are each timed", async () => {
  const took = await oneByOne(() => ({ url }), { count: 3 });
  expect(took).toHaveLength(3);
  for (const ms of took) expect(ms).toBeGreaterThanOrEqual(answersAfterMs - 1);
});

test("no order is made twice", () => {
  expect(new Set(Array.from({ length: 50 }, () => newOrder().invoice)).size).toBe(50);
});
