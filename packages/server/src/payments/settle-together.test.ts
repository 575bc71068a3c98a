import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Row, RunStatement } from "../db/db.ts";
import { shareStatements } from "../db/shared-statements.ts";
import type { Gateway } from "../gateway.ts";
import type { Outcome } from "../rails/rail.ts";
import { railMessage } from "../testing/rail-message.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { type SettlementScene, settlementScene } from "../testing/settlement-scene.ts";
import { storedOfPayment } from "../testing/stored-of-payment.ts";
import { type TestClock, testClock } from "../testing/test-clock.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { createEndpoint } from "../webhooks/change-endpoints.ts";
import { cancelPayment } from "./change-payment.ts";
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
  await createEndpoint(core.gateway, { kind: "operator", name: "test" }, core.owner.merchantId, {
    url: "https://shop.example/hooks",
    description: "",
    eventTypes: ["*"],
    collectionId: null,
  });
});
afterAll(async () => {
  await twin.close();
  await core.close();
});

type Message = ReturnType<typeof railMessage>;
type Said = readonly [Attempt, Outcome, Route?, Parameters<typeof railMessage>[2]?];
const settling = (gateway: Gateway, message: Message, route: Route = "direct") => ({ gateway, route, message });
const paid = (attempt: Attempt, gateway = core.gateway) => settling(gateway, railMessage(attempt, "succeeded"));
const settle = (gateway: Gateway, attempt: Attempt, outcome: Outcome = "succeeded", route: Route = "direct") =>
  settlePayment(gateway, route, railMessage(attempt, outcome));
const query: RunStatement = (text, values) => core.gateway.db.query(text, [...values]);

const tables = [
  "payments",
  "attempts",
  "bank_messages",
  "ledger_transactions",
  "ledger_postings",
  "ledger_unsealed",
  "events",
  "deliveries",
  "cases",
];
async function rowsOf(run: (text: string) => Promise<Row[]>): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const table of tables) found[table] = await run(`select t::text as row from ${table} t order by 1`);
  return found;
}
const awkward = `naïve "quotes" \\ back-slash, {braces}, 'single', emoji 😀, tab\t and a\nline`;

/** Messages of all sorts about payments of all sorts, each of another invoice. */
async function everySort(): Promise<Said[]> {
  const expired = await scene.handOff({ expiresInS: 60 });
  await settle(core.gateway, expired, "failed");
  const invoice = "STG-sibling";
  const early = await scene.handOff({ invoice, expiresInS: 60 });
  await settle(core.gateway, early, "failed");
  clock.advance(61_000);
  await expireDue(core.gateway);
  await settle(core.gateway, await scene.handOff({ invoice }));
  const twice = await scene.handOff({ callbackUrl: "https://shop.example/twice" });
  const second = await scene.again(twice);
  await settle(core.gateway, twice);
  const done = await scene.handOff();
  await settle(core.gateway, done);
  const many = {
    description: awkward,
    buyer: { name: awkward, email: "a@b.example" },
    metadata: { text: awkward, number: 1.5, yes: true, none: null },
    callbackUrl: "https://shop.example/callback",
  };
  return [
    [await scene.handOff(many), "succeeded", "direct", { details: { buyerName: awkward } }],
    [await scene.handOff({ ...many, protocol: "wire" }), "succeeded", "enquiry", { creditUnconfirmed: true }],
    [await scene.handOff({ protocol: "wire", callbackUrl: null }), "failed"],
    [await scene.handOff(), "pending", "direct", { knownCode: false, code: "Q9" }],
    [await scene.handOff(), "awaiting_approval"],
    [await scene.handOff(), "uncertain", "enquiry"],
    [await scene.handOff(), "not_found", "enquiry"],
    [await scene.handOff(), "succeeded", "indirect"],
    [expired, "succeeded"],
    [early, "succeeded"],
    [second, "succeeded"],
    [done, "failed"],
  ];
}

/** Gives the same ids every time, in the order in which they are asked for. */
function steady(): Gateway {
  const random = seededRandom(7);
  const bytes = (length: number) => Uint8Array.from({ length }, () => Math.floor(random() * 256));
  return { ...core.gateway, random: { bytes, fraction: random } };
}

it("reads no table from end to end, also by plans that were made while there was next to nothing in it", async () => {
  const attempts = await scene.handOffs(20);
  const superuser = new pg.Client(core.database.superuser);
  await superuser.connect();
  await superuser.query("analyze");
  await superuser.end();
  const scanned = await core.gateway.db.rehearse(async (db) => {
    const write: RunStatement = (text, values) => db.query(text, values);
    // Of the first few times each is planned by itself, and then one plan is kept.
    for (const attempt of attempts.slice(0, 10)) await settlements.alone(write, paid(attempt));
    await settlements.together(
      write,
      attempts.slice(10).map((attempt) => paid(attempt)),
    );
    return db.query(`select relname, seq_scan from pg_stat_xact_user_tables
      where relname in ('payments', 'attempts', 'bank_messages', 'cases') order by relname`);
  });
  expect(scanned).toEqual(
    ["attempts", "bank_messages", "cases", "payments"].map((relname) => ({ relname, seq_scan: 0 })),
  );
});

