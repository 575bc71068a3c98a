import { newId } from "@kineticpay/contract/ids";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { concludeAttempts } from "../callbacks/conclude.ts";
import { leaseDeliveries } from "../callbacks/lease.ts";
import type { Db } from "../db/db.ts";
import { sealBookings } from "../ledger/seal-bookings.ts";
import { createPayment } from "../payments/create-payment.ts";
import { paidPayments } from "../testing/bookings.ts";
import { newPayment } from "../testing/new-payment.ts";
import { agoMs, logCall, monthOf, openPartitionWorld, type PartitionWorld } from "../testing/partition-world.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { eventSource } from "../testing/test-events.ts";
import { verify } from "../verify/verify.ts";
import { tendPartitions } from "./tend-partitions.ts";

const oldMs = agoMs(500);
const oldMonth = monthOf(oldMs);

let world: PartitionWorld;
let core: TestCore;
let owner: Db;
/** Three payments of long ago, each of them paid. */
let payments: string[];
beforeAll(async () => {
  world = await openPartitionWorld();
  ({ core, owner } = world);
  await eventSource(core).endpoint("https://shop.example/hook");
  world.at(oldMs);
  payments = (await paidPayments(core, 3)).map((attempt) => attempt.paymentId);
  await sealBookings(core.gateway);
  await world.tendAll();
});
afterAll(() => world.close());
beforeEach(() => world.at(Date.now()));

const exists = (table: string) => world.one<boolean>("select to_regclass($1) is not null as found", [table]);
const countIn = (table: string) => world.one<number>(`select count(*)::int as found from ${table}`);
const drops = () => owner.query("select name, row_count from dropped_partitions order by dropped_at, name");
const faults = async () => (await verify(core.gateway)).faults;
const settleAll = () => eventSource(core).settleAll();

/** Runs a function as the gateway, and dies when it has been done and before it is committed. */
async function diesWithin(name: string): Promise<string | null> {
  const client = new pg.Client(core.database.connection);
  client.on("error", () => undefined);
  await client.connect();
  await client.query("begin");
  const { rows } = await client.query(`select pg_backend_pid() as pid, ${name}() as done`);
  const watcher = new pg.Client(core.database.superuser);
  await watcher.connect();
  await watcher.query("select pg_terminate_backend($1, 5000)", [rows[0].pid]);
  await watcher.end();
  return rows[0].done;
}

describe("a month of events that has been kept long enough", () => {
  test("stays while one of its deliveries is still to be sent", async () => {
    expect(await world.one("select count(*)::int as found from deliveries where status = 'pending'")).toBeGreaterThan(
      0,
    );
    expect(await world.tendAll()).toBe(0);
    expect(await exists(`events_${oldMonth}`)).toBe(true);
    expect(await drops()).toEqual([]);
  });

  test("is as it was after somebody died while dropping it, or who reads it was in the way", async () => {
    await settleAll();
    const events = await countIn("events");
    expect(await diesWithin("drop_next_partition")).toBe(`events_${oldMonth}`);
    expect([await countIn("events"), await drops(), await faults()]).toEqual([events, [], []]);

    const reader = new pg.Client(core.database.connection);
    await reader.connect();
    await reader.query("begin");
    await reader.query("select count(*) from events");
    expect(await tendPartitions(core.gateway)).toBe(0);
    // Payments come while the partition cannot be had, and wait for nothing.
    await createPayment(core.gateway, core.owner, newPayment({ invoice: "MEANWHILE" }));
    expect(await drops()).toEqual([]);
    await reader.end();
  });

  test("goes as a whole with its deliveries, once, however many processes drop it, and leaves a record", async () => {
    const [events, deliveries] = [await countIn(`events_${oldMonth}`), await countIn(`deliveries_${oldMonth}`)];
    expect(events).toBe(9);
    const others = await Promise.all([1, 2, 3].map(() => openTestCore({ beside: core })));
    const done = await Promise.all([core, ...others].map((each) => world.tendAll(each.gateway)));
    for (const each of others) await each.close();
    expect(done.reduce((sum, each) => sum + each, 0)).toBe(1);
    expect(await drops()).toEqual([
      { name: `deliveries_${oldMonth}`, row_count: deliveries },
      { name: `events_${oldMonth}`, row_count: events },
    ]);
    expect([await exists(`events_${oldMonth}`), await exists(`deliveries_${oldMonth}`)]).toEqual([false, false]);
    expect(await world.one("select status as found from payments where id = $1", [payments[0]])).toBe("paid");
    expect(await world.one("select count(*)::int as found from ledger_transactions")).toBe(3);
  });
});

