import { hkdfSync } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import path from "node:path";
import { expect, it } from "vitest";
import { deliverDue } from "../callbacks/deliver.ts";
import { importMerchantKey } from "../merchants/import-merchant-key.ts";
import { modeOfKey } from "../merchants/key-format.ts";
import { writeKeyUses } from "../merchants/write-key-uses.ts";
import { requeryDue } from "../payments/requery-due.ts";
import { createLog } from "../seams/log.ts";
import { type Canary, createSpotter } from "../testing/canaries/canary.ts";
import { buyersData, strangersSecrets } from "../testing/canaries/flock.ts";
import { type AtHand, brokenRequests, type Misplaced, wrongPlaces } from "../testing/canaries/wrong-places.ts";
import { openVisitor } from "../testing/checkout-visitor.ts";
import { furtherKey, manyRefusals } from "../testing/further-key.ts";
import { sendBytes } from "../testing/fuzz/dirty-bytes.ts";
import { ownerDb } from "../testing/owner-db.ts";
import { tellFigures } from "../testing/tell-figures.ts";
import { testClock } from "../testing/test-clock.ts";
import { openTestGateway, type TestGateway } from "../testing/test-gateway.ts";
import { wholeDatabase } from "../testing/whole-database.ts";

const redisPassword = "redispasswordC4naryQ7xW2";
const settings = {
  ...manyRefusals,
  ...{ KINETICPAY_REQUEST_LOG_DAYS: "30", KINETICPAY_KEY_RATE: "1000000", KINETICPAY_KEY_BURST: "1000000" },
  ...{ KINETICPAY_KEY_CONCURRENCY: "10000", KINETICPAY_OVERLOAD_DELAY_MS: "60000" },
  // Nobody listens there, so the gateway has something to say about it.
  REDIS_URL: `redis://default:${redisPassword}@127.0.0.1:9`,
};

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Sends a request as it is, and gives the whole answer: its status and headers too. */
function sender(test: TestGateway) {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const { hostname: host, port } = new URL(test.url);
  const send = ({ method, path: target, headers, body }: Misplaced): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const call = request({ host, port, method, path: target, headers, agent }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk)).on("error", reject);
        answer.on("end", () => {
          const text = `${answer.statusCode} ${answer.rawHeaders.join("\n")}\n\n${Buffer.concat(chunks).toString("utf8")}`;
          resolve({ status: answer.statusCode ?? 0, text });
        });
      });
      // What is too long may be refused before it was sent whole.
      call.on("error", () => resolve({ status: 0, text: "" }));
      call.end(body);
    });
  return { send, close: () => agent.destroy() };
}

/** The secrets that the gateway itself holds or gives out, in every way in which it does. */
async function ownSecrets(
  test: TestGateway,
  call: (method: string, at: string, body?: unknown) => Promise<never>,
): Promise<Canary[]> {
  const { merchant, gateway } = test;
  const fileOf = (...names: string[]) => readFile(path.join(gateway.config.dataDirectory, ...names), "utf8");
  const masterKey = (await fileOf("master.key")).trim();
  const made: { id: string; key: string } = await call("POST", "/api_keys", { name: "Canary" });
  const rolled: { key: string } = await call("POST", `/api_keys/${made.id}/roll`, { overlap_hours: 1 });
  const merchantKeyMade: { key: string } = await call("POST", "/api_keys", { name: "Canary", kind: "merchant_key" });
  const collection: { merchant_key: { key: string }; signing_secret: string } = await call("POST", "/collections", {
    ...{ name: "Canary", website: "https://canary.example" },
  });
  const imported = "hosted: key/canary+0123456789=end";
  await importMerchantKey(gateway, { kind: "operator", name: "Aminah" }, merchant.collectionId, {
    key: imported,
    name: "",
  });
  const callbackKey = (key: string) => Buffer.from(hkdfSync("sha256", key, "", "kineticpay callback v1", 32));
  const privateKey = await fileOf("fpx", "sandbox-exchange.key");
  return [
    ...[merchant.apiKey.key, made.key, rolled.key].map((text) => ({ what: "an API key", text })),
    ...[merchant.merchantKey.key, merchantKeyMade.key, collection.merchant_key.key, imported].flatMap((text) => [
      { what: "a merchant key", text },
      { what: "a callback key", text: callbackKey(text).toString("hex") },
      { what: "a callback key in base64", text: callbackKey(text).toString("base64") },
    ]),
    ...[merchant.signingSecret, collection.signing_secret].map((text) => ({ what: "a signing secret", text })),
    { what: "the master key", text: masterKey },
    { what: "the master key in hexadecimal", text: Buffer.from(masterKey, "base64").toString("hex") },
    ...privateKey
      .split("\n")
      .slice(3, 6)
      .map((text) => ({ what: "a line of the FPX private key", text })),
    { what: "the password of Redis", text: redisPassword },
  ];
}

async function forEachOf<T>(list: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...list];
  const worker = async () => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) await work(next);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

