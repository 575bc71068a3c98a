import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Died, dyingGateway } from "../testing/dying-gateway.ts";
import { ownerDb } from "../testing/owner-db.ts";
import { type TestClock, testClock } from "../testing/test-clock.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { type EventSource, eventSource } from "../testing/test-events.ts";
import { openTestShop, type TestShop } from "../testing/test-shop.ts";
import { changeEndpoint, deleteEndpoint, switchEndpoint } from "../webhooks/change-endpoints.ts";
import { concludeAttempts } from "./conclude.ts";
import { deliverDue } from "./deliver.ts";
import { type Endpoint, findEndpoint } from "./endpoints.ts";
import { type LeasedDelivery, leaseDeliveries } from "./lease.ts";
import { type AttemptResult, sendDelivery } from "./send.ts";
import { planAnew } from "./send-again.ts";

const actor = { kind: "operator", name: "test" } as const;
const hourMs = 3_600_000;

let core: TestCore;
let clock: TestClock;
let shop: TestShop;
let source: EventSource;
let endpoint: { id: string; secret: string };
beforeAll(async () => {
  clock = testClock();
  core = await openTestCore({ clock, settings: { KINETICPAY_POLL_INTERVAL_MS: "20" } });
  source = eventSource(core);
});
afterAll(() => core.close());
beforeEach(async () => {
  await source.settleAll();
  shop = await openTestShop();
  endpoint = await source.endpoint(`${shop.url}/hook`, { eventTypes: ["payment.paid"] });
  return async () => {
    await shop.close();
    await deleteEndpoint(core.gateway, actor, endpoint.id);
  };
});

const paid = async () => (await source.payment())("payment.paid");
const state = async (eventId: string) => (await source.states(eventId, endpoint.id))[0];
const read = async () => (await findEndpoint(core.gateway.db, null, endpoint.id)) as Endpoint;
interface Attempt {
  readonly number: number;
  readonly outcome: string;
  readonly status: number | null;
  readonly answer: string;
  readonly answer_truncated: boolean;
  readonly retry_after_s: number | null;
  readonly started_at: Date;
}
const attempts = async (eventId: string) =>
  core.gateway.db.query<Attempt>(
    "select a.* from delivery_attempts a join deliveries d on d.id = a.delivery_id where d.event_id = $1 order by a.id",
    [eventId],
  );

