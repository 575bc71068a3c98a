import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Tx } from "../db/db.ts";
import { createMerchant } from "../merchants/create-merchant.ts";
import type { Attempt } from "../payments/payment.ts";
import { book, nextInvoice, paidPayments } from "../testing/bookings.ts";
import { handedOff } from "../testing/handed-off.ts";
import { type RecomputedSeal, recomputeChains } from "../testing/recompute-chain.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { sealBookings } from "./seal-bookings.ts";

let core: TestCore;
let superuser: pg.Client;
beforeEach(async () => {
  core = await openTestCore();
  superuser = new pg.Client(core.database.superuser);
  await superuser.connect();
});
afterEach(async () => {
  await superuser.end();
  await core.close();
});

const seal = () => sealBookings(core.gateway);
const ids = async (table: string, column: string) =>
  (await core.gateway.db.query<{ id: string }>(`select ${column} as id from ${table} order by 1`)).map((row) => row.id);
/** Every chain must be what an outsider makes of it; answers with the ids that are sealed, in order. */
async function sealed(): Promise<string[]> {
  const seals = await recomputeChains(superuser);
  const numbers = new Map<string, number>();
  for (const each of seals) {
    const number = (numbers.get(each.merchantId) ?? 0) + 1;
    numbers.set(each.merchantId, number);
    expect(each).toMatchObject({ number, hash: each.expected } satisfies Partial<RecomputedSeal>);
  }
  return seals.map((each) => each.transactionId);
}

/** A booking that is made but not yet committed, until `commit`, or `rollBack`, is called. */
async function openBooking(attempt: Attempt) {
  const client = new pg.Client(core.database.connection);
  await client.connect();
  await client.query("begin");
  const tx = { query: async (text: string, values?: unknown[]) => (await client.query(text, values)).rows } as Tx;
  const id = await book(core, tx, attempt);
  const end = async (statement: "commit" | "rollback") => {
    await client.query(statement);
    await client.end();
  };
  return { id, commit: () => end("commit"), rollBack: () => end("rollback") };
}

describe("a seal", () => {
  it("is given once to every booking that was committed, in a chain that an outsider can recompute", async () => {
    await paidPayments(core, 3);
    expect(await ids("ledger_unsealed", "transaction_id")).toHaveLength(3);
    await seal();
    await paidPayments(core, 2);
    await seal();
    await seal();
    expect((await sealed()).sort()).toEqual(await ids("ledger_transactions", "id"));
    expect(await ids("ledger_unsealed", "transaction_id")).toEqual([]);
  });

  it("stands in the chain of its own merchant, whose numbers have no gap", async () => {
    await paidPayments(core, 2);
    const other = await createMerchant(core.gateway, { name: "B", collectionName: "B", website: "https://b.example" });
    const { merchantId, collectionId } = other;
    const theirs = { merchantId, merchantName: "B", collectionId, keyId: other.apiKey.id };
    await paidPayments({ ...core, owner: theirs }, 2);
    await paidPayments(core, 1);
    await seal();
    await sealed();
    const counts = await core.gateway.db.query("select count(*)::int as n from ledger_seals group by merchant_id");
    expect(counts.map((row) => row["n"]).sort()).toEqual([2, 3]);
  });

  it("passes nobody over, however late a booking is committed after ones that were made later", async () => {
    const early = await openBooking(await handedOff(core, { invoice: nextInvoice() }));
    const late = await openBooking(await handedOff(core, { invoice: nextInvoice() }));
    expect(early.id < late.id).toBe(true);
    await late.commit();
    await seal();
    expect(await sealed()).toEqual([late.id]);
    await early.commit();
    await seal();
    expect(await sealed()).toEqual([late.id, early.id]);
  });

  it("is not given to what was rolled back", async () => {
    const undone = await openBooking(await handedOff(core, { invoice: nextInvoice() }));
    await seal();
    await undone.rollBack();
    await seal();
    expect(await sealed()).toEqual([]);
    expect(await ids("ledger_unsealed", "transaction_id")).toEqual([]);
  });

  it("never stands in two places: the schema refuses a second one of a booking, or of a number", async () => {
    await paidPayments(core, 2);
    await seal();
    const again = (columns: string, from: string) =>
      core.gateway.db.query(`insert into ledger_seals (merchant_id, number, transaction_id, previous_hash, hash, sealed_at)
        select merchant_id, ${columns}, previous_hash, hash, sealed_at from ledger_seals where number = ${from}`);
    await expect(again("99, transaction_id", "1")).rejects.toThrow(/ledger_seals_transaction_id_key/);
    await expect(again("2, transaction_id", "1")).rejects.toThrow(/duplicate key/);
  });
});

describe("sealers", () => {
  it("that run at once, with bookings being made meanwhile, leave one whole chain", async () => {
    const attempts = [];
    for (let index = 0; index < 60; index += 1) attempts.push(await handedOff(core, { invoice: nextInvoice() }));
    let isBooking = true;
    const sealing = Array.from({ length: 4 }, async () => {
      while (isBooking) await seal();
    });
    await Promise.all(
      attempts.map((attempt) => core.gateway.db.transaction("payments.settle", (tx) => book(core, tx, attempt))),
    );
    isBooking = false;
    await Promise.all(sealing);
    await seal();
    expect((await sealed()).sort()).toEqual(await ids("ledger_transactions", "id"));
    expect(await ids("ledger_unsealed", "transaction_id")).toEqual([]);
  });

  it("hold up nobody who books, for as long as one of them takes", async () => {
    await paidPayments(core, 1);
    await superuser.query("begin; lock table ledger_seals in exclusive mode");
    const slow = seal();
    await waitUntilBlocked();
    await paidPayments(core, 1);
    await superuser.query("commit");
    await slow;
    await seal();
    expect(await sealed()).toHaveLength(2);
  });

  it("that die half-way have done nothing, and the next one does it all", async () => {
    await paidPayments(core, 3);
    await superuser.query("begin; lock table ledger_seals in exclusive mode");
    const dying = expect(seal()).rejects.toThrow();
    await superuser.query("select pg_terminate_backend($1)", [await waitUntilBlocked()]);
    await dying;
    await superuser.query("commit");
    expect(await ids("ledger_unsealed", "transaction_id")).toHaveLength(3);
    await seal();
    expect(await sealed()).toHaveLength(3);
    expect(await ids("ledger_unsealed", "transaction_id")).toEqual([]);
  });

  /** The process id of the session that waits for a lock in this database. */
  async function waitUntilBlocked(): Promise<number> {
    for (;;) {
      const { rows } = await superuser.query<{ pid: number }>(
        "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      if (rows[0] !== undefined) return rows[0].pid;
    }
  }
});