/** A payment with all that a shop may tell, through to its end, its callbacks to nowhere, and a database that breaks. */
async function livePayments(test: TestGateway, advance: (ms: number) => void, failures: string[]): Promise<AtHand> {
  const { gateway, merchant } = test;
  const data = Object.fromEntries(Object.entries(buyersData).map(([name, { text }]) => [name, text]));
  const { name, email, phone, description, callbackToken } = data;
  const wish = (invoice: string) => ({
    ...{ amount: 1250, invoice, description, buyer: { name, email, phone }, metadata: { note: data["metadata"] } },
    ...{
      success_url: `https://shop.example/a?t=${callbackToken}`,
      failure_url: `https://shop.example/b?t=${callbackToken}`,
    },
    callback_url: `http://127.0.0.1:9/hook/${callbackToken}?token=${callbackToken}`,
  });
  const create = async (invoice: string) => {
    const { status, body } = await test.call("POST", "/api/v2/payments", wish(invoice));
    if (status !== 200) failures.push(JSON.stringify(body));
    return body as { id: string; checkout_url: string; code?: string };
  };
  const visitor = openVisitor(test);
  const payment = await create("CANARY-1");
  const checkoutPath = new URL(payment.checkout_url).pathname;
  const handle = { checkoutId: checkoutPath.split("/")[2] ?? "" } as Parameters<typeof visitor.goToBank>[0];
  await visitor.decide(await visitor.goToBank(handle), "51");
  const undecided = await visitor.goToBank(handle);
  await visitor.control("/scripts", { match: { any: true }, ae: "garbage" });
  await test.call("POST", `/api/v2/payments/${payment.id}/requery`);
  advance(200_000);
  await requeryDue(gateway);
  await visitor.control("/reset", {});
  await visitor.post(
    "/fpx/indirect",
    Object.fromEntries(new URLSearchParams(`fpx_sellerExOrderNo=${undecided.orderNumber}`)),
  );
  for (let i = 0; i < 3; i += 1) {
    await deliverDue(gateway);
    advance(3_600_000);
  }
  await create("CANARY-2");
  const owner = ownerDb(test.database);
  await owner.query("alter table payments rename to payments_away");
  expect((await create("CANARY-3")).code).toBe("internal_error");
  await owner.query("alter table payments_away rename to payments");
  await owner.close();
  for (const change of [
    { amount: 5 },
    { amount: 9_999 },
    { buyer: { name, emial: email } },
    { callback_url: `x://${callbackToken}` },
  ])
    failures.push(
      JSON.stringify((await test.call("POST", "/api/v2/payments", { ...wish("CANARY-2"), ...change })).body),
    );
  return { apiKey: merchant.apiKey.key, merchantKey: merchant.merchantKey.key, paymentId: payment.id, checkoutPath };
}

it("lets no secret be seen in log, database, events, request log or answer, wherever it is put", {
  timeout: 180_000,
}, async () => {
  const lines: string[] = [];
  const log = createLog("trace", { write: (line) => void lines.push(line) });
  const clock = testClock();
  const test = await openTestGateway({ settings, log, clock });
  const { send, close } = sender(test);
  const manager = await furtherKey({ ...test, owner: { collectionId: test.merchant.collectionId } } as never);
  const call = async (method: string, at: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${manager.key}`, "content-type": "application/json" };
    const answer = await send({ method, path: `/api/v2${at}`, headers, body: JSON.stringify(body) });
    if (answer.status !== 200) throw new Error(answer.text);
    return JSON.parse(answer.text.slice(answer.text.indexOf("\n\n"))) as never;
  };
  const canaries: Canary[] = [
    ...strangersSecrets,
    ...Object.values(buyersData),
    { what: "an API key", text: manager.key },
  ];
  canaries.push(...(await ownSecrets(test, call)));
  expect(canaries.length).toBeGreaterThan(30);

  const failures: string[] = [];
  const atHand = await livePayments(test, (ms) => clock.advance(ms), failures);
  const secrets = canaries.filter(({ keptIn }) => keptIn === undefined);
  const [all, spotter] = [createSpotter(canaries), createSpotter(secrets)];
  const sightings: unknown[] = [];
  const look = (place: string, text: string, through = all) => {
    for (const { canary, around } of through.find(text)) sightings.push({ place, what: canary.what, around });
  };
  let sent = 0;
  const port = Number(new URL(test.url).port);
  for (const { text } of secrets) {
    await forEachOf(wrongPlaces(text, atHand), async (misplaced) => {
      look(`answer to ${misplaced.method} ${misplaced.path}`, (await send(misplaced)).text, spotter);
      sent += 1;
    });
    await forEachOf(brokenRequests(text), async (bytes) =>
      look("answer to a broken request", await sendBytes(port, bytes, bytes.length), spotter),
    );
  }
  await writeKeyUses(test.gateway, true);
  const openapi = await send({ method: "GET", path: "/openapi.json", headers: {}, body: "" });
  close();
  const rows = await test.gateway.db.query<{ count: number }>(
    "select (select count(*) from request_log) + (select count(*) from request_log_of_strangers) as count",
  );
  const database = await wholeDatabase(test.gateway.db);
  await test.close();

  for (const [place, text] of Object.entries({
    log: lines.join("\n"),
    failures: failures.join("\n"),
    OpenAPI: openapi.text,
  }))
    look(place, text);
  for (const row of database.split("\n")) {
    const table = row.slice(0, row.indexOf(" "));
    for (const { canary, around } of all.find(row))
      if (canary.keptIn?.includes(table) !== true) sightings.push({ place: table, what: canary.what, around });
  }
  tellFigures("canaries", {
    canaries: canaries.length,
    requests: sent,
    logLines: lines.length,
    bytes: database.length,
  });
  expect(sightings.slice(0, 20)).toEqual([]);
  // What is searched is there to be found in: the log spoke, the calls were noted, and kept data is found where it is kept.
  expect(rows[0]?.count).toBeGreaterThan(100);
  expect(lines.length).toBeGreaterThan(10);
  for (const { what, text } of Object.values(buyersData)) expect(database.includes(text), what).toBe(true);
  expect(openapi.status).toBe(200);
  const wellFormed = openapi.text.match(/kp_(?:test|live)_[0-9A-Za-z]{36}/g) ?? [];
  expect(wellFormed.filter((key) => modeOfKey(key) !== undefined)).toEqual([]);
});
