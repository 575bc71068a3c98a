import { beforeEach, expect, it, onTestFinished } from "vitest";
import { asOwner } from "../db/as-owner.ts";
import { EnquiryFailed } from "../rails/rail.ts";
import { DatabaseUnavailable } from "../seams/database-unavailable.ts";
import { withNetwork } from "../testing/answering-network.ts";
import { deliverAll } from "../testing/canary-buyer.ts";
import { handedOff } from "../testing/handed-off.ts";
import { railMessage } from "../testing/rail-message.ts";
import { type TestClock, testClock } from "../testing/test-clock.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { eraseBuyer } from "./erase-buyer.ts";
import type { Attempt } from "./payment.ts";
import { readPayment } from "./read-payments.ts";
import { requeryDue } from "./requery-due.ts";
import { settlePayment } from "./settle-payment.ts";

// Each test has a database of its own: what others left to be asked about would be asked about as well.
let core: TestCore;
let clock: TestClock;
beforeEach(async () => {
  clock = testClock();
  core = await openTestCore({ clock });
  onTestFinished(() => core.close());
});
const read = async (attempt: Attempt) => readPayment(core.gateway, core.owner.collectionId, attempt.paymentId);

it("asks again about a contradiction until it is answered, where the network was away at first, and a paid payment stays paid", async () => {
  const attempt = await handedOff(core);
  await settlePayment(core.gateway, "direct", railMessage(attempt, "succeeded"));
  await settlePayment(core.gateway, "direct", railMessage(attempt, "failed"));
  const asked: string[] = [];
  const gateway = withNetwork(core.gateway, async (orderNumber) => {
    asked.push(orderNumber);
    if (asked.length === 1) throw new EnquiryFailed("timeout", "test");
    if (asked.length === 2) throw new DatabaseUnavailable("the database did not answer");
    return railMessage(attempt, "succeeded");
  });
  await requeryDue(gateway);
  expect(asked).toHaveLength(1);
  clock.advance(70_000);
  await expect(requeryDue(gateway)).rejects.toThrow(DatabaseUnavailable);
  for (let round = 0; round < 3; round += 1) {
    clock.advance(70_000);
    await requeryDue(gateway);
  }
  expect(asked).toHaveLength(3);
  const { payment, attempts } = await read(attempt);
  expect(payment.status).toBe("paid");
  expect(attempts[0]?.nextEnquiryAt).toBeNull();
});

it("asks about an order that falls due while another is being asked about, in the same round", async () => {
  const first = await handedOff(core);
  clock.advance(130_000);
  const second = await handedOff(core, { invoice: "SECOND" });
  const asked: string[] = [];
  const settled = (orderNumber: string) => railMessage(orderNumber === first.orderNumber ? first : second, "succeeded");
  let looks = 0;
  const gateway = withNetwork(core.gateway, async (orderNumber) => {
    asked.push(orderNumber);
    return settled(orderNumber);
  });
  const { db } = gateway;
  // Between the look for what is due and what is made of it: the first has been answered, and the second has fallen due.
  const transaction: typeof db.transaction = async (name, work) => {
    const found = await db.transaction(name, work);
    if (name !== "payments.lease_enquiries") return found;
    looks += 1;
    if (looks === 2) {
      await expect.poll(async () => (await read(first)).attempts[0]?.nextEnquiryAt).toBeNull();
      await settlePayment(core.gateway, "indirect", railMessage(second, "succeeded"));
    }
    return found;
  };
  await requeryDue({ ...gateway, db: { ...db, transaction } });
  expect(asked).toEqual([first.orderNumber, second.orderNumber]);
});

it("asks again where the answer was of somebody else's order, and is not asked about at all whose buyer was erased", async () => {
  const attempt = await handedOff(core);
  await settlePayment(core.gateway, "direct", railMessage(attempt, "succeeded"));
  await settlePayment(core.gateway, "direct", railMessage(attempt, "failed"));
  let asked = 0;
  const foreign = { ...railMessage(attempt, "succeeded"), facts: { ...attempt.facts, amount: "9.99" } };
  const gateway = withNetwork(core.gateway, async () => {
    asked += 1;
    return asked === 1 ? foreign : railMessage(attempt, "succeeded");
  });
  for (let round = 0; round < 12; round += 1) {
    await requeryDue(gateway);
    clock.advance(60_000);
  }
  expect(asked).toBe(2);
  await deliverAll(core);
  const erase = () => eraseBuyer(core.gateway, asOwner(core.database.owner), attempt.paymentId, "Aminah");
  expect(await erase()).toMatchObject({ keptBecause: null });
  await settlePayment(core.gateway, "direct", railMessage(attempt, "failed", { code: "57" }));
  await requeryDue(gateway);
  expect(asked).toBe(2);
  expect((await read(attempt)).attempts[0]?.nextEnquiryAt).toBeNull();
  clock.advance(60_000);
  expect(await erase()).toMatchObject({ keptBecause: null });
});
