import { idAtTime, newId } from "@kineticpay/contract/ids";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Db } from "../db/db.ts";
import { createPayment } from "../payments/create-payment.ts";
import { newPayment } from "../testing/new-payment.ts";
import { agoMs, logCall, monthOf, openPartitionWorld, type PartitionWorld } from "../testing/partition-world.ts";
import type { TestCore } from "../testing/test-core.ts";
import { eventSource } from "../testing/test-events.ts";
import { verify } from "../verify/verify.ts";

let world: PartitionWorld;
let core: TestCore;
let owner: Db;
beforeAll(async () => {
  world = await openPartitionWorld();
  ({ core, owner } = world);
});
afterAll(() => world.close());
beforeEach(() => world.at(Date.now()));

const countIn = (table: string) => world.one<number>(`select count(*)::int as found from ${table}`);
const eventsOf = (paymentId: string) =>
  owner.query<{ id: string }>("select id from events where payment_id = $1 order by sequence", [paymentId]);

describe("an id", () => {
  test("is of the same time for the database as for the gateway", async () => {
    for (const ms of [0, 1, 1_767_225_599_999, 1_767_225_600_000, 2 ** 47 - 1]) {
      const id = idAtTime("event", ms);
      expect(
        await world.one(
          "select id_at('evt', to_timestamp($1::bigint / 1000) + ($1::bigint % 1000) * interval '1 millisecond') as found",
          [ms],
        ),
      ).toBe(id.slice(0, 14));
      expect(await world.one("select (extract(epoch from time_of_id($1)) * 1000)::bigint::text as found", [id])).toBe(
        String(ms),
      );
    }
    for (const text of ["evt_1", "evt_g000000001_1", "evt_Z1KA0000000000000000000000", ""])
      expect(await world.one("select time_of_id($1) as found", [text])).toBeNull();
  });
});

describe("a row", () => {
  test("lies in the partition of its time, and its delivery beside it", async () => {
    const source = eventSource(core);
    await source.endpoint("https://shop.example/hook");
    const record = await source.payment();
    const id = await record("payment.paid");
    expect(await world.placeOf("events", id)).toBe(`events_${monthOf(Date.now())}`);
    const [delivery] = await source.states(id);
    expect(await world.placeOf("deliveries", delivery?.id ?? "")).toBe(`deliveries_${monthOf(Date.now())}`);
    await source.settleAll();
    expect(await world.placeOf("request_log", await logCall(core, Date.now(), false))).toMatch(
      /^request_log_20\d\d_\d\d_\d\d$/,
    );
    expect(await world.placeOf("request_log_of_strangers", await logCall(core, Date.now(), true))).toMatch(
      /^request_log_of_strangers_20\d\d_\d\d_\d\d$/,
    );
  });

  test("of a time without a partition is written all the same, and given its place, once", async () => {
    world.at(agoMs(-100));
    const { payment } = await createPayment(core.gateway, core.owner, newPayment({ invoice: "AHEAD-1" }));
    const [event] = await eventsOf(payment.id);
    const before = await owner.query("select * from events where payment_id = $1", [payment.id]);
    expect(await world.placeOf("events", event?.id ?? "")).toBe("events_default");
    // One partition for the event, and one for what it owes.
    expect(await world.tendAll()).toBe(2);
    expect(await world.placeOf("events", event?.id ?? "")).toBe(`events_${monthOf(agoMs(-100))}`);
    expect(await owner.query("select * from events where payment_id = $1", [payment.id])).toEqual(before);
    expect(await countIn("events_default")).toBe(0);
    expect(await world.tendAll()).toBe(0);
    await expect(owner.query("delete from events where payment_id = $1", [payment.id])).rejects.toThrow("append-only");
    expect((await verify(core.gateway)).results.find((each) => each.name === "schema.partitions")?.faultCount).toBe(0);
  });

  test("without a time in its id stays where it is, and keeps nothing from its place", async () => {
    await owner.query(
      "insert into events (id, merchant_id, type, data, created_at) values ('evt_1', $1, 'api_key.created', '{}', now())",
      [core.owner.merchantId],
    );
    expect(await world.tendAll()).toBe(0);
    expect(await world.placeOf("events", "evt_1")).toBe("events_default");
  });
});

