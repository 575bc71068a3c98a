import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newInvoice, ordinary, send } from "./harness/api.ts";
import { type Fleet, startFleet, unhurried } from "./harness/fleet.ts";
import { type Knock, keepCalling } from "./harness/load.ts";
import { operate } from "./harness/operator.ts";
import { tellFigures } from "./harness/tell-figures.ts";
import { until } from "./harness/until.ts";

const processes = 4;
/** What is promised of every change that shuts somebody out, from its acknowledgement on. */
const promisedMs = 1_000;
const inFlightEach = 6;

let fleet: Fleet;
beforeAll(async () => {
  // How often may be asked is another promise's matter.
  const settings = {
    ...unhurried,
    KINETICPAY_KEY_RATE: "100000",
    KINETICPAY_KEY_BURST: "100000",
    KINETICPAY_ADDRESS_RATE: "100000",
    KINETICPAY_ADDRESS_BURST: "100000",
  };
  fleet = await startFleet(["all", "all", "all", "all"], { settings });
});
afterAll(() => fleet.dispose());

type Protocol = "v2" | "wire";

/** A collection of its own, with one key that is let in, and the order that the key may ask about. */
interface Subject {
  readonly protocol: Protocol;
  readonly collection: string;
  readonly keyId: string;
  readonly key: string;
  readonly invoice: string;
}

async function manage<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fleet.first.api.call<T>(method, `/api/v2/${path}`, body);
  if (answer.status !== 200) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
  return answer.body;
}

async function newSubject(protocol: Protocol): Promise<Subject> {
  const { id } = await manage<{ id: string }>("POST", "collections", { name: "Shop", website: "https://shop.example" });
  const keyOf = (kind: string) =>
    manage<{ id: string; key: string }>("POST", "api_keys", { collection: id, kind, name: kind });
  const [api, merchant] = [await keyOf("api_key"), await keyOf("merchant_key")];
  const invoice = newInvoice();
  await send(`${fleet.first.url}/api/v2/payments`, {
    method: "POST",
    headers: { authorization: `Bearer ${api.key}`, "content-type": "application/json" },
    body: JSON.stringify({ ...ordinary(), invoice }),
  });
  const used = protocol === "v2" ? api : merchant;
  return { protocol, collection: id, keyId: used.id, key: used.key, invoice };
}

/** What the process at `url` answers the key: "200", or the code. */
async function ask(url: string, { protocol, key, invoice }: Subject): Promise<string> {
  const answer =
    protocol === "v2"
      ? await send<{ code?: string }>(`${url}/api/v2/ping`, { headers: { authorization: `Bearer ${key}` } })
      : await send<{ code?: string }>(`${url}/payment/status?${new URLSearchParams({ merchant_key: key, invoice })}`);
  return answer.status === 200 ? "200" : (answer.body.code ?? String(answer.status));
}

interface Change {
  readonly what: string;
  readonly code: string;
  /** Resolves with the acknowledgement. */
  readonly make: (subject: Subject) => Promise<unknown>;
}

const elsewhere = { ip_allow_list: ["203.0.113.0/24"] };

const changes: readonly Change[] = [
  {
    what: "a key that was revoked over the API",
    code: "key_revoked",
    make: ({ keyId }) => manage("POST", `api_keys/${keyId}/revoke`),
  },
  {
    what: "a key that the operator revoked at the command line",
    code: "key_revoked",
    make: ({ keyId }) => operate(fleet.first, ["keys", "revoke", keyId]),
  },
  {
    what: "a key that was rolled without overlap",
    code: "key_expired",
    make: ({ keyId }) => manage("POST", `api_keys/${keyId}/roll`, { overlap_hours: 0 }),
  },
  {
    what: "every key of a collection whose API was switched off",
    code: "api_not_enabled",
    make: ({ collection }) => manage("PATCH", `collections/${collection}`, { api_enabled: false }),
  },
  {
    what: "a key whose allow-list leaves the caller out",
    code: "ip_not_allowed",
    make: ({ keyId }) => manage("PUT", `api_keys/${keyId}/ip_allow_list`, elsewhere),
  },
  {
    what: "every key of a collection whose allow-list leaves the caller out",
    code: "ip_not_allowed",
    make: ({ collection }) => manage("PUT", `collections/${collection}/ip_allow_list`, elsewhere),
  },
  {
    what: "a key whose scopes were taken away",
    code: "scope_missing",
    make: ({ keyId }) => manage("PATCH", `api_keys/${keyId}`, { scopes: ["payments:write"] }),
  },
];

const outcomesAt = (knocks: readonly Knock[], url: string) =>
  new Set(knocks.filter((knock) => knock.url === url).map((knock) => knock.outcome));

