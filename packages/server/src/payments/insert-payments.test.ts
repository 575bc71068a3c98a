import { newId } from "@kineticpay/contract/ids";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Row, RunStatement } from "../db/db.ts";
import { shareStatements } from "../db/shared-statements.ts";
import { newPayment } from "../testing/new-payment.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { createEndpoint } from "../webhooks/change-endpoints.ts";
import { createPayment } from "./create-payment.ts";
import type { FirstWriting, RecordedWriting } from "./insert-payment.ts";
import { newPayments, newRecordedPayments } from "./insert-payments.ts";

let core: TestCore;
beforeAll(async () => {
  core = await openTestCore();
  await createEndpoint(core.gateway, { kind: "operator", name: "test" }, core.owner.merchantId, {
    url: "https://shop.example/hooks",
    description: "",
    eventTypes: ["*"],
    collectionId: null,
  });
});
afterAll(() => core.close());

const awkward = `naïve "quotes" \\ back-slash, {braces}, 'single', emoji 😀, tab\t and a\nline`;
let counter = 0;

/** A payment that is not written yet, made by the use-case itself in a rehearsal that keeps nothing. */
async function writing(change: Parameters<typeof newPayment>[0] = {}): Promise<FirstWriting> {
  counter += 1;
  const input = newPayment({ invoice: `TOG-${counter}`, ...change });
  const payment = await core.gateway.db.rehearse(async (db) => {
    const made = await createPayment({ ...core.gateway, db }, core.owner, input);
    return made.payment;
  });
  const eventId = newId("event", payment.createdAt.getTime(), core.gateway.random.bytes(10));
  return { payment, eventId, eventData: { id: payment.id, text: awkward, amount: payment.amountSen } };
}

async function recorded(change: Parameters<typeof newPayment>[0] = {}, key?: string): Promise<RecordedWriting> {
  const made = await writing(change);
  const { merchantId, collectionId } = core.owner;
  const requestId = newId("request", made.payment.createdAt.getTime(), core.gateway.random.bytes(10));
  const call = {
    merchantId,
    collectionId,
    key: key ?? `key-${made.payment.id}`,
    route: "POST /api/v2/payments",
    fingerprint: Buffer.from(Array.from({ length: 64 }, (_, i) => (i * 37) % 256)),
    requestId,
    at: made.payment.createdAt,
  };
  const answer = { status: 200, mediaType: "application/json", body: JSON.stringify({ text: awkward }) };
  return { ...made, record: { call, answer, sealed: null, patienceMs: 500 } };
}

const tables = ["payments", "events", "deliveries", "idempotency_records"];

/** Everything that stands in the tables of these payments, as the database itself writes it down. */
async function rowsOf(query: (text: string) => Promise<Row[]>): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const table of tables) found[table] = await query(`select t.* from ${table} t order by t::text`);
  return found;
}

/** What a way of writing leaves behind, with nothing kept of it. */
const leftBehind = (work: (write: RunStatement) => Promise<unknown>) =>
  core.gateway.db.rehearse(async (db) => {
    const result = await work((text, values) => db.query(text, values));
    return { result, rows: await rowsOf((text) => db.query(text)) };
  });

const written = async (table: string, column: string, values: readonly string[]) =>
  (await core.gateway.db.query(`select from ${table} where ${column} = any($1)`, [[...values]])).length;
const idsOf = (writings: readonly FirstWriting[]) => writings.map(({ payment }) => payment.id);
const write: RunStatement = (text, values) => core.gateway.db.write("payments.create", text, values);

const every = {
  description: awkward,
  buyer: { name: awkward, email: "a@b.example" },
  metadata: { text: awkward, number: 1.5, yes: true, none: null },
  callbackUrl: "https://shop.example/callback",
  model: "b2b1",
  bankId: "MB2U0227",
  locale: "ms",
} as const;

it("writes together, to the last byte, what would have been written one by one", async () => {
  const all = [await writing(every), await writing(), await writing({ protocol: "wire" })];
  const oneByOne = await leftBehind(async (to) => {
    const told = [];
    for (const each of all) told.push(await newPayments.alone(to, each));
    return told;
  });
  expect(oneByOne.result).toEqual([1, 1, 1]);
  expect(await leftBehind((to) => newPayments.together(to, all))).toEqual(oneByOne);
});

it("writes the records of keyed calls together, to the last byte, as it would have one by one", async () => {
  const all = [await recorded(every), await recorded(), await recorded({ locale: "ms" })];
  const [first] = all;
  if (first !== undefined) Object.assign(first.record, { sealed: Buffer.from([0, 255, 10, 39]) });
  const oneByOne = await leftBehind(async (to) => {
    const told = [];
    for (const each of all) told.push(await newRecordedPayments.alone(to, each));
    return told;
  });
  expect(oneByOne.result).toEqual([1, 1, 1]);
  expect(await leftBehind((to) => newRecordedPayments.together(to, all))).toEqual(oneByOne);
});

