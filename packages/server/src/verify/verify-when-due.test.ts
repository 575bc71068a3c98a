import { Writable } from "node:stream";
import pg from "pg";
import pino from "pino";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Gateway } from "../gateway.ts";
import { buildApp } from "../http/app.ts";
import { sealBookings } from "../ledger/seal-bookings.ts";
import { listCases } from "../payments/cases.ts";
import { paidPayments } from "../testing/bookings.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { verifyWhenDue } from "./verify-when-due.ts";

const hourMs = 3_600_000;

let core: TestCore;
let gateway: Gateway;
let superuser: pg.Client;
let lines: { level: number; msg: string; check?: string; subject?: string }[];
/** Time that has passed for the gateway; its database's own does not move. */
let passedMs: number;

beforeEach(async () => {
  core = await openTestCore();
  lines = [];
  passedMs = 0;
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const clock = { now: () => new Date(core.gateway.clock.now().getTime() + passedMs) };
  gateway = { ...core.gateway, clock, log: pino({ level: "info" }, stream) };
  superuser = new pg.Client(core.database.superuser);
  await superuser.connect();
  await superuser.query("set session_replication_role = replica");
});
afterEach(async () => {
  await superuser.end();
  await core.close();
});

const verifications = () =>
  gateway.db.query<{ fault_count: number }>("select fault_count from verifications order by started_at");
const errors = () => lines.filter((line) => line.level >= 50);

async function ready(): Promise<{ status: number; books: unknown }> {
  const app = buildApp(gateway);
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const answer = await fetch(`${url}/ready`);
  const { books } = (await answer.json()) as { books: unknown };
  await app.close();
  return { status: answer.status, books };
}

it("is due an hour after the database was made, and then every hour, by anybody", async () => {
  expect(await ready()).toEqual({ status: 200, books: "unproved" });
  await verifyWhenDue(gateway);
  expect(await verifications()).toEqual([]);
  passedMs = hourMs + 60_000;
  await verifyWhenDue(gateway);
  await verifyWhenDue(gateway);
  expect(await verifications()).toEqual([{ fault_count: 0 }]);
  expect(await ready()).toEqual({ status: 200, books: "proved" });
  passedMs += hourMs;
  await verifyWhenDue(gateway);
  expect(await verifications()).toHaveLength(2);
  expect(errors()).toEqual([]);
});

it("is left to the operator when the interval is nought", async () => {
  passedMs = 100 * hourMs;
  await verifyWhenDue({ ...gateway, config: { ...gateway.config, verifyIntervalS: 0 } });
  expect(await verifications()).toEqual([]);
});

it("is done by one of several processes, while the others go on", async () => {
  passedMs = hourMs + 60_000;
  const lock = "select pg_advisory_lock(4015727304)";
  await superuser.query(lock);
  await verifyWhenDue(gateway);
  expect(await verifications()).toEqual([]);
  await superuser.query(lock.replace("lock", "unlock"));
  await verifyWhenDue(gateway);
  expect(await verifications()).toHaveLength(1);
});

it("shouts and does not stop: faults are errors in the log, one case for each payment, and told by /ready", async () => {
  const [first, second] = await paidPayments(core, 2);
  await sealBookings(gateway);
  await superuser.query(
    "update ledger_postings set amount_sen = amount_sen * 2 where transaction_id in (select id from ledger_transactions where attempt_id = $1)",
    [first?.id],
  );
  for (let round = 1; round <= 2; round += 1) {
    passedMs += hourMs + 60_000;
    await verifyWhenDue(gateway);
  }
  expect((await verifications()).map((row) => row.fault_count > 0)).toEqual([true, true]);
  expect(errors().map((line) => line.check)).toContain("books.lines");
  expect(errors().at(-1)?.msg).toMatch(/payments go on/);
  const cases = await listCases(gateway, { open: true });
  expect(cases).toMatchObject([{ kind: "unproved", paymentId: first?.paymentId, attemptId: null }]);
  expect(cases[0]?.detail["checks"]).toEqual(expect.arrayContaining(["books.lines", "chain.hashes"]));
  expect(await ready()).toEqual({ status: 200, books: "faulty" });
  expect(second?.paymentId).not.toBe(first?.paymentId);

  await superuser.query(
    "update ledger_postings set amount_sen = amount_sen / 2 where transaction_id in (select id from ledger_transactions where attempt_id = $1)",
    [first?.id],
  );
  passedMs += hourMs;
  await verifyWhenDue(gateway);
  expect(await ready()).toEqual({ status: 200, books: "proved" });
});

it("remembers the ends of chains, so that one that is cut off with all its payments is missed the next time", async () => {
  const [gone] = (await paidPayments(core, 3)).slice(-1);
  await sealBookings(gateway);
  passedMs = hourMs + 60_000;
  await verifyWhenDue(gateway);
  for (const statement of [
    "delete from ledger_seals where transaction_id in (select id from ledger_transactions where payment_id = $1)",
    "delete from ledger_postings where transaction_id in (select id from ledger_transactions where payment_id = $1)",
    "delete from ledger_transactions where payment_id = $1",
    "delete from bank_messages where attempt_id in (select id from attempts where payment_id = $1)",
    "delete from attempts where payment_id = $1",
    "delete from deliveries where payment_id = $1",
    "delete from events where payment_id = $1",
    "delete from payments where id = $1",
  ]) {
    await superuser.query(statement, [gone?.paymentId]);
  }
  passedMs += hourMs;
  await verifyWhenDue(gateway);
  expect(errors().map((line) => line.check)).toEqual(["chain.remembered", undefined]);
});