describe("when nobody has made partitions for long", () => {
  const places = () =>
    world.one<string[]>(
      "select array_agg(distinct (tableoid::regclass)::text) as found from request_log where merchant_id = 'mer_busy'",
    );

  test("what comes next is made at once, and the present when few rows of it are in the way", async () => {
    const weeks = await owner.query<{ name: string }>(
      "select partition_name(r, date_trunc('week', now(), 'UTC') + n * interval '1 week') as name from partition_rules r, generate_series(0, 1) n where r.table_name = 'request_log' order by n",
    );
    const [present = "", next = ""] = weeks.map(({ name }) => name);
    for (const name of [present, next]) await owner.query(`drop table ${name}`);
    await owner.query(
      `insert into request_log (id, merchant_id, key_hint, address, protocol, method, route, path, query, status, code, duration_ms, created_at)
       select id_at('req', now()) || lpad(n::text, 16, '0'), 'mer_busy', '', '', 'v2', 'GET', '', '', '{}', 200, '', 1, now()
       from generate_series(1, 10001) n`,
    );
    // Moving what is older would keep off everybody who writes beside it.
    const older = await logCall(core, agoMs(700), false);
    expect(await world.tendAll()).toBe(1);
    expect(await world.placeOf("request_log", older)).toBe("request_log_default");
    expect(await world.one("select to_regclass($1)::text as found", [next])).toBe(next);
    expect(await places()).toEqual(["request_log_default"]);
    await owner.query("delete from request_log where merchant_id = 'mer_busy' and id like '%1'");
    // The present, and the week of the older one.
    expect(await world.tendAll()).toBeGreaterThanOrEqual(2);
    expect(await places()).toEqual([present]);
    expect(await countIn("request_log_default")).toBe(0);
  });
});

describe("an event's number", () => {
  const insert = (db: Pick<Db, "query">, id: string, paymentId: string, sequence: number, type: string) =>
    db.query(
      `insert into events (id, merchant_id, collection_id, payment_id, sequence, type, data, created_at)
       values ($1, $2, $3, $4, $5, $6, '{}', now())`,
      [id, core.owner.merchantId, core.owner.collectionId, paymentId, sequence, type],
    );
  const idIn = (ms: number) => newId("event", ms, core.gateway.random.bytes(10));

  test("is one event's of its payment, in whatever month, and a payment is told to be paid once", async () => {
    world.at(agoMs(40));
    const { payment } = await createPayment(core.gateway, core.owner, newPayment({ invoice: "NUMBERS" }));
    await insert(owner, idIn(agoMs(40)), payment.id, 2, "payment.paid");
    for (const ms of [agoMs(40), Date.now(), agoMs(-300)]) {
      await expect(insert(owner, idIn(ms), payment.id, 2, "payment.expired")).rejects.toThrow("duplicate");
      await expect(insert(owner, idIn(ms), payment.id, 3, "payment.paid")).rejects.toThrow("duplicate");
      await expect(insert(owner, idIn(ms), payment.id, 1, "payment.created")).rejects.toThrow(
        /duplicate|not of its time/,
      );
    }
    await insert(owner, idIn(Date.now()), payment.id, 3, "payment.late_success");
    await expect(insert(owner, idIn(agoMs(40)), payment.id, 3, "payment.expired")).rejects.toThrow("duplicate");
  });

  test("goes to one of two who write it at the same moment into different months", async () => {
    world.at(agoMs(40));
    const { payment } = await createPayment(core.gateway, core.owner, newPayment({ invoice: "RACE" }));
    for (let sequence = 2; sequence < 12; sequence += 1) {
      const both = await Promise.allSettled(
        [agoMs(40), Date.now()].map((ms) => insert(owner, idIn(ms), payment.id, sequence, "payment.processing")),
      );
      expect(both.map((each) => each.status).sort()).toEqual(["fulfilled", "rejected"]);
    }
    await expect(
      owner.transaction("payments.change", async (tx) => {
        await tx.query("set transaction isolation level repeatable read");
        await insert(tx, idIn(Date.now()), payment.id, 12, "payment.processing");
      }),
    ).rejects.toThrow("read committed");
  });
});

test("a delivery is of an event that is there, and an attempt at a delivery that is there", async () => {
  const ids = ["mer_x", idAtTime("delivery", 1), idAtTime("event", 1)];
  await expect(
    owner.query(
      `insert into deliveries (id, merchant_id, event_id, format, url, lane, status, next_attempt_at, created_at)
       values ($2, $1, $3, 'v2', 'https://x.example', 'x', 'pending', now(), now())`,
      [core.owner.merchantId, ...ids.slice(1)],
    ),
  ).rejects.toThrow("which is not there");
  await expect(
    owner.query(
      `insert into delivery_attempts (id, merchant_id, delivery_id, number, url, outcome, message, answer, answer_truncated, started_at, duration_ms)
       values ('dla_1', $1, $2, 1, '', 'delivered', '', '', false, now(), 1)`,
      ids.slice(0, 2),
    ),
  ).rejects.toThrow("which is not there");
});
