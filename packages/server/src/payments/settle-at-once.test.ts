import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RunStatement } from "../db/db.ts";
import { openDb } from "../db/open-db.ts";
import type { Gateway } from "../gateway.ts";
import type { Outcome } from "../rails/rail.ts";
import { DatabaseUnavailable } from "../seams/database-unavailable.ts";
import { railMessage } from "../testing/rail-message.ts";
import { type SettlementScene, settlementScene } from "../testing/settlement-scene.ts";
import { type TestClock, testClock } from "../testing/test-clock.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import type { Route } from "./decide.ts";
import { expireDue } from "./expire-due.ts";
import type { Attempt } from "./payment.ts";
import { settlements, settlePayment } from "./settle-payment.ts";

let core: TestCore;
/** Another process of the same gateway. */
let twin: TestCore;
let clock: TestClock;
let scene: SettlementScene;
beforeAll(async () => {
  clock = testClock();
  core = await openTestCore({ clock });
  scene = settlementScene(core);
  twin = await openTestCore({ clock, beside: core });
});
afterAll(async () => {
  await twin.close();
  await core.close();
});

const settle = (gateway: Gateway, attempt: Attempt, outcome: Outcome = "succeeded", route: Route = "direct") =>
  settlePayment(gateway, route, railMessage(attempt, outcome));
const paid = (attempt: Attempt) => {
  return { gateway: core.gateway, route: "direct", message: railMessage(attempt, "succeeded") } as const;
};
const query: RunStatement = (text, values) => core.gateway.db.query(text, [...values]);
const countOf = async (from: string, values: readonly unknown[] = []) =>
  (await core.gateway.db.query<{ count: number }>(`select count(*) as count from ${from}`, values))[0]?.count;

it("fails the one that cannot be written, or be judged, and settles its neighbours all the same", async () => {
  const attempts = await scene.handOffs(14);
  const { rail } = core.gateway;
  const confused = {
    ...core.gateway,
    rail: {
      ...rail,
      meaning() {
        throw new Error("no such code");
      },
    },
  };
  const outcomes = await Promise.allSettled(
    attempts.map((attempt, index) => {
      if (index === 5) return settlePayment(confused, "direct", railMessage(attempt, "succeeded"));
      const message = railMessage(attempt, "succeeded");
      return settlePayment(core.gateway, "direct", index === 7 ? { ...message, body: "no \u0000 is text" } : message);
    }),
  );
  const isBad = (_: unknown, index: number) => index === 5 || index === 7;
  expect(outcomes.map(({ status }) => status === "rejected")).toEqual(outcomes.map(isBad));
  expect(await scene.statuses(attempts)).toEqual(attempts.map((_, index) => (isBad(_, index) ? "processing" : "paid")));
});

it("fails alone whose commit the schema refuses at the last moment", async () => {
  const attempts = await scene.handOffs(8);
  const owner = new pg.Client(core.database.owner);
  await owner.connect();
  await owner.query(`create function refuse_one() returns trigger language plpgsql as $$ begin
    if new.attempt_id = '${attempts[4]?.id}' then raise exception 'refused' using errcode = 'check_violation'; end if;
    return null; end $$`);
  await owner.query(`create constraint trigger refuse_one after insert on ledger_transactions deferrable initially deferred
    for each row execute function refuse_one()`);
  const outcomes = await Promise.allSettled(attempts.map((attempt) => settle(core.gateway, attempt)));
  await owner.query("drop function refuse_one cascade");
  await owner.end();
  expect(outcomes.map(({ status }) => status === "rejected")).toEqual(attempts.map((_, index) => index === 4));
  expect(await scene.statuses(attempts)).toEqual(attempts.map((_, index) => (index === 4 ? "processing" : "paid")));
});

