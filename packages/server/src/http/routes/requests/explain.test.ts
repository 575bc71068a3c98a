import { spawnSync } from "node:child_process";
import { connect } from "node:net";
import { type ErrorCode, errorCodes } from "@kineticpay/contract/errors/catalogue";
import { newId } from "@kineticpay/contract/ids";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMerchant, type NewMerchant } from "../../../merchants/create-merchant.ts";
import { toRow } from "../../../request-log/log-row.ts";
import { insertRows } from "../../../request-log/store.ts";
import { alterAccess } from "../../../testing/alter-access.ts";
import { openTestGateway, type TestGateway } from "../../../testing/test-gateway.ts";
import { type CorrectedCall, shellText } from "../../explain/corrected-call.ts";
import { sampleFailure } from "../../sample-failure.ts";

let gate: TestGateway;
let other: NewMerchant;
let manageKey: string;
beforeAll(async () => {
  gate = await openTestGateway();
  other = await createMerchant(gate.gateway, {
    name: "Lain",
    collectionName: "Lain",
    website: "https://other.example",
  });
  await alterAccess(gate.gateway, "update api_keys set scopes = scopes || '{manage}' where id = $1", [other.apiKey.id]);
  manageKey = other.apiKey.key;
});
afterAll(() => gate.close());

interface Explanation {
  readonly outcome: string;
  readonly what: string;
  readonly why: string;
  readonly fix: readonly string[];
  readonly checks: readonly { name: string; ok: boolean; detail: string }[];
  readonly corrected: readonly CorrectedCall[];
  readonly curl: string | null;
  readonly notes: readonly string[];
  readonly doc_url: string;
  readonly request: { code: string | null; status: number; address: string | null };
}

interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly key?: string;
}

let invoices = 0;
const invoice = () => `X-${++invoices}`;
const order = (more: Readonly<Record<string, unknown>> = {}) => ({
  amount: 1250,
  invoice: invoice(),
  success_url: "https://shop.example/thanks",
  failure_url: "https://shop.example/again",
  ...more,
});

/** Sends a call; gives its status, code and request id. */
async function send(call: Sent) {
  const isText = typeof call.body === "string";
  const answer = await fetch(`${gate.url}${call.path}`, {
    method: call.method ?? "GET",
    headers: {
      ...(call.key === "" ? {} : { authorization: `Bearer ${call.key ?? gate.merchant.apiKey.key}` }),
      ...(call.body === undefined ? {} : { "content-type": "application/json" }),
      ...call.headers,
    },
    ...(call.body === undefined ? {} : { body: isText ? (call.body as string) : JSON.stringify(call.body) }),
  });
  const body = (await answer.json()) as { code?: string; id?: string };
  return { status: answer.status, code: body.code, body, id: answer.headers.get("x-request-id") ?? "" };
}

async function explain(id: string, key = gate.merchant.apiKey.key): Promise<Explanation> {
  const answer = await send({ path: `/api/v2/requests/${id}/explain`, key });
  expect(answer, id).toMatchObject({ status: 200 });
  return answer.body as unknown as Explanation;
}

/** Sends what an explanation proposes, as its curl line would. */
async function sendCorrected(call: CorrectedCall, key = gate.merchant.apiKey.key) {
  if (call.protocol === "v2") {
    return send({ method: call.method, path: call.path, key, ...(call.body === null ? {} : { body: call.body }) });
  }
  const form = new URLSearchParams({
    merchant_key: gate.merchant.merchantKey.key,
    ...(call.body as Record<string, string>),
  }).toString();
  return call.method === "GET"
    ? send({ path: `${call.path}?${form}`, key: "" })
    : send({ ...call, key: "", body: form, headers: { "content-type": "application/x-www-form-urlencoded" } });
}

/** A call that fails, its explanation, and what becomes of the corrected calls. */
async function cured(call: Sent, code: string) {
  const failed = await send(call);
  expect(failed.code).toBe(code);
  const explanation = await explain(failed.id);
  expect(explanation).toMatchObject({ outcome: "failed", request: { code } });
  expect(explanation.curl).not.toContain(gate.merchant.apiKey.key);
  expect(explanation.curl).not.toContain(gate.merchant.merchantKey.key);
  expect(explanation.curl).toMatch(/\$(API|MERCHANT)_KEY/);
  const answers = [];
  for (const corrected of explanation.corrected) answers.push(await sendCorrected(corrected));
  expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 200));
  expect(answers.length).toBeGreaterThan(0);
  return { explanation, last: answers.at(-1)?.body as Record<string, unknown> };
}

