import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Gateway } from "../gateway.ts";
import { ownerDb } from "../testing/owner-db.ts";
import { type TestClock, testClock } from "../testing/test-clock.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { type EventSource, eventSource } from "../testing/test-events.ts";
import { openReceiver, type Receiver } from "../testing/webhook-receiver.ts";
import { deliverDue } from "./deliver.ts";
import { type LeasedDelivery, lanesText, leaseDeliveries, leaseText } from "./lease.ts";

const quickPoll = { KINETICPAY_POLL_INTERVAL_MS: "20" };

let core: TestCore;
let clock: TestClock;
let source: EventSource;
let receiver: Receiver;
beforeEach(async () => {
  clock = testClock();
  core = await openTestCore({ clock, settings: quickPoll });
  source = eventSource(core);
  receiver = await openReceiver();
});
afterEach(async () => {
  await receiver.close();
  await core.close();
});

/** Another process of the same gateway. */
const openTwin = () => openTestCore({ clock, beside: core, settings: quickPoll });
/** An endpoint that hears of nothing but what `fill` records. */
const endpoint = (path: string) => source.endpoint(`${receiver.url}${path}`, { eventTypes: ["payment.processing"] });
const fill = async (count: number) => {
  const record = await source.payment();
  for (let i = 0; i < count; i += 1) await record("payment.processing");
};
/** One look after another, all the way round, as a sender takes them. */
async function takeAll(gateway: Gateway, room: number): Promise<LeasedDelivery[]> {
  const taken: LeasedDelivery[] = [];
  let after = "";
  do {
    const next = await leaseDeliveries(gateway, { after, room, only: null });
    taken.push(...next.deliveries);
    after = next.after;
  } while (after !== "");
  return taken;
}

describe("two processes", () => {
  it("never send one delivery at the same time, and of one endpoint never more than five together", async () => {
    for (const path of ["/one", "/two", "/three"]) {
      await endpoint(path);
      // Long enough for calls that are made together to be seen together.
      receiver.behave(path, (response) => void setTimeout(() => response.end(), 10));
    }
    await fill(60);
    const twins = await Promise.all([openTwin(), openTwin()]);
    let sent = 0;
    const work = async (gateway: Gateway) => {
      let own = 0;
      while (sent < 180) {
        const count = await deliverDue(gateway);
        own += count;
        sent += count;
      }
      return own;
    };
    const counts = await Promise.all([core.gateway, ...twins.map((twin) => twin.gateway)].map(work));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(180);
    expect(counts.filter((count) => count > 0).length).toBeGreaterThan(1);
    for (const path of ["/one", "/two", "/three"]) {
      const ids = receiver.at(path).map((call) => call.headers["webhook-id"]);
      expect(ids).toHaveLength(60);
      expect(new Set(ids).size).toBe(60);
      expect(receiver.mostAtOnce(path)).toBeLessThanOrEqual(5);
      expect(receiver.mostAtOnce(path)).toBeGreaterThan(1);
    }
    await Promise.all(twins.map((twin) => twin.close()));
  });

  it("that look at the very same moment take five of one endpoint, and not five each", async () => {
    await endpoint("/one");
    await fill(50);
    const twins = await Promise.all([1, 2, 3].map(() => openTwin()));
    for (let round = 0; round < 10; round += 1) {
      const taken = (await Promise.all(twins.map((twin) => takeAll(twin.gateway, 50)))).flat();
      const [{ held } = { held: 0 }] = await core.gateway.db.query<{ held: number }>(
        "select count(*) as held from deliveries where lease_until > $1",
        [clock.now()],
      );
      expect(taken.length).toBe(5);
      expect(held).toBe(5);
      clock.advance(21_000);
    }
    await Promise.all(twins.map((twin) => twin.close()));
  });

  it("take over from each other what one of them had taken when it died, once its lease has ended", async () => {
    await endpoint("/one");
    await fill(3);
    const twin = await openTwin();
    const taken = await takeAll(twin.gateway, 50);
    await twin.close();
    expect(await deliverDue(core.gateway)).toBe(0);
    clock.advance(20_001);
    expect(await deliverDue(core.gateway)).toBe(3);
    const arrived = receiver.at("/one").map((call) => String(call.headers["webhook-id"]));
    expect(arrived.sort()).toEqual(taken.map((each) => each.event.id).sort());
  });
});

describe("a look for work", () => {
  it("takes from lane after lane, so that one with much due leaves the others their turn", async () => {
    await endpoint("/busy");
    await fill(40);
    for (let i = 0; i < 9; i += 1) await endpoint(`/quiet-${i}`);
    await fill(1);
    const taken = await takeAll(core.gateway, 50);
    const perLane = new Map<string, number>();
    for (const { url } of taken) perLane.set(url, (perLane.get(url) ?? 0) + 1);
    expect(Math.max(...perLane.values())).toBe(5);
    expect(perLane.size).toBe(10);
  });

  it("reaches every lane in turn, however little room there is", async () => {
    for (let i = 0; i < 7; i += 1) await endpoint(`/lane-${i}`);
    await fill(1);
    const taken = await takeAll(core.gateway, 2);
    expect(new Set(taken.map(({ url }) => url)).size).toBe(7);
    expect(taken).toHaveLength(7);
  });

  it("costs no more when twenty thousand deliveries are due to one endpoint", async () => {
    const { gateway } = core;
    const { id } = await endpoint("/behind");
    for (let i = 0; i < 5; i += 1) await endpoint(`/other-${i}`);
    await fill(1);
    // Straight into the tables: recording them one by one would take minutes and prove nothing more.
    const due = new Date(clock.now().getTime() - 1_000);
    for (let first = 1; first < 20_000; first += 5_000) {
      await gateway.db.query(
        `with event as (
           insert into events (id, merchant_id, collection_id, type, data, created_at)
           select 'evt_' || lpad(n::text, 26, '0'), $1, $2, 'api_key.created', '{}', $3 from generate_series($5::int, $5 + 4999) n
           returning id)
         insert into deliveries (id, merchant_id, collection_id, event_id, endpoint_id, lane, format, status, next_attempt_at, created_at)
         select 'dlv' || substr(id, 4), $1, $2, id, $4, $4, 'v2', 'pending', $3, $3 from event`,
        [core.merchant.merchantId, core.merchant.collectionId, due, id, first],
      );
    }
    const owner = ownerDb(core.database);
    for (const table of ["deliveries", "events"]) await owner.query(`analyze ${table}`);
    await owner.close();
    const now = clock.now();
    const lanes = await gateway.db.query<{ name: string }>("select distinct lane as name from deliveries");
    for (const [text, values] of [
      [lanesText, ["", now, null, 50, ""]],
      [leaseText, [lanes.map(({ name }) => name), now, new Date(now.getTime() + 20_000), 50, ""]],
    ] as const) {
      const [plan] = await gateway.db.query<{ "QUERY PLAN": PlanRow[] }>(
        `explain (analyze, format json) ${text}`,
        values,
      );
      expect(rowsTouched(plan?.["QUERY PLAN"][0]?.Plan)).toBeLessThan(2_000);
    }
  });
});

interface PlanNode {
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly PlanNode[];
}
interface PlanRow {
  readonly Plan: PlanNode;
}

/** Rows that any step of a plan gave or threw away. */
function rowsTouched(node: PlanNode | undefined): number {
  if (node === undefined) return Number.POSITIVE_INFINITY;
  const own = (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"];
  return own + (node.Plans ?? []).reduce((sum, each) => sum + rowsTouched(each), 0);
}