describe("an attempt", () => {
  it.each([1, 2, 3])(
    "that finds its endpoint gone switches it off, also when the process dies at the statement %i after it",
    async (statement) => {
      shop.behave((response) => response.writeHead(410).end());
      for (const isDoneFirst of [false, true]) {
        if ((await read()).status !== "enabled") await switchEndpoint(core.gateway, actor, endpoint.id, "enabled");
        const id = await paid();
        const { deliveries } = await leaseDeliveries(core.gateway, { room: 5, only: null, after: "" });
        const results = await Promise.all(deliveries.map((each) => sendDelivery(core.gateway, each)));
        expect(results.map(({ outcome }) => outcome)).toEqual(["gone"]);
        const dying = dyingGateway(core.gateway, statement, isDoneFirst);
        await concludeAttempts(dying, results).catch((error: unknown) => {
          if (!(error instanceof Died)) throw error;
        });
        // Another process, once the lease has ended.
        clock.advance(60_000);
        await deliverDue(core.gateway);
        expect((await read()).status).toBe("disabled");
        expect((await state(id))?.status).toBe("failed");
      }
    },
  );

  it("is kept with when it was made, and what came of it, every one of them", async () => {
    const began = clock.now();
    shop.behave((response) => response.writeHead(500).end("try later"));
    const id = await paid();
    await deliverDue(core.gateway);
    clock.advance(6_500);
    shop.behave((response) => response.writeHead(201).end("thank you"));
    await deliverDue(core.gateway);
    expect(await attempts(id)).toMatchObject([
      { number: 1, outcome: "rejected", status: 500, answer: "try later", answer_truncated: false, started_at: began },
      { number: 2, outcome: "delivered", status: 201, answer: "thank you", started_at: clock.now() },
    ]);
    const change = "update delivery_attempts set answer = ''";
    await expect(core.gateway.db.query(change)).rejects.toThrow("permission denied");
    const owner = ownerDb(core.database);
    await expect(owner.query(change)).rejects.toThrow("append-only");
    await owner.close();
  });

  it("keeps the first 512 characters of an answer, with all that is more than text escaped", async () => {
    const odd = '<script>alert("1")</script>\u001b[2J\r\n\u202Etxt.exe\u0000\\ é 😀';
    shop.behave((response) => response.writeHead(500).end(`${odd}${"é".repeat(600)}`));
    const id = await paid();
    await deliverDue(core.gateway);
    const [attempt] = await attempts(id);
    const shown =
      '\\u003cscript\\u003ealert("1")\\u003c/script\\u003e\\u001b[2J\\u000d\\u000a\\u202etxt.exe\\u0000\\u005c é 😀';
    expect(attempt?.answer).toBe(`${shown}${"é".repeat(512 - Array.from(odd).length)}`);
    expect(attempt?.answer_truncated).toBe(true);
    expect(attempt?.answer).not.toMatch(/[<>\p{C}]/u);
  });

  it("reads a few kilobytes of an endless answer, and waits no longer than a second for the rest of a slow one", async () => {
    let written = 0;
    shop.behave((response) => {
      response.on("error", () => undefined);
      const pour = () => {
        while (!response.destroyed && response.write("x".repeat(65_536))) written += 65_536;
        response.once("drain", pour);
      };
      pour();
    });
    const endless = await paid();
    await deliverDue(core.gateway);
    expect(await attempts(endless)).toMatchObject([
      { outcome: "delivered", answer: "x".repeat(512), answer_truncated: true },
    ]);
    expect(written).toBeLessThan(32 * 1024 * 1024);
    shop.behave((response) => response.writeHead(503).write("one moment"));
    const slow = await paid();
    const began = performance.now();
    await deliverDue(core.gateway);
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(await attempts(slow)).toMatchObject([
      { outcome: "rejected", status: 503, answer: "one moment", answer_truncated: true },
    ]);
  });

  it("goes to the address that the endpoint has at that time", async () => {
    shop.behave((response) => response.writeHead(500).end());
    await paid();
    await deliverDue(core.gateway);
    await core.gateway.db.query("update webhook_endpoints set url = $2 where id = $1", [
      endpoint.id,
      `${shop.url}/moved`,
    ]);
    clock.advance(6_500);
    await deliverDue(core.gateway);
    expect(shop.received.map((call) => call.path)).toEqual(["/hook", "/moved"]);
  });

  it("that outlived its lease is kept, counts if it was acknowledged, and otherwise changes nothing", async () => {
    const id = await paid();
    const take = async () => (await leaseDeliveries(core.gateway, { after: "", room: 50, only: null })).deliveries[0];
    const ended = (delivery: LeasedDelivery | undefined, outcome: "delivered" | "rejected"): AttemptResult => ({
      delivery: delivery as LeasedDelivery,
      startedAt: clock.now(),
      durationMs: 5,
      outcome,
      status: outcome === "delivered" ? 200 : 500,
      message: outcome,
      answer: { text: "", truncated: false },
      retryAfterS: null,
    });
    const frozen = await take();
    clock.advance(20_001);
    const other = await take();
    expect(other?.id).toBe(frozen?.id);
    await concludeAttempts(core.gateway, [ended(frozen, "rejected")]);
    const [{ held } = { held: null }] = await core.gateway.db.query<{ held: Date | null }>(
      "select lease_until as held from deliveries where event_id = $1",
      [id],
    );
    expect(held).toEqual(other?.leaseUntil);
    await concludeAttempts(core.gateway, [ended(other, "rejected")]);
    expect(await state(id)).toMatchObject({ status: "pending", attempt_count: 1 });
    await concludeAttempts(core.gateway, [ended(frozen, "delivered")]);
    expect(await state(id)).toMatchObject({ status: "delivered", attempt_count: 2 });
    expect((await attempts(id)).map(({ outcome }) => outcome).sort()).toEqual(["delivered", "rejected", "rejected"]);
  });
});