describe("after events were dropped", () => {
  /** What is proved after some statement of somebody whom no trigger stops; it is taken back. */
  async function provenAfter(statement: string): Promise<string[]> {
    const client = new pg.Client(core.database.superuser);
    await client.connect();
    await client.query("begin; set local session_replication_role = replica");
    const { rowCount } = await client.query(statement);
    expect(rowCount).toBe(1);
    await client.query("commit");
    const found = [...new Set((await faults()).map((fault) => fault.check))];
    await client.end();
    return found;
  }
  const put = async (rows: readonly Record<string, unknown>[]) => {
    const client = new pg.Client(core.database.superuser);
    await client.connect();
    await client.query("begin; set local session_replication_role = replica");
    await client.query("insert into events select * from json_populate_recordset(null::events, $1)", [
      JSON.stringify(rows),
    ]);
    await client.query("commit");
    await client.end();
  };

  test("everything is proved as before, and an event that vanished otherwise is missed", async () => {
    expect(await faults()).toEqual([]);
    // Of a payment that is asked for now, the first; and of an old one, a late one that came after the drop.
    const { payment } = await createPayment(core.gateway, core.owner, newPayment({ invoice: "LATER" }));
    const late = { id: newId("event", Date.now(), core.gateway.random.bytes(10)), sequence: 4, type: "payment.note" };
    await owner.query(
      `insert into events (id, merchant_id, collection_id, payment_id, sequence, type, data, created_at)
       select $1, merchant_id, collection_id, id, $2, $3, json_build_object('id', id, 'amount', amount_sen), now()
       from payments where id = $4`,
      [late.id, late.sequence, late.type, payments[0]],
    );
    await owner.query("update payments set event_count = 4 where id = $1", [payments[0]]);
    expect(await faults()).toEqual([]);
    for (const [where, seenBy] of [
      [`payment_id = '${payment.id}'`, "events.numbers"],
      [`id = '${late.id}'`, "events.dropped"],
    ] as const) {
      const rows = await owner.query(`select * from events where ${where}`);
      expect(await provenAfter(`delete from events where ${where}`)).toContain(seenBy);
      await put(rows);
      expect(await faults()).toEqual([]);
    }
  });
});

describe("attempts to deliver and calls", () => {
  test("go by settings of their own, which only the owner can change", async () => {
    world.at(agoMs(130));
    const record = await eventSource(core).payment();
    const eventId = await record("payment.paid");
    const { deliveries } = await leaseDeliveries(core.gateway, { after: "", room: 100, only: null });
    const answer = { text: "", truncated: false };
    const about = { outcome: "delivered", status: 200, message: "", answer, retryAfterS: null, durationMs: 1 } as const;
    await concludeAttempts(
      core.gateway,
      deliveries.map((delivery) => ({ ...about, delivery, startedAt: new Date(agoMs(130)) })),
    );
    expect(await countIn("delivery_attempts")).toBe(deliveries.length);
    world.at(Date.now());
    await world.tendAll();
    expect(await countIn("delivery_attempts")).toBe(0);
    expect((await drops()).at(-1)).toEqual({
      name: `delivery_attempts_${monthOf(agoMs(130))}`,
      row_count: deliveries.length,
    });
    expect((await eventSource(core).states(eventId)).map((each) => each.status)).toContain("delivered");

    const calls = [
      ["request_log", await logCall(core, agoMs(50), false)],
      ["request_log", await logCall(core, agoMs(29), false)],
      ["request_log_of_strangers", await logCall(core, agoMs(4), true)],
      ["request_log_of_strangers", await logCall(core, agoMs(1), true)],
    ] as const;
    await world.tendAll();
    const kept = await Promise.all(calls.map(([table, id]) => world.placeOf(table, id)));
    expect(kept.map((place) => place !== undefined)).toEqual([false, true, false, true]);

    const rule = () => world.one("select keep_days as found from partition_rules where table_name = 'request_log'");
    const restart = async (settings: Record<string, string>) =>
      (await openTestCore({ beside: core, settings: { KINETICPAY_REQUEST_LOG_DAYS: "7", ...settings } })).close();
    await restart({});
    expect(await rule()).toBe(30);
    await restart({ DATABASE_OWNER_URL: core.database.ownerUrl });
    expect(await rule()).toBe(7);
    await world.tendAll();
    expect(await world.placeOf("request_log", calls[1][1])).toBeUndefined();
  });
});

test("the gateway's role can neither make nor drop a partition but through what decides by the owner's rules", async () => {
  const month = `events_${monthOf(Date.now())}`;
  for (const statement of [
    `drop table ${month}`,
    `alter table events detach partition ${month}`,
    "create table planted partition of events for values from ('a') to ('b')",
    `truncate ${month}`,
    `select from ${month}`,
    "delete from events_default",
    "insert into events_default select * from events",
    "update partition_rules set keep_days = 0",
    "insert into dropped_partitions values ('x', 'events', '', '', 0, 0, now())",
    "select make_partition(r, now()) from partition_rules r",
    "select record_drop('events', 'events_default', '', '')",
    "select guard_partition('events', 'events_default')",
  ]) {
    await expect(core.gateway.db.query(statement), statement).rejects.toMatchObject({ code: "42501" });
  }
  await expect(owner.query(`truncate ${month}`)).rejects.toThrow("append-only");
  await expect(owner.query("delete from dropped_partitions")).rejects.toThrow("append-only");
});

test("what is made ahead of time is there after somebody died while making it", async () => {
  const next = await world.one<string>(
    "select relname::text as found from pg_class where relname like 'events_20%' and relkind = 'r' order by relname desc limit 1",
  );
  await owner.query(`drop table ${next}`);
  expect(await diesWithin("make_next_partition")).toBe(next);
  expect(await exists(next ?? "")).toBe(false);
  expect(await world.tendAll()).toBe(1);
  expect(await exists(next ?? "")).toBe(true);
  expect((await faults()).filter((fault) => fault.check === "schema.partitions")).toEqual([]);
});