const post = (body: unknown, more: Partial<Sent> = {}): Sent => ({
  method: "POST",
  path: "/api/v2/payments",
  body,
  ...more,
});

describe("the corrected call of an explanation succeeds", () => {
  test("after ringgit, a missing address, a member in other words and one that nobody knows", async () => {
    const { invoice: name, success_url: _, ...rest } = order();
    const body = { ...rest, invoice: name, amount: "12.50", redirect_url: "shop.example/thanks", colour: "blue" };
    const { explanation, last } = await cured(post(body), "fields_invalid");
    expect(last).toMatchObject({ amount: 1250, invoice: name, success_url: "https://shop.example/" });
    expect(explanation.notes.join("\n")).toContain('calls it "success_url"');
  });

  test.each([
    ["a slip in a name", { ammount: 900, amount: undefined }, { amount: 900 }],
    ["a number for text", { invoice: 77001 }, { invoice: "77001" }],
    ["an amount with a currency", { amount: "RM 1,234.50" }, { amount: 123450 }],
    ["its currency by another name", { currency: "RM" }, { currency: "MYR", amount: 1250 }],
    ["a model in capitals", { model: "B2C" }, { model: "b2c" }],
    ["a buyer that is odd", { buyer: { email: "not an address", nme: "Siti" } }, {}],
    ["an hour too many", { expires_in: 9_000_000 }, {}],
    ["metadata in depth", { metadata: { basket: { a: 1 } } }, {}],
  ])("after %s", async (_what, change, expected) => {
    const { last } = await cured(post(order(change)), "fields_invalid");
    expect(last).toMatchObject({ object: "payment", ...expected });
  });

  test("after a comma too many, with everything that was sent", async () => {
    const name = invoice();
    const text = JSON.stringify(order({ invoice: name })).replace("}", ",}");
    const { last } = await cured(post(text), "json_malformed");
    expect(last).toMatchObject({ invoice: name, amount: 1250, success_url: "https://shop.example/thanks" });
  });

  test.each([
    ["a body that is no JSON at all", "amount=1250", "json_malformed", {}],
    ["a form", "amount=1250", "media_type_unsupported", { "content-type": "application/x-www-form-urlencoded" }],
    ["a body without end", `{"description":"${"x".repeat(70_000)}"}`, "body_too_large", {}],
  ])("after %s, with an example", async (_what, body, code, headers) => {
    const { last } = await cured(post(body, { headers }), code);
    expect(last).toMatchObject({ object: "payment" });
  });

  test("after an invoice in conflict, once the old payment is cancelled", async () => {
    const body = order();
    await send(post(body));
    const { last, explanation } = await cured(post({ ...body, amount: 9900 }), "invoice_conflict");
    expect(explanation.corrected).toHaveLength(2);
    expect(last).toMatchObject({ amount: 9900, invoice: body.invoice, status: "open" });
  });

  test("after a change of what can no longer be changed", async () => {
    const made = await send(post(order()));
    const path = `/api/v2/payments/${made.body.id}`;
    await send({ method: "POST", path: `${path}/cancel` });
    const call = { method: "PATCH", path, body: { description: "late" } };
    const { last } = await cured(call, "state_not_allowed");
    expect(last).toMatchObject({ id: made.body.id, status: "cancelled" });
  });

  test.each([
    ["a path without its prefix", { path: "/payments" }, "method_unknown or route_unknown"],
    ["a path with a slip", { path: "/api/v2/payment" }, "route_unknown"],
    ["a path from nowhere", { path: "/api/v2/nothing/here" }, "route_unknown"],
    ["a payment deleted", { method: "DELETE", path: "/api/v2/payments/PAYMENT" }, "method_unknown"],
    [
      "a payment put",
      { method: "PUT", path: "/api/v2/payments/PAYMENT", body: { description: "x" } },
      "method_unknown",
    ],
  ])("after %s", async (_what, call, code) => {
    const made = await send(post(order()));
    const path = call.path.replace("PAYMENT", made.body.id ?? "");
    if (!path.startsWith("/api/")) {
      // Outside the two APIs nothing is logged.
      expect((await send({ path })).code).toBe("route_unknown");
      return;
    }
    await cured({ ...call, path }, code);
  });

  test("after an invoice asked for as if it were an id", async () => {
    const body = order({ invoice: "10007" });
    await send(post(body));
    const { last } = await cured({ path: "/api/v2/payments/10007" }, "resource_missing");
    expect(last).toMatchObject({ data: [{ invoice: "10007" }] });
  });

  test("after a query with faults", async () => {
    const { last } = await cured({ path: "/api/v2/payments?limit=500&state=open" }, "fields_invalid");
    expect(last).toMatchObject({ object: "list" });
  });

  test("after a call to an API that was switched off and is on again", async () => {
    const set = (on: boolean) =>
      alterAccess(gate.gateway, "update collections set api_enabled = $1 where id = $2", [
        on,
        gate.merchant.collectionId,
      ]);
    await set(false);
    const failed = await send({ path: "/api/v2/ping" });
    await set(true);
    const explanation = await explain(failed.id);
    expect(explanation.why).toContain("switched on since");
    expect(await sendCorrected(explanation.corrected[0] as CorrectedCall)).toMatchObject({ status: 200 });
  });
});