it("that is planned anew while an attempt is under way has its whole schedule before it, whatever comes of that attempt", async () => {
  shop.behave((response) => response.writeHead(500).end());
  const { callbackSchedule } = core.gateway.config;
  for (const failures of [1, callbackSchedule.length]) {
    const id = await paid();
    await core.gateway.db.query("update deliveries set round_count = $2, attempt_count = $2 where event_id = $1", [
      id,
      failures,
    ]);
    const { deliveries } = await leaseDeliveries(core.gateway, { room: 5, only: null, after: "" });
    const [delivery] = deliveries;
    if (delivery === undefined) throw new Error("nothing was leased");
    const result = await sendDelivery(core.gateway, delivery);
    await core.gateway.db.transaction("webhooks.resend", (tx) =>
      planAnew(tx, delivery.merchantId, delivery.id, clock.now()),
    );
    await concludeAttempts(core.gateway, [result]);
    expect(await state(id)).toMatchObject({
      status: "pending",
      attempt_count: failures + 1,
      next_attempt_at: clock.now(),
    });
    expect(await deliverDue(core.gateway)).toBe(1);
    const waitMs = ((await state(id))?.next_attempt_at?.getTime() ?? 0) - clock.now().getTime();
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual((callbackSchedule[0] ?? 0) * 1_200);
    await source.settleAll();
  }
});

describe("Retry-After", () => {
  const nextWaitS = async (id: string) =>
    (((await state(id))?.next_attempt_at?.getTime() ?? 0) - clock.now().getTime()) / 1000;

  it.each([
    ["seconds", "90", 90, 108],
    ["less than the schedule's own wait", "1", 4, 6],
    ["more than a day", "9999999", 86_400, 103_680],
    ["what nobody can read", "soon", 4, 6],
  ])("of %s is heeded, and never by more than a day", async (_what, header, least, most) => {
    shop.behave((response) => response.writeHead(429, { "retry-after": header }).end());
    const id = await paid();
    await deliverDue(core.gateway);
    expect(await nextWaitS(id)).toBeGreaterThanOrEqual(least);
    expect(await nextWaitS(id)).toBeLessThanOrEqual(most);
  });

  it("may name a date", async () => {
    const date = new Date(clock.now().getTime() + 2 * hourMs).toUTCString();
    shop.behave((response) => response.writeHead(503, { "retry-after": date }).end());
    const id = await paid();
    await deliverDue(core.gateway);
    expect((await attempts(id))[0]?.retry_after_s).toBeGreaterThan(7_190);
    clock.advance(7_000_000);
    expect(await deliverDue(core.gateway)).toBe(0);
    clock.advance(1_700_000);
    expect(await deliverDue(core.gateway)).toBe(1);
  });
});