it("knows no outcome for anybody whose shared commit was lost with its connection, and settles each once afterwards", async () => {
  const attempts = await scene.handOffs(8);
  const owner = new pg.Client(core.database.owner);
  await owner.connect();
  await owner.query(`create function linger() returns trigger language plpgsql as $$ begin
    if new.attempt_id = '${attempts[4]?.id}' then perform pg_sleep(60); end if;
    return null; end $$`);
  await owner.query(`create constraint trigger linger after insert on ledger_transactions deferrable initially deferred
    for each row execute function linger()`);
  const db = openDb({ connection: core.database.connection, poolSize: 4, onIdleError: () => undefined });
  const all = Promise.allSettled(attempts.map((attempt) => settle({ ...core.gateway, db }, attempt)));
  const lingering = "from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'";
  const end = async () => (await twin.gateway.db.query(`select pg_terminate_backend(pid) ${lingering}`)).length;
  await expect.poll(end).toBe(1);
  const outcomes = await all;
  await owner.query("drop function linger cascade");
  await owner.end();
  await db.close();
  expect(outcomes.slice(2)).toEqual(
    attempts.slice(2).map(() => ({ status: "rejected", reason: expect.any(DatabaseUnavailable) })),
  );
  expect(await scene.statuses(attempts)).toEqual(attempts.map((_, index) => (index < 2 ? "paid" : "processing")));
  await Promise.all(attempts.map((attempt) => settle(core.gateway, attempt)));
  expect(await scene.owed(attempts)).toEqual({ exchange: -10_000, merchant: 10_000 });
});

it.each([
  ["payments", (attempt: Attempt) => attempt.paymentId],
  ["attempts", (attempt: Attempt) => attempt.id],
])("holds nobody up for long who only comes together with one of whose %s another has a lock", async (table, idOf) => {
  const attempts = await scene.handOffs(12);
  const held = attempts[6] as Attempt;
  let hasSettled = false;
  const waiting = await core.gateway.db.transaction("payments.change", async (tx) => {
    await tx.query(`select from ${table} where id = $1 for update`, [idOf(held)]);
    const began = performance.now();
    const all = attempts.map((attempt) => settle(core.gateway, attempt));
    const its = all[6]?.then(() => {
      hasSettled = true;
    });
    await Promise.all(all.filter((_, index) => index !== 6));
    // The one that waits has the patience of a statement; who waited with it would have waited for longer than this.
    expect(performance.now() - began).toBeLessThan(2_500);
    expect(hasSettled).toBe(false);
    return { its };
  });
  await waiting.its;
  expect(new Set(await scene.statuses(attempts))).toEqual(new Set(["paid"]));
});

it("keeps what another writes of an attempt while its settlement waits for that", async () => {
  const [attempt] = await scene.handOffs(1);
  if (attempt === undefined) throw new Error("nothing was handed off");
  const settled = await core.gateway.db.transaction("payments.change", async (tx) => {
    await tx.query("update attempts set enquiry_count = 7 where id = $1", [attempt.id]);
    const pending = settle(core.gateway, attempt);
    const isWaiting = "from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    await expect.poll(async () => (await twin.gateway.db.query(`select ${isWaiting}`)).length).toBe(1);
    return { pending };
  });
  expect(await settled.pending).toMatchObject({ effect: "paid" });
  const [row] = await core.gateway.db.query("select status, enquiry_count from attempts where id = $1", [attempt.id]);
  expect(row).toEqual({ status: "succeeded", enquiry_count: 7 });
});

/** Lets something happen between what a statement has read and what the next one writes. */
function inBetween(happen: () => Promise<unknown>): RunStatement {
  let isFirst = true;
  return async (text, values) => {
    if (!isFirst) await happen();
    isFirst = false;
    return query(text, values);
  };
}

it("writes nothing of what was decided about a payment that has changed since, and all of the others'", async () => {
  const attempts = await scene.handOffs(3);
  const [, changed] = attempts as [Attempt, Attempt, Attempt];
  const write = inBetween(() => settle(twin.gateway, changed, "pending"));
  const outcomes = await settlements.together(
    write,
    attempts.map((attempt) => paid(attempt)),
  );
  expect(outcomes).toEqual([expect.anything(), "by_itself", expect.anything()]);
  expect(await scene.statuses(attempts)).toEqual(["paid", "processing", "paid"]);
  expect(await scene.owed(attempts)).toEqual({ exchange: -2_500, merchant: 2_500 });
});