describe("the wire protocol", () => {
  const wire = (fields: Record<string, string>): Sent => ({
    method: "POST",
    path: "/payment/create",
    key: "",
    body: new URLSearchParams({ merchant_key: gate.merchant.merchantKey.key, ...fields }).toString(),
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
  const fields = () => ({
    invoice: invoice(),
    amount: "12.50",
    description: "Pesanan",
    callback_success: "https://shop.example/ok",
    callback_error: "https://shop.example/no",
  });

  test("gets a corrected form", async () => {
    const name = invoice();
    const sent = { ...fields(), invoice: name, amount: "12,50", callback_error: "shop.example/no" };
    const { last, explanation } = await cured(wire(sent), "fields_invalid");
    expect(last).toMatchObject({ invoice: name });
    expect(explanation.corrected[0]?.body).toMatchObject({ amount: "12.50" });
  });

  test("is pointed to the invoice that was meant", async () => {
    const made = fields();
    await send(wire(made));
    const key = gate.merchant.merchantKey.key;
    const { last } = await cured(
      { path: `/payment/status?merchant_key=${key}&invoice=WC-${made.invoice}`, key: "" },
      "resource_missing",
    );
    expect(last).toMatchObject({ invoice: made.invoice });
  });

  test("is told which key is missing, to whoever knows the request id", async () => {
    const failed = await send({ ...wire(fields()), body: "invoice=1" });
    expect(await explain(failed.id)).toMatchObject({ request: { code: "key_missing", address: null } });
  });
});

describe("a refused key", () => {
  test("that is missing, mistyped or unknown learns how to send one, and nothing about anybody", async () => {
    const unknown = `${manageKey.slice(0, 8)}${"0".repeat(30)}`;
    for (const [key, code] of [
      ["", "key_missing"],
      ["kp_test_short", "key_malformed"],
      [`${unknown}000000`, "key_malformed"],
    ] as const) {
      const failed = await send({ path: "/api/v2/ping", key });
      expect(failed.code).toBe(code);
      const explanation = await explain(failed.id);
      expect(explanation).toMatchObject({ request: { code, address: null }, checks: [] });
      expect(await sendCorrected(explanation.corrected[0] as CorrectedCall)).toMatchObject({ status: 200 });
    }
  });

  test("that was revoked is its merchant's to see, with its present state", async () => {
    const made = await send({ method: "POST", path: "/api/v2/api_keys", key: manageKey, body: { name: "old" } });
    const { id, key } = made.body as { id: string; key: string };
    await send({ method: "POST", path: `/api/v2/api_keys/${id}/revoke`, key: manageKey });
    const failed = await send({ path: "/api/v2/ping", key });
    expect(failed.code).toBe("key_revoked");
    const explanation = await explain(failed.id, manageKey);
    expect(explanation.checks[0]).toMatchObject({ name: "key", ok: false, detail: expect.stringContaining("revoked") });
    expect(await sendCorrected(explanation.corrected[0] as CorrectedCall, manageKey)).toMatchObject({ status: 200 });
    expect(await send({ path: `/api/v2/requests/${failed.id}/explain` })).toMatchObject({ code: "resource_missing" });
  });

  test("from an address on no list is told which address, and how to add it", async () => {
    const made = await send({
      method: "POST",
      path: "/api/v2/api_keys",
      key: manageKey,
      body: { name: "office", ip_allow_list: ["203.0.113.7"] },
    });
    const { key } = made.body as { id: string; key: string };
    const failed = await send({ path: "/api/v2/ping", key });
    expect(failed.code).toBe("ip_not_allowed");
    const explanation = await explain(failed.id, manageKey);
    const [add, again] = explanation.corrected;
    expect(add?.body).toEqual({ ip_allow_list: ["203.0.113.7", "127.0.0.1"] });
    expect(await sendCorrected(add as CorrectedCall, manageKey)).toMatchObject({ status: 200 });
    expect(await sendCorrected(again as CorrectedCall, key)).toMatchObject({ status: 200 });
    expect((await explain(failed.id, manageKey)).why).toContain("allowed now");
  });

  test("without the scope is told which one", async () => {
    const failed = await send({ path: "/api/v2/collections" });
    const explanation = await explain(failed.id);
    expect(explanation.why).toContain('"manage"');
    expect(await sendCorrected(explanation.corrected[0] as CorrectedCall, manageKey)).toMatchObject({ status: 200 });
  });
});

describe("whatever the gateway can answer", () => {
  test("is explained, every code of the catalogue", async () => {
    for (const code of errorCodes) {
      const { gateway, merchant } = gate;
      const id = newId("request", gateway.clock.now().getTime(), gateway.random.bytes(10));
      const failure = await sampleFailure(code);
      const row = await toRow({
        id,
        at: gateway.clock.now(),
        durationMs: 1,
        protocol: "v2",
        method: "POST",
        route: "/api/v2/payments",
        path: "/api/v2/payments",
        query: "",
        address: "127.0.0.1",
        owner: { merchantId: merchant.merchantId, collectionId: merchant.collectionId, keyId: merchant.apiKey.id },
        key: undefined,
        body: order(),
        bodyBytes: 100,
        status: failure.status,
        failure,
        rehearsed: false,
        answer: undefined,
      });
      await insertRows(gateway.db, [row]);
      const explanation = await explain(id);
      expect(explanation.why, code).not.toBe("");
      expect(explanation.fix.length, code).toBeGreaterThan(0);
      expect(explanation.doc_url).toMatch(new RegExp(`/${code}$`));
      expect([...explanation.fix, explanation.why, ...explanation.notes].join(" "), code).not.toMatch(/undefined|NaN/);
    }
  });

  test("also below HTTP", async () => {
    const { port } = new URL(gate.url);
    const text = await new Promise<string>((resolve, reject) => {
      let received = "";
      const socket = connect(Number(port), "127.0.0.1", () => socket.write("nonsense\r\n\r\n"));
      socket.on("data", (chunk) => {
        received += chunk.toString();
      });
      socket.on("close", () => resolve(received));
      socket.on("error", reject);
    });
    const id = /X-Request-Id: (req_\w+)/.exec(text)?.[1] ?? "";
    expect(await explain(id)).toMatchObject({ request: { code: "http_malformed" satisfies ErrorCode } });
  });

  test("a call that went well is said to have gone well", async () => {
    const made = await send(post(order()));
    expect(await explain(made.id)).toMatchObject({ outcome: "succeeded", curl: null, request: { code: null } });
  });
});

test("a value in a curl line means nothing to a shell", () => {
  for (const text of ['it\'s $HOME `id` "x" \\ !', "a'b'c", "\n;ls"]) {
    const run = spawnSync("sh", ["-c", `printf %s ${shellText(text)}`], { encoding: "utf8" });
    expect(run.stdout).toBe(text);
  }
});
