import { afterAll, beforeAll, expect, it } from "vitest";
import type { Gateway } from "../gateway.ts";
import { EnquiryFailed, type RailMessage } from "../rails/rail.ts";
import { newPayment } from "../testing/new-payment.ts";
import { railMessage } from "../testing/rail-message.ts";
import { type TestClock, testClock } from "../testing/test-clock.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { beginAttempt } from "./begin-attempt.ts";
import { listCases } from "./cases.ts";
import { createPayment } from "./create-payment.ts";
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
async function begin(): Promise<Attempt> {
  counter += 1;
  const { payment } = await createPayment(core.gateway, core.owner, newPayment({ invoice: `RQ-${counter}` }));
  const input = { bankId: "MB2U0227", model: "b2c", locale: "en", confirmed: true } as const;
  const begun = await beginAttempt(core.gateway, payment.checkoutId, input);
  if (begun.kind !== "handed_off") throw new Error(begun.kind);
  return begun.attempt;
}

/** A gateway whose bank network answers as the test says. */
function withNetwork(enquire: (orderNumber: string) => Promise<RailMessage>): Gateway {
  const asked = (sent: Readonly<Record<string, string>>) => enquire(sent["fpx_sellerExOrderNo"] ?? "");
  return { ...core.gateway, rail: { ...core.gateway.rail, enquire: asked } };
}
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

it("asks twice more about buyers of whom the exchange had not heard, and finds those who got there after all", async () => {
  const beganMs = clock.now().getTime();
  const minutesPassed = () => Math.round((clock.now().getTime() - beganMs) / 60_000);
  const [soon, later, never] = [await begin(), await begin(), await begin()];
  const arrivesAfterMinutes = new Map([
    [soon.orderNumber, 40],
    [later.orderNumber, 300],
  ]);
  const attempts = new Map([soon, later, never].map((each) => [each.orderNumber, each]));
  const asked = new Map<string, number[]>();
  const gateway = withNetwork(async (orderNumber) => {
    asked.set(orderNumber, [...(asked.get(orderNumber) ?? []), minutesPassed()]);
    const hasArrived = minutesPassed() >= (arrivesAfterMinutes.get(orderNumber) ?? Number.POSITIVE_INFINITY);
    return railMessage(attempts.get(orderNumber) ?? never, hasArrived ? "succeeded" : "not_found");
  });
  const passUntil = async (minutes: number) => {
    while (minutesPassed() < minutes) {
      clock.advance(60_000);
      await requeryDue(gateway);
    }
  };
  await passUntil(36);
  for (const attempt of attempts.values())
    expect((await read(attempt)).attempts[0]).toMatchObject({ status: "failed", reason: "never_reached_bank" });
  const askedBefore = asked.get(never.orderNumber)?.length ?? 0;
  await passUntil(90);
  expect((await read(soon)).payment.status).toBe("paid");
  expect((await read(later)).payment.status).not.toBe("paid");
  await passUntil(25 * 60);
  expect((await read(later)).payment.status).toBe("paid");
  const [half = 0, day = 0, ...more] = asked.get(never.orderNumber)?.slice(askedBefore) ?? [];
  expect(half).toBeGreaterThanOrEqual(60);
  expect(half).toBeLessThanOrEqual(70);
  expect(day).toBe(24 * 60);
  expect(more).toEqual([]);
  expect((await read(never)).payment.status).not.toBe("paid");
}, 60_000);

it.each([
  { fault: "unreachable", failsUntilHours: 30, foundWithinMinutes: 3 },
  { fault: "bad_response", failsUntilHours: 30, foundWithinMinutes: 6 * 60 + 3 },
] as const)(
  "takes a late look again that the network left unanswered: $fault",
  async ({ fault, failsUntilHours, foundWithinMinutes }) => {
    const attempt = await begin();
    const beganMs = clock.now().getTime();
    const hoursPassed = () => (clock.now().getTime() - beganMs) / 3_600_000;
    const gateway = withNetwork(async (orderNumber) => {
      if (orderNumber !== attempt.orderNumber || (hoursPassed() >= 1 && hoursPassed() < failsUntilHours))
        throw new EnquiryFailed(fault, "test");
      return railMessage(attempt, hoursPassed() < 1 ? "not_found" : "succeeded");
    });
    const passUntil = async (hours: number, stepMs: number) => {
      while (hoursPassed() < hours) {
        clock.advance(stepMs);
        await requeryDue(gateway);
      }
    };
    await passUntil(1, 60_000);
    expect((await read(attempt)).attempts[0]).toMatchObject({ status: "failed", reason: "never_reached_bank" });
    await passUntil(failsUntilHours - 1, 600_000);
    expect((await read(attempt)).payment.status).not.toBe("paid");
    await passUntil(failsUntilHours + foundWithinMinutes / 60, 60_000);
    expect((await read(attempt)).payment.status).toBe("paid");
  },
  60_000,
);

it("stops looking after a week at what the network will not answer about", async () => {
  const attempt = await begin();
  let isSilent = false;
  let unanswered = 0;
  const gateway = withNetwork(async (orderNumber) => {
    const isOurs = orderNumber === attempt.orderNumber;
    if (isOurs && !isSilent) return railMessage(attempt, "not_found");
    if (isOurs) unanswered += 1;
    throw new EnquiryFailed("bad_response", "test");
  });
  while ((await read(attempt)).attempts[0]?.status !== "failed") {
    clock.advance(60_000);
    await requeryDue(gateway);
  }
  isSilent = true;
  for (let hours = 0; hours < 8 * 24; hours += 1) {
    clock.advance(3_600_000);
    await requeryDue(gateway);
  }
  expect(unanswered).toBeGreaterThan(7 * 4);
  expect((await read(attempt)).attempts[0]?.nextEnquiryAt).toBeNull();
}, 60_000);

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
