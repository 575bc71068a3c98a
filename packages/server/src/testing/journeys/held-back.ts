import type { ErrorBody } from "@kineticpay/contract/errors/error-body";
import pg from "pg";
import { inject } from "vitest";
import type { Db } from "../../db/db.ts";
import { nameOf } from "../../http/openapi/operations.ts";
import { wireRoutes } from "../../http/openapi/wire-operations.ts";
import { routes } from "../../http/routes/index.ts";
import type { TestGateway } from "../test-gateway.ts";
import type { Sent } from "../traveller.ts";
import { wireCall } from "./wire-refusals.ts";
import { paymentBody, type World } from "./world.ts";

interface Made {
  readonly key: string;
}

/** Settings of a gateway whose keys are soon spent. */
export const soonSpent = { KINETICPAY_KEY_RATE: "1", KINETICPAY_KEY_BURST: "10" };
/** So many calls of one key at a time. */
export const fewAtOnce = { KINETICPAY_KEY_CONCURRENCY: "3" };
/** Statements that may wait for the database before lists are refused; new payments are at four times that. */
export const shortQueue = { KINETICPAY_OVERLOAD_WAITING: "5" };

/** Every operation that takes a key, with a call that carries this one. */
function callsWith(apiKey: string, merchantKey: string): readonly (readonly [string, Sent])[] {
  const v2 = routes.filter((route) => route.public !== true).map((route) => [nameOf(route), { key: apiKey }] as const);
  return [...v2, ...wireRoutes.map(nameOf).map((name) => [name, wireCall(name, merchantKey)] as const)];
}

const codeOf = async (answer: Response) => ((await answer.json()) as Partial<ErrorBody>).code;

/** Calls until the key is spent. */
async function spend(url: string, sent: Sent): Promise<void> {
  const query = sent.query === undefined ? "" : `?${new URLSearchParams(sent.query)}`;
  const headers = sent.key === null ? {} : { authorization: `Bearer ${sent.key}` };
  while ((await codeOf(await fetch(`${url}${query}`, { headers }))) !== "rate_exceeded");
}

/** Every operation, by a key that has called too often. Goes to a gateway where that takes few calls. */
export async function callTooOften({ traveller, test, merchantKey }: World): Promise<void> {
  const { key } = test.merchant.apiKey;
  for (const [operation, sent] of callsWith(key, merchantKey)) {
    const isWire = sent.key === null;
    const knock = isWire ? wireCall("GET /payment/status", merchantKey) : { key };
    for (let left = 5; ; left -= 1) {
      await spend(`${test.url}${isWire ? "/payment/status" : "/api/v2/ping"}`, knock);
      // On a slow machine a second may pass in between, and the key may call once more.
      const isSpent = await traveller.fails("rate_exceeded", operation, sent).then(
        () => true,
        (error) => left === 0 && Promise.reject(error),
      );
      if (isSpent) break;
    }
  }
}

/** Keeps a payment locked until told otherwise, so that whoever asks for its invoice with another amount has to wait. */
async function lockInvoice(db: Db, invoice: string): Promise<() => Promise<void>> {
  return hold((isHeld, released) =>
    db.transaction("payments.change", async (tx) => {
      await tx.query("select id from payments where invoice = $1 for update", [invoice]);
      isHeld();
      await released;
    }),
  );
}

/** Begins work that lasts until it is released; resolves when it has begun. */
async function hold(
  work: (isHeld: () => void, released: Promise<void>) => Promise<unknown>,
): Promise<() => Promise<void>> {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let over: Promise<unknown> = Promise.resolve();
  await new Promise<void>((resolve) => {
    over = work(resolve, released);
  });
  return async () => {
    release();
    await over;
  };
}

const post = (url: string, key: string | null, body: unknown) =>
  fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...(key === null ? {} : { authorization: `Bearer ${key}` }) },
    body: JSON.stringify(body),
  });

/** Every operation, by keys that have as many calls under way as they may. */
export async function callTooMuchAtOnce(world: World): Promise<void> {
  const { traveller, test } = world;
  const make = async (kind: string) =>
    (await traveller.ok<Made>("POST /api/v2/api_keys", { body: { kind, name: "busy" } })).key;
  const [api, merchant] = [await make("api_key"), await make("merchant_key")];
  await traveller.ok("POST /api/v2/payments", { body: paymentBody("20009") });
  const release = await lockInvoice(test.gateway.db, "20009");
  const many = Array.from({ length: Number(fewAtOnce.KINETICPAY_KEY_CONCURRENCY) });
  const changed = { ...(wireCall("POST /payment/create", merchant).body as object), invoice: "20009" };
  let isOver = false;
  // A call gives up waiting for the lock after a while, and another takes its place.
  const keepBusy = async (call: () => Promise<Response>) => {
    while (!isOver) await (await call()).text();
  };
  const waiting = many.flatMap(() => [
    keepBusy(() => post(`${test.url}/api/v2/payments`, api, paymentBody("20009", { amount: 1500 }))),
    keepBusy(() => post(`${test.url}/payment/create`, null, { ...changed, amount: "15.00" })),
  ]);
  for (const [operation, sent] of callsWith(api, merchant)) {
    // It may come while one of those that keep the key busy is yet to arrive.
    for (let left = 200; ; left -= 1) {
      const isBusy = await traveller.fails("concurrency_exceeded", operation, sent).then(
        () => true,
        (error) => left === 0 && Promise.reject(error),
      );
      if (isBusy) break;
    }
  }
  isOver = true;
  await release();
  await Promise.all(waiting);
}

/** Every operation, while the gateway has more to do than it can. */
export async function callInARush({ traveller, test }: World): Promise<void> {
  const { db } = test.gateway;
  const connections = Number(test.gateway.config.databasePool);
  const releases = await Promise.all(
    Array.from({ length: connections }, () =>
      hold((isHeld, released) =>
        db.transaction("payments.change", async () => {
          isHeld();
          await released;
        }),
      ),
    ),
  );
  const queued = Array.from({ length: Number(shortQueue.KINETICPAY_OVERLOAD_WAITING) * 8 }, () => db.query("select 1"));
  // Whoever has waited in vain for a connection has helped to fill the queue all the same.
  const over = Promise.allSettled(queued);
  for (const operation of [...routes, ...wireRoutes].map(nameOf)) await traveller.fails("overloaded", operation);
  for (const release of releases) await release();
  await over;
  // A moment passes until the gateway knows that the rush is over.
  const knock = () => fetch(`${test.url}/api/v2/payments`).then(codeOf);
  while ((await knock()) === "overloaded");
}

/** Ends the gateway's sessions, and lets it begin no others. */
async function shutOut({ gateway }: TestGateway): Promise<void> {
  const [row] = await gateway.db.query<{ name: string }>("select current_database() as name");
  const name = row?.name ?? "";
  // Only whoever runs the database can do that.
  const client = new pg.Client({ ...inject("postgres"), database: "postgres", user: "postgres" });
  await client.connect();
  await client.query(`alter database "${name}" with allow_connections false`);
  await client.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [name]);
  await client.end();
}

/** Every operation that needs the database, while that lets nobody in. Nothing works afterwards. */
export async function callWithoutDatabase({ traveller, test, merchantKey }: World): Promise<void> {
  await shutOut(test);
  test.gateway.knownKeys.forget();
  for (const [operation, sent] of callsWith(test.merchant.apiKey.key, merchantKey))
    await traveller.fails("database_unavailable", operation, sent);
}
