import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Db, Queryable, RunStatement, SharedRead, Tx } from "../db/db.ts";
import { scopes } from "../merchants/api-keys.ts";
import { createMerchant, type NewMerchant } from "../merchants/create-merchant.ts";
import { newApiKey } from "../merchants/key-format.ts";
import type { CommitName } from "../seams/crash-points.ts";
import { callApi } from "../testing/call-api.ts";
import { manyRefusals } from "../testing/further-key.ts";
import { openTestApp, type RawAnswer, type RawRequest, type TestApp } from "../testing/test-app.ts";
import { testClock } from "../testing/test-clock.ts";
import { documentFile } from "./openapi/index.ts";
import { nameOf } from "./openapi/operations.ts";
import { routes } from "./routes/index.ts";

/** What a call had the database do: each statement, and how many rows it gave. */
const statements: string[] = [];
/** Not of any one call: the log is written in batches, and the list of rules is read once a second for everybody. */
const ofNoCall = [/insert into request_log/, /from fault_rules order by id limit 5000/];

function note(text: string, rows: readonly unknown[]): void {
  if (!ofNoCall.some((each) => each.test(text))) statements.push(`${rows.length} rows of ${text}`);
}

function recording<T extends Queryable>(inner: T): T {
  return Object.assign(Object.create(inner) as T, {
    async query<R>(text: string, values?: readonly unknown[]) {
      const rows = await inner.query<R>(text, values);
      note(text, rows);
      return rows;
    },
  });
}

function recordingDb(db: Db): Db {
  return Object.assign(recording(db), {
    transaction<T>(name: CommitName, work: (tx: Tx) => Promise<T>) {
      statements.push(`transaction ${name}`);
      return db.transaction(name, (tx) => work(recording(tx)));
    },
    // Alone in its statement, as a call is that nobody else comes with.
    shareRead<I, R>(of: SharedRead<I, R>, input: I) {
      const read: RunStatement = async <Found>(text: string, values: readonly unknown[]) => {
        const rows = await db.query<Found>(text, values);
        note(text, rows);
        return rows;
      };
      return of.alone(read, input);
    },
    async write<R>(name: CommitName, text: string, values?: readonly unknown[]) {
      const rows = await db.write<R>(name, text, values);
      note(text, rows);
      return rows;
    },
  });
}

let app: TestApp;
let own: NewMerchant;
let other: NewMerchant;
/** What another merchant has, by the noun in the path. */
let theirs: Readonly<Record<string, string>>;
let bodies: Readonly<Record<string, Readonly<Record<string, Operation>>>>;

interface Operation {
  readonly requestBody?: { readonly content: { readonly "application/json": { readonly example?: unknown } } };
}

const prefix = "kp_test_";
const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** Of thirty letters that are chance. */
const kept = 26;

const order = {
  amount: 1250,
  invoice: "20001",
  success_url: "https://shop.example/a",
  failure_url: "https://shop.example/b",
};

beforeAll(async () => {
  // A clock that stands still: a logged call is looked for longer while it is young.
  const options = { settings: manyRefusals, clock: testClock() };
  app = await openTestApp({ ...options, change: (gateway) => ({ db: recordingDb(gateway.db) }) });
  const shop = { name: "Kedai", collectionName: "Main", website: "https://shop.example", scopes };
  own = await createMerchant(app.gateway, shop);
  other = await createMerchant(app.gateway, shop);
  const make = async (path: string, body: unknown) => {
    const made = await callApi(app, other.apiKey.key, "POST", `/api/v2${path}`, body);
    return String((made.body as { id?: unknown }).id);
  };
  const newest = async (path: string) => {
    const listed = await callApi(app, other.apiKey.key, "GET", `/api/v2${path}`);
    return String((listed.body as { data?: readonly { id?: unknown }[] }).data?.[0]?.id);
  };
  const endpoint = { url: "https://other.example/hook", events: ["payment.created"] };
  const webhookEndpoints = await make("/webhook_endpoints", endpoint);
  theirs = {
    webhook_endpoints: webhookEndpoints,
    payments: await make("/payments", order),
    collections: await make("/collections", { name: "Theirs", website: "https://other.example" }),
    api_keys: await make("/api_keys", { name: "Theirs" }),
    faults: await make("/sandbox/faults", { code: "internal_error", route: "POST /payment/create" }),
    // Of the payment that has just been made, which the endpoint is told of.
    events: await newest("/events?type=payment.created"),
    webhook_deliveries: await newest("/webhook_deliveries"),
    requests: (await callApi(app, other.apiKey.key, "GET", "/api/v2/ping")).headers["x-request-id"] as string,
  };
  bodies = (JSON.parse(await readFile(documentFile, "utf8")) as { paths: typeof bodies }).paths;
});
afterAll(() => app.close());

/** An id that was never given out, as old as the given one. */
const neverMade = (id: string) => `${id.slice(0, 14)}${"0".repeat(16)}`;

