import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestClock, testClock } from "../testing/test-clock.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { eventSource } from "../testing/test-events.ts";
import { openTestShop, type TestShop } from "../testing/test-shop.ts";
import { deliverDue } from "./deliver.ts";

let core: TestCore;
let clock: TestClock;
let inside: TestShop;
beforeAll(async () => {
  clock = testClock();
  core = await openTestCore({ clock, settings: { KINETICPAY_PRIVATE_TARGETS: "off" } });
  inside = await openTestShop();
});
afterAll(async () => {
  await inside.close();
  await core.close();
});

it("tells why what is aimed at a private address was not sent, and tries it again like any that failed", async () => {
  const source = eventSource(core);
  const endpoint = await source.endpoint(`${inside.url}/hooks`, { eventTypes: ["payment.paid"] });
  const record = await source.payment();
  const id = await record("payment.paid", { format: "v2", url: `${inside.url}/callback` });
  const refused = {
    status: "pending",
    last_outcome: "blocked",
    last_status: null,
    last_error: "127.0.0.1 is an address that is not on the public internet (loopback)",
  };

  expect(await deliverDue(core.gateway)).toBe(2);
  for (const receiver of [null, endpoint.id])
    expect(await source.states(id, receiver)).toMatchObject([{ ...refused, attempt_count: 1 }]);
  const firstWaitS = core.gateway.config.callbackSchedule[0] ?? 0;
  clock.advance(firstWaitS * 1_000 * 1.2 + 1);
  expect(await deliverDue(core.gateway)).toBe(2);
  expect(await source.states(id, endpoint.id)).toMatchObject([{ ...refused, attempt_count: 2 }]);
  expect(inside.received).toEqual([]);
});
