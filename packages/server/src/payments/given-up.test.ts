import { afterAll, beforeAll, expect, it } from "vitest";
import { asOwner } from "../db/as-owner.ts";
import { sealBookings } from "../ledger/seal-bookings.ts";
import { EnquiryFailed, type Outcome, type RailMessage } from "../rails/rail.ts";
import { DatabaseUnavailable } from "../seams/database-unavailable.ts";
import { withNetwork as networkOf } from "../testing/answering-network.ts";
import { deliverAll } from "../testing/canary-buyer.ts";
import { handedOff } from "../testing/handed-off.ts";
import { railMessage } from "../testing/rail-message.ts";
import { type TestClock, testClock } from "../testing/test-clock.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { verify } from "../verify/verify.ts";
import { listCases } from "./cases.ts";
import { eraseBuyer } from "./erase-buyer.ts";
import { expireDue } from "./expire-due.ts";
import type { Attempt } from "./payment.ts";
import { readPayment } from "./read-payments.ts";
import { requeryDue } from "./requery-due.ts";
import { requeryPayment } from "./requery-payment.ts";
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
  return handedOff(core, { invoice: `GU-${counter}`, expiresInS: 3_600 });
}

const withNetwork = (enquire: (orderNumber: string) => Promise<RailMessage>) => networkOf(core.gateway, enquire);
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

it.each([
  { outcome: "pending", status: "in_flight", shown: "processing" },
  { outcome: "awaiting_approval", status: "awaiting_approval", shown: "awaiting_approval" },
] as const)(
  "takes an attempt up again that was given up, once the network says: $outcome; and asks until it has ended",
  async ({ outcome, status, shown }) => {
    const attempt = await beginAndGiveUp();
    const before = await eventsOf(attempt);
    await passHours(72, attempt, outcome);
    expect(await stored(attempt)).toMatchObject({ status, concludedAt: null });
    expect((await read(attempt)).payment.status).toBe(shown);
    expect(await casesOf(attempt)).toEqual(["unresolved"]);
    expect(await eventsOf(attempt)).toEqual([...before, `payment.${shown}`]);
    await passHours(8, attempt, "succeeded");
    expect((await read(attempt)).payment.status).toBe("paid");
    expect((await stored(attempt))?.nextEnquiryAt).toBeNull();
  },
  60_000,
);

it("takes an attempt up again whose payment has expired meanwhile, without a word to the shop until money comes; and the books hold", async () => {
  const attempt = await beginAndGiveUp();
  clock.advance(7_200_000);
  await expireDue(core.gateway);
  const before = await eventsOf(attempt);
  expect(before.at(-1)).toBe("payment.expired");
  await settlePayment(core.gateway, "direct", railMessage(attempt, "pending"));
  expect(await stored(attempt)).toMatchObject({ status: "in_flight" });
  expect((await stored(attempt))?.nextEnquiryAt).toEqual(clock.now());
  expect(await eventsOf(attempt)).toEqual(before);
  await sealBookings(core.gateway);
  expect((await verify(core.gateway)).faults).toEqual([]);
  await settlePayment(core.gateway, "direct", railMessage(attempt, "succeeded"));
  expect(await eventsOf(attempt)).toEqual([...before, "payment.paid", "payment.late_success"]);
});

it("shows a person what the network knew and knows no more, also where the attempt had been given up", async () => {
  const attempt = await beginAndGiveUp();
  await settlePayment(core.gateway, "indirect", railMessage(attempt, "succeeded"));
  await settlePayment(core.gateway, "enquiry", railMessage(attempt, "not_found"));
  expect(await casesOf(attempt)).toEqual(["vanished_at_exchange"]);
  expect(await stored(attempt)).toMatchObject({ status: "in_flight", certainty: "provisional" });
});

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
  expect(await stored(attempt)).toMatchObject({ status: "in_flight", certainty: "provisional" });
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
    expect((await read(attempt)).payment.status).toBe("processing");
    const gateway = withNetwork(async (orderNumber) => {
      if (orderNumber !== attempt.orderNumber) throw new EnquiryFailed("bad_response", "test");
      return railMessage(attempt, "succeeded");
    });
    await requeryDue(gateway);
    expect((await read(attempt)).payment.status).toBe("paid");
  },
);

it("takes a late look again whose answer could not be written down", async () => {
  const attempt = await beginAndGiveUp();
  clock.advance(25 * 3_600_000);
  const gateway = withNetwork(async (orderNumber) => {
    if (orderNumber !== attempt.orderNumber) throw new EnquiryFailed("bad_response", "test");
    throw new DatabaseUnavailable("the database did not answer");
  });
  await expect(requeryDue(gateway)).rejects.toThrow(DatabaseUnavailable);
  expect(await passHours(0.5, attempt, "succeeded")).toBe(1);
  expect((await read(attempt)).payment.status).toBe("paid");
});

it("keeps what FPX wants repeated until the last look, and asks nothing once it is erased", async () => {
  const attempt = await beginAndGiveUp();
  const erase = () => eraseBuyer(core.gateway, asOwner(core.database.owner), attempt.paymentId, "Aminah");
  clock.advance(7_200_000);
  await expireDue(core.gateway);
  await deliverAll(core);
  expect(await erase()).toMatchObject({ keptBecause: "FPX is yet to be asked about an attempt once more" });
  await passHours(26, attempt, "not_found");
  expect(await erase()).toMatchObject({ keptBecause: null });
  const requeried = await requeryPayment(core.gateway, core.owner.collectionId, attempt.paymentId);
  expect(requeried).toEqual(await read(attempt));
  await settlePayment(core.gateway, "direct", railMessage(attempt, "pending"));
  // Of an erased payment that is touched once more, retention erases what has come since.
  expect((await read(attempt)).payment.updatedAt).toEqual(clock.now());
  await requeryDue(core.gateway);
  expect((await stored(attempt))?.nextEnquiryAt?.getTime()).toBeGreaterThan(clock.now().getTime());
  await settlePayment(core.gateway, "direct", railMessage(attempt, "succeeded"));
  expect((await read(attempt)).payment.flags).toEqual(["late_success"]);
});

it("marks a payment as changed when the bank's reason takes the place of ours", async () => {
  const attempt = await beginAndGiveUp();
  clock.advance(60_000);
  await settlePayment(core.gateway, "direct", railMessage(attempt, "failed"));
  expect((await read(attempt)).payment.updatedAt).toEqual(clock.now());
});

it("is moved to nothing but a question by messages that name no number of the exchange, however often they come", async () => {
  const attempt = await beginAndGiveUp();
  const before = await eventsOf(attempt);
  const unnumbered = railMessage(attempt, "pending", { transactionId: "" });
  for (const route of ["indirect", "direct", "indirect", "direct"] as const) {
    await settlePayment(core.gateway, route, unnumbered);
    expect((await stored(attempt))?.nextEnquiryAt).toEqual(clock.now());
    await settlePayment(core.gateway, "enquiry", railMessage(attempt, "not_found"));
  }
  expect(await stored(attempt)).toMatchObject({ status: "failed", reason: "never_reached_bank" });
  expect(await eventsOf(attempt)).toEqual(before);
});