it("writes nothing of a payment whose invoice another has paid since, or has a payment more", async () => {
  const early = await scene.handOff({ invoice: "STG-since", expiresInS: 60 });
  await settle(core.gateway, early, "failed");
  clock.advance(61_000);
  await expireDue(core.gateway);
  let late: Attempt | undefined;
  const more = inBetween(async () => {
    late = await scene.handOff({ invoice: "STG-since" });
  });
  expect(await settlements.together(more, [paid(early)])).toEqual(["by_itself"]);
  if (late === undefined) throw new Error("nothing happened in between");
  const sibling = late;
  expect(
    await settlements.together(
      inBetween(() => settle(twin.gateway, sibling)),
      [paid(early)],
    ),
  ).toEqual(["by_itself"]);
  expect(await settle(core.gateway, early)).toMatchObject({ effect: "late_success", payment: { status: "paid" } });
  expect(await scene.owed([early, sibling])).toEqual({ exchange: -2_500, merchant: 1_250, returns: 1_250 });
});

it("credits once what is told over and over at the same moment, by whatever way and in whichever process", async () => {
  const attempts = await scene.handOffs(12);
  const told = attempts.flatMap((attempt) =>
    (["direct", "direct", "indirect", "enquiry", "enquiry"] as const).map((route, index) =>
      settle(index % 2 === 0 ? core.gateway : twin.gateway, attempt, "succeeded", route),
    ),
  );
  await Promise.all(told);
  expect(new Set(await scene.statuses(attempts))).toEqual(new Set(["paid"]));
  expect(await scene.owed(attempts)).toEqual({ exchange: -15_000, merchant: 15_000 });
  const ids = attempts.map(({ paymentId }) => paymentId);
  expect(await countOf("events where type = 'payment.paid' and payment_id = any($1)", [ids])).toBe(12);
});

const inBoth = (attempts: readonly Attempt[]) =>
  Promise.all(attempts.map((attempt, index) => settle(index % 3 === 0 ? twin.gateway : core.gateway, attempt)));

it("credits one and owes back the other when both attempts of a payment are paid at once", async () => {
  const firsts = await scene.handOffs(6);
  const seconds = await Promise.all(firsts.map(scene.again));
  await inBoth([...firsts, ...seconds]);
  expect(await scene.owed([...firsts, ...seconds])).toEqual({ exchange: -15_000, merchant: 7_500, returns: 7_500 });
});

it("credits one and owes back the other when both payments of an invoice are paid at once, also in one statement", async () => {
  const invoices = Array.from({ length: 7 }, (_, index) => `BOTH-${index}`);
  const olds = await Promise.all(invoices.map((invoice) => scene.handOff({ invoice, expiresInS: 60 })));
  await Promise.all(olds.map((attempt) => settle(core.gateway, attempt, "failed")));
  clock.advance(61_000);
  const news = await Promise.all(invoices.map((invoice) => scene.handOff({ invoice })));
  const [early, late] = [olds.slice(0, 1), news.slice(0, 1)];
  const outcomes = await settlements.together(query, [...early, ...late].map(paid));
  expect(outcomes).toEqual([expect.objectContaining({ effect: "late_success" }), "by_itself"]);
  await inBoth([...late, ...olds.slice(1), ...news.slice(1)]);
  expect(await scene.owed([...olds, ...news])).toEqual({ exchange: -17_500, merchant: 8_750, returns: 8_750 });
});

it("never makes two processes that settle the same payments in opposite orders wait for each other", async () => {
  const attempts = await scene.handOffs(60);
  const began = await countOf("pg_stat_database where datname = current_database() and deadlocks > 0");
  const from = (gateway: Gateway, order: readonly Attempt[]) => order.map((attempt) => settle(gateway, attempt));
  await Promise.all([...from(core.gateway, attempts), ...from(twin.gateway, attempts.toReversed())]);
  expect(await countOf("pg_stat_database where datname = current_database() and deadlocks > 0")).toBe(began);
  expect(await scene.owed(attempts)).toEqual({ exchange: -75_000, merchant: 75_000 });
});