it("leaves out what is taken, and only that", async () => {
  const taken = await createPayment(core.gateway, core.owner, newPayment({ invoice: "TOG-taken" }));
  const all = [await writing(), await writing(), await writing()];
  const middle = { ...(await writing()), ...all[1] } as FirstWriting;
  const blocked = { ...middle, payment: { ...middle.payment, invoice: taken.payment.invoice } };
  const told = await newPayments.together(write, [all[0] as FirstWriting, blocked, all[2] as FirstWriting]);
  expect(told).toEqual([1, undefined, 1]);
  expect(await written("payments", "id", idsOf(all))).toBe(2);
});

it("writes neither payment nor record where the invoice is taken or the key was used, and all the others", async () => {
  const used = await recorded({}, "used-key");
  expect(await newRecordedPayments.together(write, [used])).toEqual([1]);
  const again = await recorded({}, "used-key");
  const other = await recorded();
  const takenInvoice = await recorded();
  Object.assign(takenInvoice.payment, { invoice: used.payment.invoice });
  expect(await newRecordedPayments.together(write, [again, other, takenInvoice])).toEqual([undefined, 1, undefined]);
  expect(await written("payments", "id", idsOf([again, other, takenInvoice]))).toBe(1);
  const keys = [again, other, takenInvoice].map(({ record }) => record.call.requestId);
  expect(await written("idempotency_records", "request_id", keys)).toBe(1);
});

it("fails the one that the schema refuses, and writes its neighbours all the same", async () => {
  const all = await Promise.all(Array.from({ length: 12 }, () => writing()));
  const bad = all[5] as FirstWriting;
  Object.assign(bad.payment, { amountSen: -1 });
  const outcomes = await Promise.allSettled(all.map((each) => core.gateway.db.share(newPayments, each)));
  expect(outcomes.map(({ status }) => status)).toEqual(all.map((each) => (each === bad ? "rejected" : "fulfilled")));
  expect(await written("payments", "id", idsOf(all))).toBe(11);
  expect(await written("events", "payment_id", idsOf(all))).toBe(11);
});

it("gives one invoice that is asked for many times at once a single payment, beside others", async () => {
  const invoice = "TOG-once";
  const same = Array.from({ length: 40 }, () => createPayment(core.gateway, core.owner, newPayment({ invoice })));
  const others = Array.from({ length: 40 }, (_, i) =>
    createPayment(core.gateway, core.owner, newPayment({ invoice: `TOG-beside-${i}` })),
  );
  expect(new Set((await Promise.all(same)).map(({ payment }) => payment.id)).size).toBe(1);
  expect(new Set((await Promise.all(others)).map(({ payment }) => payment.id)).size).toBe(40);
});

it("holds nobody up for long who only comes together with one that waits for a lock", async () => {
  const { gateway } = core;
  const patienceMs = 2_000;
  const held = await recorded({}, "held-key");
  Object.assign(held.record, { patienceMs });
  const another = await recorded({}, "held-key");
  const neighbours = await Promise.all(Array.from({ length: 10 }, () => recorded()));
  await gateway.db.transaction("payments.change", async (tx) => {
    // Another call is about the same key, and has not committed.
    await newRecordedPayments.alone((text, values) => tx.query(text, values), another);
    const began = performance.now();
    const share = (each: RecordedWriting) => gateway.db.share(newRecordedPayments, each);
    // Two are under way alone; the others, the waiting one among them, go together.
    const first = neighbours.slice(0, 5).map(share);
    const waiting = share(held);
    expect(await Promise.all([...first, ...neighbours.slice(5).map(share)])).toEqual(neighbours.map(() => 1));
    // The one that waits has all of its patience, and more than that nobody would notice who did not wait with it.
    expect(performance.now() - began).toBeLessThan(patienceMs);
    expect(await waiting).toBeUndefined();
  });
  expect(await written("payments", "id", idsOf(neighbours))).toBe(10);
});

it("writes payments that come at once by few statements, and so waits for the disk as few times", async () => {
  let statements = 0;
  const { share } = shareStatements((text, values) => {
    statements += 1;
    return write(text, values);
  });
  const all = await Promise.all(Array.from({ length: 150 }, () => writing()));
  expect(await Promise.all(all.map((each) => share(newPayments, each)))).toEqual(all.map(() => 1));
  expect(statements).toBeLessThanOrEqual(5);
});

it("writes one that comes alone at once, by the statement for one", async () => {
  const texts: string[] = [];
  const { share } = shareStatements((text, values) => {
    texts.push(text);
    return write(text, values);
  });
  const made = share(newPayments, await writing());
  expect(texts).toHaveLength(1);
  expect(texts[0]).not.toContain("json_to_recordset");
  expect(await made).toBe(1);
});

it("counts what waits to be written with others among what waits for the database, by which overload is known", async () => {
  const all = await Promise.all(Array.from({ length: 30 }, () => writing()));
  const made = all.map((each) => core.gateway.db.share(newPayments, each));
  expect(core.gateway.db.waiting).toBeGreaterThanOrEqual(28);
  await Promise.all(made);
  expect(core.gateway.db.waiting).toBe(0);
});
