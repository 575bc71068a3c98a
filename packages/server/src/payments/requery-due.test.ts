import { afterAll, beforeAll, expect, it } from "vitest";
import { EnquiryFailed, type RailMessage } from "../rails/rail.ts";
import { withNetwork as networkOf } from "../testing/answering-network.ts";
import { handedOff } from "../testing/handed-off.ts";
import { railMessage } from "../testing/rail-message.ts";
import { type TestClock, testClock } from "../testing/test-clock.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { listCases } from "./cases.ts";
import type { Attempt } from "./payment.ts";
import { readPayment } from "./read-payments.ts";
import { requeryDue } from "./requery-due.ts";
import { settlePayment } from "./settle-payment.ts";

let core: TestCore;
let clock: TestClock;
beforeAll(async () => {
  clock = testClock();
  core = await openTestCore({ clock });
});
afterAll(() => core.close());

let counter = 0;
function begin(): Promise<Attempt> {
  counter += 1;
  return handedOff(core, { invoice: `RQ-${counter}` });
}

const withNetwork = (enquire: (orderNumber: string) => Promise<RailMessage>) => networkOf(core.gateway, enquire);
const read = async (attempt: Attempt) => readPayment(core.gateway, core.owner.collectionId, attempt.paymentId);

it("asks about an attempt along the schedule, once at a time, and settles what it learns", async () => {
  const attempt = await begin();
  const asked: string[] = [];
  const gateway = withNetwork(async (orderNumber) => {
    asked.push(orderNumber);
    return railMessage(attempt, asked.length < 3 ? "pending" : "succeeded");
  });
  expect(await requeryDue(gateway)).toBe(0);
  for (const minutes of [2, 4, 6]) {
    clock.advance(minutes * 60_000);
    await Promise.all([requeryDue(gateway), requeryDue(gateway)]);
  }
  expect(asked).toHaveLength(3);
  expect((await read(attempt)).payment.status).toBe("paid");
  clock.advance(3_600_000);
  expect(await requeryDue(gateway)).toBe(0);
});

it("asks again at once about a buyer who came back while the network was being asked", async () => {
  const attempt = await begin();
  clock.advance(130_000);
  let asked = 0;
  const gateway = withNetwork(async (orderNumber) => {
    if (orderNumber !== attempt.orderNumber) throw new EnquiryFailed("timeout", "no answer");
    asked += 1;
    if (asked > 1) return railMessage(attempt, "succeeded");
    const before = railMessage(attempt, "pending");
    await settlePayment(core.gateway, "indirect", railMessage(attempt, "succeeded"));
    clock.advance(1_000);
    return before;
  });
  await requeryDue(gateway);
  expect(asked).toBe(2);
  expect((await read(attempt)).payment.status).toBe("paid");
});

it("lets a slow answer hold up only its own order", async () => {
  const [slow, quick] = [await begin(), await begin()];
  clock.advance(130_000);
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const settledWhileHeld: string[] = [];
  const gateway = withNetwork(async (orderNumber) => {
    if (orderNumber === slow.orderNumber) await held;
    return railMessage(orderNumber === slow.orderNumber ? slow : quick, "succeeded");
  });
  const round = requeryDue(gateway);
  await expect.poll(async () => (await read(quick)).payment.status).toBe("paid");
  settledWhileHeld.push((await read(slow)).payment.status);
  release();
  await round;
  expect(settledWhileHeld).toEqual(["processing"]);
  expect((await read(slow)).payment.status).toBe("paid");
});

it.each(["timeout", "unreachable", "bad_response"] as const)(
  "changes nothing but the time of the next enquiry when the network's answer is: %s",
  async (reason) => {
    const attempt = await begin();
    clock.advance(130_000);
    const before = await read(attempt);
    await requeryDue(
      withNetwork(async () => {
        throw new EnquiryFailed(reason, "test");
      }),
    );
    const after = await read(attempt);
    expect(after.payment).toEqual(before.payment);
    expect(after.attempts[0]?.nextEnquiryAt?.getTime()).toBeGreaterThan(clock.now().getTime());
  },
);

it("tells a person after a day without an outcome, and goes on asking", async () => {
  const attempt = await begin();
  const gateway = withNetwork(async () => railMessage(attempt, "pending"));
  clock.advance(25 * 3_600_000);
  await requeryDue(gateway);
  const open = (await listCases(core.gateway, { open: true })).filter((each) => each.attemptId === attempt.id);
  expect(open.map((each) => each.kind)).toEqual(["unresolved"]);
  expect((await read(attempt)).attempts[0]?.nextEnquiryAt?.getTime()).toBeGreaterThan(clock.now().getTime());
});
