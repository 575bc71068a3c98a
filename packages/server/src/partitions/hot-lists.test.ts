import { idAtTime } from "@kineticpay/contract/ids";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { attemptsAt, findDelivery, listDeliveries } from "../callbacks/deliveries.ts";
import { eventBehind, listEvents } from "../callbacks/events.ts";
import type { Queryable } from "../db/db.ts";
import { findCall, listCalls } from "../request-log/store.ts";
import { openPartitionWorld, type PartitionWorld } from "../testing/partition-world.ts";

const months = 24;
const inMonth = 300;

interface PlanRow {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Actual Loops": number;
  readonly "Actual Rows": number;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly PlanRow[];
}

/** What a statement really touched: partitions, scans of those that hold anything, and rows. */
interface Touched {
  readonly partitions: ReadonlySet<string>;
  readonly scans: readonly string[];
  readonly rows: number;
}

let world: PartitionWorld;
let reach: { merchantId: string; collectionId: null };
let endpointId: string;

/** Two years of a merchant's events, deliveries and calls, straight into the tables. */
beforeAll(async () => {
  world = await openPartitionWorld();
  const { core, owner } = world;
  reach = { merchantId: core.owner.merchantId, collectionId: null };
  await owner.query(
    `select make_partition(r, date_trunc(r.unit, m)) from partition_rules r,
       generate_series(date_trunc('month', now()) - $1 * interval '1 month', now() - interval '1 month', interval '1 month') m
     where to_regclass(partition_name(r, date_trunc(r.unit, m))) is null and r.table_name <> 'request_log_of_strangers'`,
    [months],
  );
  endpointId = "whe_hot";
  await owner.query(
    `insert into webhook_endpoints (id, merchant_id, url, description, event_types, status, created_at, updated_at)
     values ($1, $2, 'https://shop.example', '', '{*}', 'enabled', now(), now())`,
    [endpointId, reach.merchantId],
  );
  const times = `from generate_series(0, $2 - 1) m, generate_series(1, $3) n,
    lateral (select date_trunc('month', now()) - m * interval '1 month' + n * interval '1 minute' as at) t`;
  const values = [reach.merchantId, months, inMonth];
  await owner.query(
    `insert into events (id, merchant_id, type, data, created_at)
     select id_at('evt', at) || lpad(n::text, 16, '0'), $1, 'api_key.created', '{}', at ${times}`,
    values,
  );
  await owner.query(
    `insert into deliveries (id, merchant_id, event_id, endpoint_id, lane, format, status, created_at)
     select 'dlv' || substr(id, 4), merchant_id, id, '${endpointId}', '${endpointId}', 'v2', 'delivered', created_at from events
     where type = 'api_key.created' and merchant_id = $1 and length(id) = 30`,
    [reach.merchantId],
  );
  await owner.query(
    `insert into delivery_attempts (id, merchant_id, delivery_id, number, url, outcome, message, answer, answer_truncated, started_at, duration_ms)
     select 'dla' || substr(id, 4), merchant_id, id, 1, '', 'delivered', '', '', false, created_at, 1 from deliveries`,
  );
  await owner.query(
    `insert into request_log (id, merchant_id, key_hint, address, protocol, method, route, path, query, status, code, duration_ms, created_at)
     select id_at('req', at) || lpad(n::text, 16, '0'), $1, '', '', 'v2', 'GET', '', '', '{}', 200, '', 1, at ${times}`,
    values,
  );
  await owner.query("analyze");
});
afterAll(() => world.close());

/** Has a reading explained instead, and says what it touched. */
async function touched(read: (db: Queryable) => Promise<unknown>): Promise<Touched> {
  const partitions = new Set<string>();
  const scans: string[] = [];
  let rows = 0;
  const walk = (row: PlanRow) => {
    if (row["Actual Loops"] === 0) return;
    const relation = row["Relation Name"];
    if (relation !== undefined) rows += row["Actual Rows"] * row["Actual Loops"];
    if (relation !== undefined && /_20\d\d_|_default$/.test(relation)) {
      if (!relation.endsWith("_default")) partitions.add(relation);
      const isEmpty = row["Actual Rows"] + (row["Rows Removed by Filter"] ?? 0) === 0;
      if (!isEmpty) scans.push(`${row["Node Type"]} ${relation}`);
    }
    for (const each of row.Plans ?? []) walk(each);
  };
  const explaining: Queryable = {
    query: async (text, values) => {
      const [plan] = await world.core.gateway.db.query<{ "QUERY PLAN": readonly { Plan: PlanRow }[] }>(
        `explain (analyze, format json) ${text}`,
        values,
      );
      const root = plan?.["QUERY PLAN"][0]?.Plan;
      if (root !== undefined) walk(root);
      return [];
    },
  };
  // What reads one row is told that there is none.
  await read(explaining).catch(() => undefined);
  return { partitions, scans, rows };
}

const page = { startingAfter: null, limit: 51 };
const anything = { type: null, paymentId: null, createdAfter: null, createdBefore: null };
const anyCall = { status: null, code: null, route: null, keyId: null, createdAfter: null, createdBefore: null };
const anyDelivery = { endpointId: null, eventId: null, status: null };
const long = new Date(Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth() - 10, 1) + 60 * 60_000);
const until = new Date(long.getTime() + 60 * 60_000);
const at = (kind: "event" | "delivery" | "request") =>
  idAtTime(kind, long.getTime()).slice(0, 14) + "60".padStart(16, "0");

type Reading = (db: Queryable) => Promise<unknown>;

const noSequentialScan = ({ scans }: Touched) =>
  expect(scans.filter((scan) => scan.startsWith("Seq Scan") && !scan.endsWith("_default"))).toEqual([]);

describe(`with ${months} months of rows`, () => {
  test.each<[string, number, Reading]>([
    ["one event", 1, (db) => eventBehind(db, at("event"))],
    ["one delivery and its event", 2, (db) => findDelivery(db, reach, at("delivery"))],
    ["one call", 1, (db) => findCall(db, reach, at("request"))],
    [
      "what an event is owed",
      2,
      (db) => listDeliveries(db, { ...reach, ...anyDelivery, ...page, eventId: at("event") }),
    ],
    [
      "events of an hour",
      1,
      (db) => listEvents(db, { ...reach, ...anything, ...page, createdAfter: long, createdBefore: until }),
    ],
  ])("%s: %i partitions are looked into", async (_what, most, read) => {
    const looked = await touched(read);
    expect([...looked.partitions].length, [...looked.partitions].join(", ")).toBe(most);
    noSequentialScan(looked);
  });

  test.each<[string, Reading]>([
    ["the newest events", (db) => listEvents(db, { ...reach, ...anything, ...page })],
    ["a later page of events", (db) => listEvents(db, { ...reach, ...anything, ...page, startingAfter: at("event") })],
    ["the newest deliveries", (db) => listDeliveries(db, { ...reach, ...anyDelivery, ...page })],
    ["deliveries to an endpoint", (db) => listDeliveries(db, { ...reach, ...anyDelivery, ...page, endpointId })],
    ["attempts at a delivery", (db) => attemptsAt(db, reach.merchantId, { id: at("delivery"), createdAt: long })],
    ["the newest calls", (db) => listCalls(db, { ...reach, ...anyCall, ...page })],
  ])("%s: each partition gives its next row by an index, and no more than the page is read", async (_what, read) => {
    const looked = await touched(read);
    // Beside each row of a page there may be its event and its endpoint.
    expect(looked.rows).toBeLessThanOrEqual(3 * page.limit + 2 * looked.partitions.size);
    noSequentialScan(looked);
  });
});