describe("an endpoint", () => {
  const notices = () =>
    core.gateway.db.query<{ data: { id: string; disabled_reason: string } }>(
      "select data from events where type = 'webhook_endpoint.disabled' and data ->> 'id' = $1",
      [endpoint.id],
    );

  it("that answers 410 is switched off at once, with notice, and is sent nothing that still waits", async () => {
    const other = await source.endpoint(`${shop.url}/other`, { eventTypes: ["webhook_endpoint.*"] });
    shop.behave((response, call) => response.writeHead(call.path === "/hook" ? 410 : 200).end());
    const first = await paid();
    await deliverDue(core.gateway);
    expect(await state(first)).toMatchObject({ status: "failed", attempt_count: 1, last_outcome: "gone" });
    expect(await read()).toMatchObject({ status: "disabled", disabledReason: "gone" });
    expect((await notices()).map(({ data }) => data.disabled_reason)).toEqual(["gone"]);
    const [told] = shop.received.filter((call) => call.path === "/other");
    expect(JSON.parse(told?.body ?? "")).toMatchObject({
      type: "webhook_endpoint.disabled",
      data: { id: endpoint.id },
    });
    const later = await paid();
    expect(await source.states(later)).toEqual([]);
    await deleteEndpoint(core.gateway, actor, other.id);
  });

  it("at which every try of five days failed is switched off, once, and not a moment earlier", async () => {
    shop.behave((response) => response.writeHead(500).end());
    await paid();
    await deliverDue(core.gateway);
    const since = clock.now();
    expect(await read()).toMatchObject({ status: "enabled", failingSince: since });
    clock.advance(5 * 24 * hourMs - 1_000);
    await paid();
    await deliverDue(core.gateway);
    expect(await read()).toMatchObject({ status: "enabled", failingSince: since });
    clock.advance(1_000);
    await Promise.all([paid(), paid(), paid()]);
    await deliverDue(core.gateway);
    expect(await read()).toMatchObject({ status: "disabled", disabledReason: "failing", failingSince: since });
    expect(await notices()).toHaveLength(1);
  });

  it("whose address was changed is judged by the new one alone, not by how long the old one had failed", async () => {
    shop.behave((response) => response.writeHead(500).end());
    await paid();
    await deliverDue(core.gateway);
    await source.settleAll();
    clock.advance(6 * 24 * hourMs);
    await changeEndpoint(core.gateway, actor, endpoint.id, { url: `${shop.url}/new` });
    await paid();
    await deliverDue(core.gateway);
    expect(await read()).toMatchObject({ status: "enabled", failingSince: clock.now() });
  });

  it.each([
    ["gone", 410],
    ["rejected", 500],
  ])("is not held to an answer (%s) that came from the address that it had before", async (outcome, status) => {
    shop.behave((response) => response.writeHead(status).end());
    const id = await paid();
    const { deliveries } = await leaseDeliveries(core.gateway, { room: 5, only: null, after: "" });
    const results = await Promise.all(deliveries.map((each) => sendDelivery(core.gateway, each)));
    expect(results.map((each) => each.outcome)).toEqual([outcome]);
    await changeEndpoint(core.gateway, actor, endpoint.id, { url: `${shop.url}/new` });
    await concludeAttempts(core.gateway, results);
    expect(await read()).toMatchObject({ status: "enabled", failingSince: null });
    expect((await attempts(id)).map((each) => each.outcome)).toEqual([outcome]);
  });

  it("that takes a single event in five days stays", async () => {
    shop.behave((response) => response.writeHead(500).end());
    await paid();
    await deliverDue(core.gateway);
    clock.advance(4 * 24 * hourMs);
    shop.behave((response) => response.end());
    await paid();
    await deliverDue(core.gateway);
    expect(await read()).toMatchObject({ failingSince: null });
    shop.behave((response) => response.writeHead(500).end());
    clock.advance(2 * 24 * hourMs);
    await paid();
    await deliverDue(core.gateway);
    expect(await read()).toMatchObject({ status: "enabled", failingSince: clock.now() });
  });

  it("that is disabled keeps what has not fallen due, gives up what falls due, and is sent neither", async () => {
    shop.behave((response) => response.writeHead(500).end());
    const id = await paid();
    await deliverDue(core.gateway);
    await switchEndpoint(core.gateway, actor, endpoint.id, "disabled");
    await switchEndpoint(core.gateway, actor, endpoint.id, "enabled");
    await switchEndpoint(core.gateway, actor, endpoint.id, "disabled");
    expect(await deliverDue(core.gateway)).toBe(0);
    expect(await state(id)).toMatchObject({ status: "pending", attempt_count: 1 });
    clock.advance(6_500);
    expect(await deliverDue(core.gateway)).toBe(0);
    expect(await state(id)).toMatchObject({ status: "failed", last_outcome: "not_sent", attempt_count: 1 });
    expect(shop.received).toHaveLength(1);
  });
});
