import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type ErrorCode, errorCodes } from "@kineticpay/contract/errors/catalogue";
import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scopes } from "../../merchants/api-keys.ts";
import { createMerchant } from "../../merchants/create-merchant.ts";
import { formattedJson } from "../../testing/formatted-json.ts";
import { lookAround, manageCollections, manageKeys, noOperation } from "../../testing/journeys/account.ts";
import { sendBrokenHttp } from "../../testing/journeys/broken-http.ts";
import { rehearseTrouble } from "../../testing/journeys/faults.ts";
import { rehearseTheRest } from "../../testing/journeys/faults-of-ours.ts";
import {
  callInARush,
  callTooMuchAtOnce,
  callTooOften,
  callWithoutDatabase,
  fewAtOnce,
  shortQueue,
  soonSpent,
} from "../../testing/journeys/held-back.ts";
import { askTroubledBank, payOnline } from "../../testing/journeys/payments.ts";
import { beTurnedAway, sendRubbish } from "../../testing/journeys/refusals.ts";
import { repeatTooSoon, repeatUnderKey } from "../../testing/journeys/repeats.ts";
import { lookBack } from "../../testing/journeys/requests.ts";
import { beTold } from "../../testing/journeys/webhooks.ts";
import { shopAsEver } from "../../testing/journeys/wire.ts";
import { beTurnedAwayByWire } from "../../testing/journeys/wire-refusals.ts";
import type { World } from "../../testing/journeys/world.ts";
import { type PrismProxy, startPrism } from "../../testing/prism-proxy.ts";
import { steadyExamples } from "../../testing/steady-examples.ts";
import { openTestGateway, type TestGateway } from "../../testing/test-gateway.ts";
import { openTestShop, type TestShop } from "../../testing/test-shop.ts";
import { newTraveller, type Traveller } from "../../testing/traveller.ts";
import { routes } from "../routes/index.ts";
import { openapiDocument } from "./document.ts";
import { documentFile } from "./index.ts";
import type { Json, JsonObject } from "./json.ts";
import { listedErrors, wireErrors } from "./listed-errors.ts";
import { nameOf, operationId, type Recorded } from "./operations.ts";
import { wireRoutes } from "./wire-operations.ts";

let test: TestGateway;
let shop: TestShop;
/** One whose keys are soon spent, and which loses its database in the end. */
let poor: TestGateway;
let prism: PrismProxy;
let poorPrism: PrismProxy;
let traveller: Traveller;
let directory: string;
let document: JsonObject;