const seen = (knocks: readonly Knock[], url: string, outcome: string) =>
  knocks.filter((knock) => knock.url === url && knock.outcome === outcome).length;

/** Ping asks for no scope, so taking scopes away shows on the wire protocol alone. */
const cases = (["v2", "wire"] as const).flatMap((protocol) =>
  changes
    .filter(({ code }) => protocol === "wire" || code !== "scope_missing")
    .map((change) => ({ ...change, protocol })),
);

describe(`${processes} processes on one database, under load`, () => {
  test.each(cases)("shut out $what within a second of the acknowledgement ($protocol)", async (change) => {
    const [subject, bystander] = [await newSubject(change.protocol), await newSubject(change.protocol)];
    const load = keepCalling(fleet.urls, inFlightEach, (url) => ask(url, subject));
    const beside = keepCalling(fleet.urls, 1, (url) => ask(url, bystander));
    try {
      await until("every process to serve the key", () =>
        fleet.urls.every((url) => seen(load.knocks, url, "200") >= 20),
      );
      await change.make(subject);
      const acknowledgedMs = performance.now();
      const late = () => load.knocks.filter((knock) => knock.sentMs >= acknowledgedMs + promisedMs);
      await until("every process to have been asked enough after that second", () =>
        fleet.urls.every((url) => late().filter((knock) => knock.url === url).length >= 20),
      );
      const letIn = late().filter(({ outcome }) => outcome === "200").length;
      tellFigures("access taken away", { changes: 1, callsAfterASecond: late().length, letIn });
      // Not one use, and everybody is told why.
      for (const url of fleet.urls) expect([...outcomesAt(late(), url)]).toEqual([change.code]);
    } finally {
      await Promise.all([load.stop(), beside.stop()]);
    }
    for (const url of fleet.urls) expect([...outcomesAt(beside.knocks, url)]).toEqual(["200"]);
  });

  test("let in again within a second a collection whose API was switched on and whose list was lifted", async () => {
    const subject = await newSubject("v2");
    await manage("PATCH", `collections/${subject.collection}`, { api_enabled: false });
    await manage("PUT", `collections/${subject.collection}/ip_allow_list`, elsewhere);
    const load = keepCalling(fleet.urls, inFlightEach, (url) => ask(url, subject));
    try {
      await until("every process to refuse the key", () =>
        fleet.urls.every((url) => seen(load.knocks, url, "api_not_enabled") >= 20),
      );
      await manage("PATCH", `collections/${subject.collection}`, { api_enabled: true });
      await manage("PUT", `collections/${subject.collection}/ip_allow_list`, { ip_allow_list: [] });
      const acknowledgedMs = performance.now();
      const late = () => load.knocks.filter((knock) => knock.sentMs >= acknowledgedMs + promisedMs);
      await until("every process to have been asked enough after that second", () =>
        fleet.urls.every((url) => late().filter((knock) => knock.url === url).length >= 20),
      );
      for (const url of fleet.urls) expect([...outcomesAt(late(), url)]).toEqual(["200"]);
    } finally {
      await load.stop();
    }
  });

  test("know a new key from its first call on, also the successor of a rolled one", async () => {
    const subject = await newSubject("v2");
    const rolled = await manage<{ key: string }>("POST", `api_keys/${subject.keyId}/roll`, { overlap_hours: 24 });
    for (const url of fleet.urls) {
      expect(await ask(url, { ...subject, key: rolled.key })).toBe("200");
      expect(await ask(url, subject)).toBe("200");
    }
  });

  test("refuse not one call while a key is rolled under load, neither with the old one nor with its successor", async () => {
    const subject = await newSubject("v2");
    let key = subject.key;
    const load = keepCalling(fleet.urls, inFlightEach, (url) => ask(url, { ...subject, key }));
    const old = keepCalling(fleet.urls, 1, (url) => ask(url, subject));
    const fromNowOn = (knocks: readonly Knock[], sinceMs: number) =>
      until("every process to be asked on", () =>
        fleet.urls.every((url) => knocks.filter((knock) => knock.url === url && knock.sentMs >= sinceMs).length >= 50),
      );
    try {
      await fromNowOn(load.knocks, performance.now());
      key = (await manage<{ key: string }>("POST", `api_keys/${subject.keyId}/roll`, { overlap_hours: 24 })).key;
      await fromNowOn(load.knocks, performance.now());
      await fromNowOn(old.knocks, performance.now());
    } finally {
      await Promise.all([load.stop(), old.stop()]);
    }
    const knocks = [...load.knocks, ...old.knocks];
    tellFigures("key rolled", {
      calls: knocks.length,
      refused: knocks.filter((each) => each.outcome !== "200").length,
    });
    for (const url of fleet.urls) expect([...outcomesAt(knocks, url)]).toEqual(["200"]);
  });
});
