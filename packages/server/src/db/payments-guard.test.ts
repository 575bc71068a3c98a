import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { settlePayment } from "../payments/settle-payment.ts";
import { handedOff } from "../testing/handed-off.ts";
import { newPayment } from "../testing/new-payment.ts";
import { railMessage } from "../testing/rail-message.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";

let core: TestCore;
let owner: pg.Client;
let paid: { payment: string; other: string };
beforeAll(async () => {
  core = await openTestCore();
  owner = new pg.Client(core.database.owner);
  await owner.connect();
  const attempt = await handedOff(core);
  const second = await handedOff(core, newPayment({ invoice: "OTHER" }));
  await settlePayment(core.gateway, "direct", railMessage(attempt, "succeeded"));
  paid = { payment: attempt.paymentId, other: second.id };
});
afterAll(async () => {
  await owner.end();
  await core.close();
});

/** What the database says to a change of the paid payment; undefined when it lets it be. */
async function saidTo(change: string): Promise<string | undefined> {
  await owner.query("begin");
  try {
    await owner.query(`update payments set ${change} where id = $1`, [paid.payment]);
    return undefined;
  } catch (error) {
    return (error as pg.DatabaseError).message;
  } finally {
    await owner.query("rollback");
  }
}

it.each(["open", "processing", "awaiting_approval", "expired", "cancelled"])(
  "lets no paid payment become %s, even if its owner asks and every other rule is heeded",
  async (status) => {
    const certainty = status === "processing" ? "unknown" : status === "awaiting_approval" ? "provisional" : "final";
    const claims = status !== "expired" && status !== "cancelled";
    const change = `status = '${status}', certainty = '${certainty}', claims_invoice = ${claims}, paid_at = null, paid_attempt_id = null`;
    expect(await saidTo(change)).toContain("is paid and stays paid");
  },
);

it("lets no paid payment be paid by another attempt instead", async () => {
  expect(await saidTo(`paid_attempt_id = '${paid.other}'`)).toContain("is paid and stays paid");
});

it.each(["amount_sen = amount_sen + 1", "invoice = 'X'", "merchant_id = 'mer_x'", "collection_id = 'col_x'"])(
  "lets no payment have another sum, owner or invoice: %s",
  async (change) => {
    expect(await saidTo(change)).toContain("keeps its amount, owner and invoice");
  },
);

it("lets what may change of a paid payment change", async () => {
  expect(await saidTo("flags = '{late_success}'")).toBeUndefined();
});
