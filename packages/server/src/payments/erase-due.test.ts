import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asOwner } from "../db/as-owner.ts";
import { sealBookings } from "../ledger/seal-bookings.ts";
import { canaryPayment, deliverAll, foundCanaries, paidByCanary } from "../testing/canary-buyer.ts";
import { handedOff } from "../testing/handed-off.ts";
import { railMessage } from "../testing/rail-message.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { verify } from "../verify/verify.ts";
import { applyChange, closed } from "./apply.ts";
import { eraseDue } from "./erase-due.ts";
import { agreeOnRetention, retentionDays } from "./retention.ts";
import { settlePayment } from "./settle-payment.ts";
import { attemptsOf, lockPayment } from "./store.ts";

let core: TestCore;
let superuser: pg.Client;
beforeAll(async () => {
  core = await openTestCore({ settings: { KINETICPAY_BUYER_DATA_DAYS: "365" } });
  superuser = new pg.Client(core.database.superuser);
  await superuser.connect();
  await superuser.query("set session_replication_role = replica");
});
afterAll(async () => {
  await superuser.end();
  await core.close();
});

const decide = (days: number, owner = true) =>
  agreeOnRetention(core.gateway.db, owner ? asOwner(core.database.owner) : undefined, days);
const erasedAt = async (id: string): Promise<Date | null> =>
  (
    await core.gateway.db.query<{ at: Date | null }>("select buyer_erased_at as at from payments where id = $1", [id])
  )[0]?.at ?? null;
/** As if it had all happened so many days earlier. */
const age = (id: string, days: number) =>
  superuser.query(
    `update payments set paid_at = paid_at - make_interval(days => $2), closed_at = closed_at - make_interval(days => $2),
       updated_at = updated_at - make_interval(days => $2), buyer_erased_at = buyer_erased_at - make_interval(days => $2)
     where id = $1`,
    [id, days],
  );

describe("how long buyer data is kept", () => {
  it("is decided by the owner of the tables, and by nobody else", async () => {
    expect(await retentionDays(core.gateway.db)).toBe(0);
    expect(await decide(365, false)).toBe(false);
    expect(await retentionDays(core.gateway.db)).toBe(0);
    expect(await decide(365)).toBe(true);
    expect(await decide(365, false)).toBe(true);
    expect(await decide(30)).toBe(true);
    expect(await retentionDays(core.gateway.db)).toBe(30);
    for (const statement of ["update retention set buyer_data_days = 1", "delete from retention"])
      await expect(core.gateway.db.query(statement)).rejects.toThrow(/permission denied/);
    expect(await decide(0)).toBe(true);
    expect(await retentionDays(core.gateway.db)).toBe(0);
  });
});

describe("what was kept long enough", () => {
  beforeEach(() => decide(365));

  it("is erased by the job, and what was not is kept, and all is proved as before", async () => {
    const old = await paidByCanary(core);
    const young = await paidByCanary(core);
    await age(old, 366);
    await age(young, 364);
    expect(await eraseDue(core.gateway)).toBe(1);
    expect([await erasedAt(old), await erasedAt(young)]).toEqual([expect.any(Date), null]);
    expect(await eraseDue(core.gateway)).toBe(0);
    await age(young, 2);
    expect(await eraseDue(core.gateway)).toBe(1);
    expect(await foundCanaries(core)).toEqual([]);
    await sealBookings(core.gateway);
    expect((await verify(core.gateway)).faults).toEqual([]);
  });

  it("is kept when the setting or the owner says so", async () => {
    const id = await paidByCanary(core);
    await age(id, 10_000);
    expect(await eraseDue({ ...core.gateway, config: { ...core.gateway.config, buyerDataDays: 0 } })).toBe(0);
    await decide(0);
    expect(await eraseDue(core.gateway)).toBe(0);
    expect(await erasedAt(id)).toBeNull();
    await decide(365);
    expect(await eraseDue(core.gateway)).toBe(1);
  });

  it("is kept for as long as something is under way, however old it is", async () => {
    const attempt = await handedOff(core, canaryPayment());
    await age(attempt.paymentId, 10_000);
    expect(await eraseDue(core.gateway)).toBe(0);
    await settlePayment(core.gateway, "direct", railMessage(attempt, "succeeded"));
    await age(attempt.paymentId, 10_000);
    expect(await eraseDue(core.gateway)).toBe(0);
    await deliverAll(core);
    expect(await eraseDue(core.gateway)).toBe(1);
  });

  it("is erased again when money that comes late brings the buyer's name with it", async () => {
    const attempt = await handedOff(core, canaryPayment());
    const { gateway } = core;
    await settlePayment(gateway, "direct", railMessage(attempt, "failed"));
    await gateway.db.transaction("payments.expire", async (tx) => {
      const payment = await lockPayment(tx, attempt.paymentId);
      if (payment === undefined) throw new Error("no payment");
      const attempts = await attemptsOf(tx, [payment.id]);
      await applyChange(gateway, tx, closed(payment, "expired", gateway.clock.now()), attempts, ["payment.expired"]);
    });
    await deliverAll(core);
    await age(attempt.paymentId, 400);
    expect(await eraseDue(gateway)).toBe(1);
    const details = { buyerName: "CANARY BINTI KENARI" };
    await settlePayment(gateway, "direct", railMessage(attempt, "succeeded", { details }));
    await deliverAll(core);
    expect(await foundCanaries(core)).toContain("bank_messages nameAtBank");
    await age(attempt.paymentId, 400);
    expect(await eraseDue(gateway)).toBe(1);
    expect(await foundCanaries(core)).toEqual([]);
    await sealBookings(gateway);
    expect((await verify(gateway)).faults).toEqual([]);
  });
});