/** The answer without what was sent and what names or dates the call, and what the database had to do for it. */
async function told(raw: RawRequest, named: string): Promise<{ answer: unknown; done: readonly string[] }> {
  // Whether the caller's own key is still in memory is no part of what is compared.
  app.gateway.knownKeys.forget();
  statements.length = 0;
  const answer: RawAnswer = await app.send(raw);
  const done = [...statements];
  const { "x-request-id": id, date, ratelimit, ...headers } = answer.headers;
  const text = answer.text.replaceAll(named, "(named)").replaceAll(String(id), "(id)");
  return { answer: { status: answer.status, headers, text }, done };
}

function withKey(key: string, method: string, path: string, body?: unknown): RawRequest {
  const json = body === undefined ? {} : { "content-type": "application/json" };
  const headers = { authorization: `Bearer ${key}`, ...json };
  return { method, path, headers, body: body === undefined ? "" : JSON.stringify(body) };
}

const nounOf = (url: string) => /\/([a-z_]+)\/:id/.exec(url)?.[1] ?? "";
/** What belongs to nobody, and is the same for all. */
const ofEverybody = new Set(["banks"]);
const withId = routes.filter((route) => route.url.includes("/:id") && !ofEverybody.has(nounOf(route.url)));

describe("what belongs to another merchant is exactly as missing as what does not exist", () => {
  it.each(withId.map((route) => ({ name: nameOf(route), route })))("$name", async ({ route }) => {
    const noun = nounOf(route.url);
    const id = theirs[noun] ?? "";
    expect(id, `nothing is made for another merchant under /${noun}`).toMatch(/^[a-z]{3}_[0-9A-Z]{26}$/);
    const operation = bodies[route.url.replace(":id", "{id}")]?.[route.method.toLowerCase()];
    const body = operation?.requestBody?.content["application/json"].example;
    const ask = (which: string) =>
      told(withKey(own.apiKey.key, route.method, route.url.replace(":id", which), body), which);
    const foreign = await ask(id);
    expect(foreign.answer).toMatchObject({ status: 404, text: expect.stringContaining("resource_missing") });
    expect(foreign.done.length).toBeGreaterThan(1);
    expect(foreign).toEqual(await ask(neverMade(id)));
  });

  it.each([
    ["POST", "/api/v2/api_keys", "collection", "collections"],
    ["POST", "/api/v2/sandbox/faults", "key", "api_keys"],
  ])("%s %s, named as /%s", async (method, path, member, noun) => {
    const id = theirs[noun] ?? "";
    const ask = (which: string) =>
      told(
        withKey(own.apiKey.key, method, path, { [member]: which, ...(noun === "api_keys" && { drop: true }) }),
        which,
      );
    const foreign = await ask(id);
    expect(foreign.answer).not.toMatchObject({ status: 200 });
    expect(foreign).toEqual(await ask(neverMade(id)));
  });

  it.each(["GET", "POST"])("%s /payment/status, by its invoice", async (method) => {
    const ask = (invoice: string) => {
      const path = `/payment/status?merchant_key=${own.merchantKey.key}&invoice=${invoice}`;
      return told({ method, path, headers: {}, body: "" }, invoice);
    };
    const foreign = await ask(order.invoice);
    expect(foreign.answer).toMatchObject({ status: 404 });
    expect(foreign).toEqual(await ask("99999"));
  });
});

describe("a key that differs from a good one at its end is refused exactly as one that nobody has", () => {
  const unknown = () => newApiKey("sandbox", app.gateway.random);
  /** A key of the right form, check characters included, that begins with all but the last letters of another. */
  const likeBut = (good: string) => {
    const letters = [...good.slice(prefix.length, prefix.length + kept)].map((letter) => base62.indexOf(letter));
    const bytes = (count: number) => Buffer.from([...letters, ...app.gateway.random.bytes(count)]).subarray(0, count);
    const key = newApiKey("sandbox", { ...app.gateway.random, bytes });
    expect(key.slice(0, prefix.length + kept)).toBe(good.slice(0, prefix.length + kept));
    return key;
  };
  const shown = (key: string) => `${prefix}…${key.slice(-4)}`;

  it("on the v2 API", async () => {
    const ask = (key: string) => told(withKey(key, "GET", "/api/v2/ping"), shown(key));
    const near = await ask(likeBut(own.apiKey.key));
    expect(near.answer).toMatchObject({ status: 401, text: expect.stringContaining("key_invalid") });
    expect(near).toEqual(await ask(unknown()));
  });

  it("on the wire protocol", async () => {
    const ask = (key: string) => {
      const path = `/payment/status?merchant_key=${key}&invoice=1`;
      return told({ method: "GET", path, headers: {}, body: "" }, shown(key));
    };
    const near = await ask(likeBut(own.merchantKey.key));
    expect(near.answer).toMatchObject({ status: 401, text: expect.stringContaining("key_invalid") });
    expect(near).toEqual(await ask(unknown()));
  });
});