it("writes together, to the last byte, what would have been written one by one", async () => {
  const said = await everySort();
  const differing = railMessage(await scene.handOff(), "succeeded");
  const all = (gateway: Gateway) => [
    ...said.map(([attempt, outcome, route, more]) => settling(gateway, railMessage(attempt, outcome, more), route)),
    settling(gateway, { ...differing, facts: { ...differing.facts, amount: "1.00" } }),
  ];
  const leftBehind = (work: (write: RunStatement, of: ReturnType<typeof all>) => Promise<unknown>) =>
    core.gateway.db.rehearse(async (db) => {
      const result = await work((text, values) => db.query(text, values), all(steady()));
      return { result, rows: await rowsOf((text) => db.query(text)) };
    });
  const oneByOne = await leftBehind(async (write, each) => {
    const outcomes = [];
    for (const one of each) outcomes.push(await settlements.alone(write, one));
    return outcomes;
  });
  expect(oneByOne.result).toMatchObject(
    [
      ["paid", "paid", "failed", "pending", "awaiting_approval", "uncertain", "not_found", "hint"],
      ["late_success", "late_success", "duplicate_success", "contradicts", "facts_differ"],
    ]
      .flat()
      .map((effect) => ({ effect })),
  );
  expect(await leftBehind((write, each) => settlements.together(write, each))).toEqual(oneByOne);
});

const seed = Number(process.env["TEST_SEED"] ?? Date.now() % 1_000_000);
it(`ends, with everything at once in two processes, as it would have one after the other (seed ${seed})`, async () => {
  const random = seededRandom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const outcomes: Outcome[] = ["succeeded", "succeeded", "pending", "awaiting_approval", "failed", "uncertain"];
  const routes: Route[] = ["direct", "indirect", "enquiry"];
  const scripts = Array.from({ length: 25 }, () => ({
    attempts: random() < 0.3 ? 2 : 1,
    protocol: pick(["v2", "wire"] as const),
    isCancelled: random() < 0.2,
    said: Array.from({ length: 5 }, () => [Math.floor(random() * 2), pick(outcomes), pick(routes), random()] as const),
  }));
  /** The same payments again, of which one is then told of one after the other, and the other all at once. */
  const prepare = (invoices: string) =>
    Promise.all(
      scripts.map(async ({ attempts: count, protocol }, index) => {
        const change = { protocol, callbackUrl: "https://shop.example/cb" };
        const first = await scene.handOff({ invoice: `${invoices}-${seed}-${index}`, ...change });
        return count === 1 ? [first] : [first, await scene.again(first)];
      }),
    );
  const play = async (attempts: readonly Attempt[], index: number) => {
    for (const [at, outcome, route, where] of scripts[index]?.said ?? []) {
      const attempt = attempts[at % attempts.length];
      if (attempt !== undefined) await settle(where < 0.5 ? core.gateway : twin.gateway, attempt, outcome, route);
    }
    const { collectionId } = core.owner;
    if (scripts[index]?.isCancelled)
      await cancelPayment(core.gateway, collectionId, attempts[0]?.paymentId ?? "").catch(() => undefined);
  };
  const stored = (all: readonly (readonly Attempt[])[], invoices: string) =>
    Promise.all(
      all.map(([first], index) =>
        storedOfPayment(core.gateway.db, first?.paymentId ?? "", `${invoices}-${seed}-${index}`),
      ),
    );
  const [one, other] = [await prepare("ONE"), await prepare("ALL")];
  for (const [index, attempts] of one.entries()) await play(attempts, index);
  await Promise.all(other.map(play));
  const expected = await stored(one, "ONE");
  expect(expected.flat().length).toBeGreaterThan(scripts.length * 5);
  expect(await stored(other, "ALL")).toEqual(expected);
});

it("settles what comes at once by few statements, and so waits for the disk as few times", async () => {
  const attempts = await scene.handOffs(150);
  let statements = 0;
  const { share } = shareStatements((text, values) => {
    statements += 1;
    return query(text, values);
  });
  const outcomes = await Promise.all(attempts.map((attempt) => share(settlements, paid(attempt))));
  expect(outcomes.map((each) => (typeof each === "string" ? each : each.effect))).toEqual(attempts.map(() => "paid"));
  expect(statements).toBeLessThanOrEqual(10);
});

it("settles one that comes alone at once, by a statement that reads and one that writes", async () => {
  const [attempt] = await scene.handOffs(1);
  if (attempt === undefined) throw new Error("nothing was handed off");
  let statements = 0;
  const counting: RunStatement = (text, values) => {
    statements += 1;
    return query(text, values);
  };
  const settled = shareStatements(counting).share(settlements, paid(attempt));
  expect(statements).toBe(1);
  expect(await settled).toMatchObject({ effect: "paid" });
  expect(statements).toBe(2);
});
