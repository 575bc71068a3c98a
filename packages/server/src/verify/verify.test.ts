import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ChainHead } from "../ledger/chain-head.ts";
import { sealBookings } from "../ledger/seal-bookings.ts";
import { paidPayments } from "../testing/bookings.ts";
import { generateBooks } from "../testing/generated-books.ts";
import { tellFigures } from "../testing/tell-figures.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { type Report, verify } from "./verify.ts";

let core: TestCore;
/** A long run has half a million. */
const payments = Number(process.env["TEST_RUNS"] ?? 10_500);
const faultsOf = (report: Report) => [...new Set(report.faults.map((fault) => fault.check))];

describe(`the books of ${payments} payments`, { timeout: 60_000 + payments }, () => {
  beforeAll(async () => {
    core = await openTestCore();
    await generateBooks(core.database, payments);
    for (let sealed = 1; sealed > 0; ) sealed = await sealBookings(core.gateway);
  }, 60_000 + payments);
  afterAll(() => core.close());

  it("are proved, whatever became of each, within seconds", async () => {
    const report = await verify(core.gateway);
    expect(report.faults).toEqual([]);
    expect(report.faultCount).toBe(0);
    expect(report.counts["ledger_postings"]).toBeGreaterThan(1.9 * payments);
    expect(report.counts["ledger_seals"]).toBe(report.counts["ledger_transactions"]);
    expect(report.heads.map((head) => head.merchant_id)).toContain("mer_g1");
    tellFigures("proof", { payments, lines: report.counts["ledger_postings"] ?? 0, ms: report.durationMs });
    // Promised is a minute for a million lines. The rest is for a machine that is busy with other tests.
    expect(report.durationMs).toBeLessThan(payments < 100_000 ? 10_000 : 60_000);
  });

  it("are proved as of one moment, and nobody who pays meanwhile has to wait, or is counted half", async () => {
    let isVerifying = true;
    const verifying = verify(core.gateway).finally(() => {
      isVerifying = false;
    });
    let paid = 0;
    while (isVerifying) {
      await paidPayments(core, 1);
      await sealBookings(core.gateway);
      paid += 1;
    }
    expect((await verifying).faults).toEqual([]);
    expect(paid).toBeGreaterThan(0);
    expect((await verify(core.gateway)).faults).toEqual([]);
  });

  it("hold the first hundred faults of a check, and say how many there are", async () => {
    const superuser = new pg.Client(core.database.superuser);
    await superuser.connect();
    await superuser.query("set session_replication_role = replica");
    await superuser.query(
      "update bank_messages set body = body || 'x' where id in (select id from bank_messages limit 250)",
    );
    const report = await verify(core.gateway);
    await superuser.query(
      "update bank_messages set body = left(body, -1) where digest <> sha256(convert_to(body, 'UTF8'))",
    );
    await superuser.end();
    expect(faultsOf(report)).toEqual(["payments.messages"]);
    expect(report.faults).toHaveLength(100);
    expect(report.faultCount).toBe(250);
    expect((await verify(core.gateway)).faultCount).toBe(0);
  });
});

describe("a forger who leaves nothing out", () => {
  let heads: readonly ChainHead[];
  let superuser: pg.Client;
  const victims =
    "create temporary table victim as select s.transaction_id, t.payment_id from ledger_seals s join ledger_transactions t on t.id = s.transaction_id where s.merchant_id = 'mer_g8' order by s.number desc limit 1";
  beforeAll(async () => {
    core = await openTestCore();
    await generateBooks(core.database, 200);
    await sealBookings(core.gateway);
    ({ heads } = await verify(core.gateway));
    superuser = new pg.Client(core.database.superuser);
    await superuser.connect();
    await superuser.query("set session_replication_role = replica");
  });
  afterAll(async () => {
    await superuser.end();
    await core.close();
  });

  it("and computes a whole chain anew over a changed amount is found by an earlier head alone", async () => {
    await superuser.query(victims);
    for (const statement of [
      "update ledger_postings set amount_sen = sign(amount_sen) where transaction_id in (select transaction_id from victim)",
      "update payments set amount_sen = 1 where id in (select payment_id from victim)",
      `update attempts set facts = '{"amount":"0.01"}' where payment_id in (select payment_id from victim)`,
      `update events set data = data::jsonb || '{"amount":1}' where payment_id in (select payment_id from victim)`,
      "delete from ledger_seals where merchant_id = 'mer_g8'",
      "insert into ledger_unsealed select id from ledger_transactions where merchant_id = 'mer_g8'",
    ]) {
      await superuser.query(statement);
    }
    await sealBookings(core.gateway);
    expect(faultsOf(await verify(core.gateway))).toEqual([]);
    const report = await verify(core.gateway, { heads });
    expect(report.faults.map(({ check, subject }) => [check, subject.split(" ")[0]])).toEqual([
      ["chain.heads", "mer_g8"],
    ]);
    ({ heads } = report);
  });

  it("and removes the last payment of a merchant with all its traces is found by an earlier head alone", async () => {
    for (const [table, column] of [
      ["ledger_seals", "transaction_id in (select transaction_id from victim)"],
      ["ledger_postings", "transaction_id in (select transaction_id from victim)"],
      ["ledger_transactions", "payment_id in (select payment_id from victim)"],
      ["bank_messages", "attempt_id in (select id from attempts where payment_id in (select payment_id from victim))"],
      ["attempts", "payment_id in (select payment_id from victim)"],
      ["deliveries", "payment_id in (select payment_id from victim)"],
      ["events", "payment_id in (select payment_id from victim)"],
      ["payments", "id in (select payment_id from victim)"],
    ]) {
      expect((await superuser.query(`delete from ${table} where ${column}`)).rowCount).toBeGreaterThan(0);
    }
    expect(faultsOf(await verify(core.gateway))).toEqual([]);
    const report = await verify(core.gateway, { heads });
    expect(report.faults).toMatchObject([
      { check: "chain.heads", subject: expect.stringContaining("mer_g8"), detail: expect.stringContaining("is gone") },
    ]);
  });
});