async function version(): Promise<string> {
  const text = await readFile(new URL("../../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/** The shop under the name that shops have in all examples. */
const inTheOpen = <T>(seen: T): T => JSON.parse(JSON.stringify(seen).replaceAll(shop.url, "https://shop.example")) as T;

/** Real answers, with what changes from run to run made steady. */
function recorded(startMs: number): ReadonlyMap<string, Recorded> {
  const origins = [test, poor].flatMap(({ url, simulator }) => [url, simulator.url]);
  const steady = steadyExamples(origins, startMs);
  const made = new Map<string, Recorded>();
  // What is no operation's is answered too, and is among the examples that all share.
  for (const name of [...[...routes, ...wireRoutes].map(nameOf), noOperation]) {
    const sight = traveller.seen.get(name);
    if (sight === undefined) continue;
    // Some were answered at the same time, in whatever order.
    const failures = Object.fromEntries([...sight.failures].sort(([one], [other]) => one.localeCompare(other)));
    const { request, answer } = inTheOpen(sight) as { request?: Json; answer: Json };
    made.set(name, steady({ ...(request === undefined ? {} : { request }), answer, failures: failures as never }));
  }
  return made;
}

/** One answer is described wrongly, to see that the proxy looks at answers at all. */
function withUntruth(sound: JsonObject): JsonObject {
  const schema = { type: "object", required: ["nonsense"] };
  const untruth = { responses: { "200": { description: "OK", content: { "application/json": { schema } } } } };
  return { ...sound, paths: { ...(sound["paths"] as JsonObject), "/health": { get: untruth } } };
}

beforeAll(async () => {
  const startMs = Date.now();
  // Whoever is turned away from every route would soon be told to wait.
  const patient = { KINETICPAY_ADDRESS_BURST: "100000", KINETICPAY_ADDRESS_RATE: "100000" };
  test = await openTestGateway({ settings: { ...patient, ...fewAtOnce, ...shortQueue } });
  poor = await openTestGateway({ settings: { ...patient, ...soonSpent } });
  shop = await openTestShop();
  const owner = await createMerchant(test.gateway, {
    name: "Kedai Contoh",
    collectionName: "Main",
    website: "https://shop.example",
    scopes,
  });
  directory = await mkdtemp(path.join(tmpdir(), "kp-openapi-"));
  const draft = path.join(directory, "openapi.json");
  await writeFile(draft, JSON.stringify(withUntruth(await openapiDocument(await version(), new Map()))));
  [prism, poorPrism] = await Promise.all([startPrism(draft, test.url), startPrism(draft, poor.url)]);
  const main = newTraveller(prism.url, test.url, owner.apiKey.key);
  traveller = main;
  const world: World = { test, traveller, merchantKey: owner.merchantKey.key, shop };
  const poorWorld: World = {
    test: poor,
    traveller: newTraveller(poorPrism.url, poor.url, poor.merchant.apiKey.key, main),
    merchantKey: poor.merchant.merchantKey.key,
    shop,
  };
  for (const journey of journeys) await journey(world);
  await Promise.all([sendBrokenHttp(world), askTroubledBank(world), repeatTooSoon(world)]);
  for (const journey of [callTooOften, callWithoutDatabase]) await journey(poorWorld);
  await rehearseTheRest(world);
  document = await openapiDocument(await version(), recorded(startMs));
}, 300_000);
afterAll(async () => {
  await Promise.all([prism?.close(), poorPrism?.close()]);
  await Promise.all([test?.close(), poor?.close()]);
  await shop?.close();
  await rm(directory, { recursive: true, force: true });
});

/** Everything that programs do here, and everything that they do wrong. */
const journeys: readonly ((world: World) => Promise<void>)[] = [
  lookAround,
  payOnline,
  repeatUnderKey,
  lookBack,
  manageCollections,
  manageKeys,
  rehearseTrouble,
  shopAsEver,
  beTold,
  beTurnedAway,
  beTurnedAwayByWire,
  sendRubbish,
  callTooMuchAtOnce,
  callInARush,
];

const outcomes = (name: string) => traveller.seen.get(name)?.outcomes ?? new Set<string>();

it("describes every call and answer so that a validating proxy finds nothing to object to", () => {
  expect(traveller.violations).toEqual([]);
});

it("is judged by a proxy that does object to an answer and to a call that are not as described", async () => {
  const objections = async (path: string) => (await fetch(`${prism.url}${path}`)).headers.get("sl-violations");
  expect(await objections("/health")).toContain("nonsense");
  expect(await objections("/api/v2/payments?limit=0")).toContain("limit");
});

describe.each(routes.map((route) => ({ name: nameOf(route), route })))("$name", ({ name, route }) => {
  it("succeeds, and gives every error that it lists", () => {
    // A defect of ours cannot be asked for without a key to rehearse it with.
    const untold = route.public === true ? ["internal_error"] : [];
    const listed = ["200", ...listedErrors(route)].filter((each) => !untold.includes(each));
    expect(listed.filter((each) => !outcomes(name).has(each))).toEqual([]);
  });

  it("gives no error that it does not list", () => {
    const listed = new Set<string>(["200", ...listedErrors(route)]);
    expect([...outcomes(name)].filter((each) => !listed.has(each))).toEqual([]);
    expect(route.errors.filter((code) => !errorCodes.includes(code))).toEqual([]);
  });
});

it.each(wireRoutes.map((route) => ({ name: nameOf(route), route })))(
  "$name succeeds, and gives every error that it lists and no other",
  ({ name, route }) => {
    expect([...outcomes(name)].sort()).toEqual(["200", ...wireErrors(route.errors)].sort());
  },
);

it("is a valid OpenAPI 3.1 document to an independent validator", async () => {
  const validator = new Validator();
  expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
  expect(validator.version).toBe("3.1");
  const spoilt = { ...document, paths: { "/x": { get: { responses: { "200": {} } } } } };
  expect((await new Validator().validate(spoilt)).valid).toBe(false);
});

interface Operation {
  readonly responses: Readonly<Record<string, { readonly content: { readonly "application/json": Shown } }>>;
}
interface Shown {
  readonly example?: Json;
  readonly examples?: Readonly<Record<string, { readonly $ref?: string; readonly value?: { readonly code: string } }>>;
}

it("shows an example of every success and of every error of every operation", () => {
  const examples = (document["components"] as JsonObject)["examples"] as JsonObject;
  expect(Object.keys(examples)).toEqual(errorCodes);
  const paths = document["paths"] as unknown as Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  for (const [place, operations] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const where = `${method} ${place}`;
      for (const [status, { content }] of Object.entries(operation.responses)) {
        const shown = content["application/json"];
        if (status === "200") expect(shown.example, where).toBeDefined();
        else
          for (const [code, each] of Object.entries(shown.examples ?? {})) {
            expect(each.$ref?.split("/").at(-1) ?? each.value?.code, where).toBe(code as ErrorCode);
          }
      }
    }
  }
});

it("shows answers that were really given, and none that somebody made up", () => {
  const shown = JSON.stringify(document).match(/"request_id":"[^"]*"/g) ?? [];
  expect(shown.length).toBeGreaterThan(errorCodes.length);
  // What was recorded in this run has been made steady, and begins so.
  expect(shown.filter((each) => !each.startsWith('"request_id":"req_01KG9Q2W'))).toEqual([]);
});

it("names every operation once, as a client would call it", () => {
  const ids = [...routes.map(operationId), ...wireRoutes.map((route) => route.operationId)];
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(expect.arrayContaining(["ping", "whoami", "listPayments", "createPayment", "cancelPayment"]));
});

it("shows no secret and nothing of this run", () => {
  const text = JSON.stringify(document);
  expect(text).not.toContain(test.url);
  expect(text).not.toMatch(/kp_live_[0-9A-Za-z]{36}/);
  for (const key of text.match(/kp_test_[0-9A-Za-z]{36}/g) ?? []) expect(key).toContain("Example");
});

it("is committed as it is generated (npm run docs writes it anew)", async () => {
  await expect(formattedJson(document, "docs/openapi.json")).toMatchFileSnapshot("../../../../../docs/openapi.json");
});

it("is served as it is committed, with the gateway's own address", async () => {
  const answer = await fetch(`${test.url}/openapi.json`);
  expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
  const committed = JSON.parse(await readFile(documentFile, "utf8")) as JsonObject;
  expect(await answer.json()).toEqual({ ...committed, servers: [{ url: test.url }] });
});
