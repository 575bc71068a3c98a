import { afterAll, beforeAll, expect, it } from "vitest";
import type { Gateway } from "../gateway.ts";
import { EnquiryFailed, type Outcome, type RailMessage } from "../rails/rail.ts";
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
  const { payment } = await createPayment(core.gateway, core.owner, newPayment({ invoice: `GU-${counter}` }));
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
const stored = async (attempt: Attempt) => (await read(attempt)).attempts[0];
const casesOf = async (attempt: Attempt) =>
  (await listCases(core.gateway, { open: true }))
    .filter((each) => each.attemptId === attempt.id)
    .map((each) => each.kind);
const eventsOf = async (attempt: Attempt) =>
  (
    await core.gateway.db.query<{ type: string }>("select type from events where payment_id = $1 order by sequence", [
      attempt.paymentId,
    ])
  ).map((row) => row.type);

/** A buyer of whom the network had not heard for half an hour. */
async function beginAndGiveUp(): Promise<Attempt> {
  const attempt = await begin();
  clock.advance(31 * 60_000);
  for (let i = 0; i < 3; i += 1) await settlePayment(core.gateway, "enquiry", railMessage(attempt, "not_found"));
  expect(await stored(attempt)).toMatchObject({ status: "failed", reason: "never_reached_bank" });
  return attempt;
}

/** Passes time in steps of ten minutes, in which the network says this of the attempt and nothing of any other. */
async function passHours(hours: number, attempt: Attempt, outcome: Outcome): Promise<number> {
  let asked = 0;
  const gateway = withNetwork(async (orderNumber) => {
    if (orderNumber !== attempt.orderNumber) throw new EnquiryFailed("bad_response", "test");
    asked += 1;
    return railMessage(attempt, outcome);
  });
  for (let minutes = 0; minutes < hours * 60; minutes += 10) {
    clock.advance(600_000);
    await requeryDue(gateway);
  }
  return asked;
}

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

it.each(["pending", "awaiting_approval"] as const)(
  "goes on asking about a buyer who was given up once the network knows of the order, until it has ended: %s",
  async (outcome) => {
    const attempt = await beginAndGiveUp();
    await passHours(72, attempt, outcome);
    expect(await stored(attempt)).toMatchObject({ status: "failed", reason: "never_reached_bank" });
    expect(await casesOf(attempt)).toEqual(["unresolved"]);
    await passHours(8, attempt, "succeeded");
    expect((await read(attempt)).payment.status).toBe("paid");
    expect((await stored(attempt))?.nextEnquiryAt).toBeNull();
  },
  60_000,
);

it.each(["direct", "enquiry"] as const)(
  "takes the bank's reason for its own once the bank has refused a buyer who was given up, tells nobody twice, and asks no more (%s)",
  async (route) => {
    const attempt = await beginAndGiveUp();
    const before = { concludedAt: (await stored(attempt))?.concludedAt, events: await eventsOf(attempt) };
    for (let i = 0; i < 2; i += 1) await settlePayment(core.gateway, route, railMessage(attempt, "failed"));
    const after = { status: "failed", reason: "reason_51", railCode: "51", nextEnquiryAt: null };
    expect(await stored(attempt)).toMatchObject({ ...after, concludedAt: before.concludedAt });
    expect(await eventsOf(attempt)).toEqual(before.events);
    expect(await casesOf(attempt)).toEqual([]);
    expect(await passHours(26, attempt, "succeeded")).toBe(0);
  },
  60_000,
);

it("asks twice about a buyer who was given up before it believes that the exchange failed", async () => {
  const attempt = await beginAndGiveUp();
  await settlePayment(core.gateway, "enquiry", railMessage(attempt, "uncertain"));
  expect(await stored(attempt)).toMatchObject({ status: "failed", reason: "never_reached_bank" });
  expect((await stored(attempt))?.nextEnquiryAt?.getTime()).toBe(clock.now().getTime() + 30_000);
  await settlePayment(core.gateway, "enquiry", railMessage(attempt, "uncertain"));
  expect(await stored(attempt)).toMatchObject({ status: "failed", reason: "reason_96", nextEnquiryAt: null });
  expect(await casesOf(attempt)).toEqual([]);
});

it.each(["succeeded", "failed", "pending"] as const)(
  "asks at once about a buyer who was given up and comes back from the bank after all (%s)",
  async (outcome) => {
    const attempt = await beginAndGiveUp();
    await settlePayment(core.gateway, "indirect", railMessage(attempt, outcome));
    expect(await casesOf(attempt)).toEqual([]);
    const gateway = withNetwork(async (orderNumber) => {
      if (orderNumber !== attempt.orderNumber) throw new EnquiryFailed("bad_response", "test");
      return railMessage(attempt, "succeeded");
    });
    await requeryDue(gateway);
    expect((await read(attempt)).payment.status).toBe("paid");
  },
);
