import { type ErrorCode, errorCodes, errorStatus } from "@kineticpay/contract/errors/catalogue";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deliverDue } from "../callbacks/deliver.ts";
import { asOwner } from "../db/as-owner.ts";
import { isResult } from "../idempotency/call-record.ts";
import { reapRecords } from "../idempotency/reap-records.ts";
import { eraseBuyer } from "../payments/erase-buyer.ts";
import { type ApiAnswer, callApi } from "../testing/call-api.ts";
import { canaries, foundCanaries } from "../testing/canary-buyer.ts";
import { furtherKey, manyRefusals } from "../testing/further-key.ts";
import { ownerDb } from "../testing/owner-db.ts";
import { openTestApp, type TestApp } from "../testing/test-app.ts";
import { testClock } from "../testing/test-clock.ts";
import { openTestShop } from "../testing/test-shop.ts";
import { sampleFailure } from "./sample-failure.ts";

const dayMs = 86_400_000;
const clock = testClock();

let app: TestApp;
let key: string;
beforeAll(async () => {
  app = await openTestApp({ clock, settings: { ...manyRefusals, KINETICPAY_KEY_BURST: "100000" } });
  key = (await furtherKey(app)).key;
});
afterAll(() => app.close());

let made = 0;
const fresh = () => `R-${++made}`;
const order = (change: Readonly<Record<string, unknown>> = {}) => ({
  amount: 1250,
  invoice: fresh(),
  success_url: "https://shop.example/thanks",
  failure_url: "https://shop.example/again",
  ...change,
});

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly body?: unknown;
  readonly apiKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const send = (idempotencyKey: string, { method = "POST", path = "/payments", body, apiKey = key, headers }: Sent) =>
  callApi(app, apiKey, method, `/api/v2${path}`, body, { "idempotency-key": idempotencyKey, ...headers });

async function records(idempotencyKey: string): Promise<number> {
  const rows = await app.gateway.db.query("select from idempotency_records where idempotency_key = $1", [
    idempotencyKey,
  ]);
  return rows.length;
}

const isReplay = (answer: ApiAnswer) => answer.headers["idempotency-replayed"] === "true";

/** Has every insert of an event fail: at once, or only when its transaction commits. */
async function breakEvents(when: "at once" | "at commit", work: () => Promise<void>): Promise<void> {
  const db = ownerDb(app.database);
  await db.query(
    "create function refuse_events() returns trigger language plpgsql as 'begin raise exception ''planted''; end'",
  );
  await db.query(
    when === "at once"
      ? "create trigger planted before insert on events for each row execute function refuse_events()"
      : "create constraint trigger planted after insert on events deferrable initially deferred for each row execute function refuse_events()",
  );
  try {
    await work();
  } finally {
    await db.query("drop trigger planted on events");
    await db.query("drop function refuse_events()");
    await db.close();
  }
}

describe("no record is left", () => {
  it.each<[ErrorCode, Sent]>([
    ["json_malformed", { headers: { "content-type": "application/json" } }],
    ["media_type_unsupported", { body: order(), headers: { "content-type": "text/plain" } }],
    ["body_too_large", { body: order({ description: "x".repeat(70_000) }) }],
    ["fields_invalid", { body: order({ amount: "12.50" }) }],
    ["amount_out_of_range", { body: order({ amount: 1 }) }],
    ["fields_invalid", { body: order(), path: "/payments?validate_only=perhaps" }],
    ["key_invalid", { body: order(), apiKey: "kp_test_000000000000000000000000000000000000" }],
    ["internal_error", { body: order(), headers: { "kineticpay-fault": "internal_error" } }],
    ["rate_exceeded", { body: order(), headers: { "kineticpay-fault": "rate_exceeded" } }],
  ])("by %s, so that the call, put right, may have its key", async (code, sent) => {
    const k = fresh();
    const refused = await send(k, sent);
    expect([401, 403, 429, 500]).toContain(refused.status);
    if (refused.status !== 401) expect(refused.body["code"]).toBe(code);
    expect(await records(k)).toBe(0);
    const right = await send(k, { body: order() });
    expect([right.status, isReplay(right)]).toEqual([200, false]);
  });

  it("by a key without the scope, nor by what a change says of its own fields", async () => {
    const reader = await furtherKey(app, ["payments:read"]);
    const k = fresh();
    expect((await send(k, { body: order(), apiKey: reader.key })).body["code"]).toBe("scope_missing");
    const manager = await furtherKey(app);
    const path = `/api_keys/${manager.id}/revoke`;
    const refused = await send(k, { path, apiKey: manager.key });
    expect(refused.body).toMatchObject({ code: "fields_invalid", fields: [{ path: "/force" }] });
    expect(await records(k)).toBe(0);
    expect(await send(k, { path, body: { force: true }, apiKey: manager.key })).toMatchObject({ status: 200 });
  });

  it("by a rehearsal, which finds none either", async () => {
    const [k, body] = [fresh(), order()];
    const rehearse = (sent: unknown) => send(k, { path: "/payments?validate_only=true", body: sent });
    expect((await rehearse(body)).body).toEqual({ object: "validation", valid: true });
    expect(await records(k)).toBe(0);
    expect(await send(k, { body })).toMatchObject({ status: 200 });
    expect((await rehearse(order())).body).toEqual({ object: "validation", valid: true });
    const conflict = await rehearse({ ...body, amount: 1251 });
    expect([conflict.body["code"], isReplay(conflict)]).toEqual(["invoice_conflict", false]);
  });

  it.each(["at once", "at commit"] as const)("nor anything else by a fault of the database, %s", async (when) => {
    const other = await send(fresh(), { body: order() });
    const changing = { method: "PATCH", path: `/payments/${other.body["id"]}`, body: { description: "changed" } };
    const [create, change, body] = [fresh(), fresh(), order()];
    await breakEvents(when, async () => {
      expect(await send(create, { body })).toMatchObject({ status: 500, body: { code: "internal_error" } });
      expect(await send(change, changing)).toMatchObject({ status: 500, body: { code: "internal_error" } });
    });
    expect([await records(create), await records(change)]).toEqual([0, 0]);
    expect(await app.gateway.db.query("select from payments where invoice = $1", [body.invoice])).toEqual([]);
    const unchanged = await callApi(app, key, "GET", `/api/v2/payments/${other.body["id"]}`);
    expect(unchanged.body["description"]).toBe("");
    for (const again of [await send(create, { body }), await send(change, changing)]) {
      expect([again.status, isReplay(again)]).toEqual([200, false]);
    }
  });
});

describe("a refusal that speaks of how things stand is a result", () => {
  it("kept though what it speaks of has changed; another key finds that out", async () => {
    const first = order();
    const payment = await send(fresh(), { body: first });
    const [k, dearer] = [fresh(), { ...first, amount: 1500 }];
    const refused = await send(k, { body: dearer });
    expect(refused).toMatchObject({ status: 403, body: { code: "invoice_conflict" } });
    await send(fresh(), { path: `/payments/${payment.body["id"]}/cancel` });
    const again = await send(k, { body: dearer });
    expect([again.status, again.text, isReplay(again)]).toEqual([403, refused.text, true]);
    expect(await send(fresh(), { body: dearer })).toMatchObject({ status: 200 });
  });

  it("shown as it was: with the request id of the call that did the work, and one of its own in the header", async () => {
    const k = fresh();
    const sent = { path: "/payments/pay_01KG9Q2W0000000000000000ZZ/cancel" };
    const first = await send(k, sent);
    const again = await send(k, sent);
    expect(again).toMatchObject({ status: 404, text: first.text, body: { code: "resource_missing" } });
    expect(again.body["request_id"]).toBe(first.headers["x-request-id"]);
    expect(again.headers["x-request-id"]).not.toBe(again.body["request_id"]);
  });

  it("kept in the form in which it was asked for", async () => {
    const k = fresh();
    const path = "/payments/pay_01KG9Q2W0000000000000000ZZ/cancel";
    const first = await send(k, { path, headers: { accept: "application/problem+json" } });
    const again = await send(k, { path });
    expect(first.headers["content-type"]).toContain("application/problem+json");
    expect([again.text, again.headers["content-type"]]).toEqual([first.text, first.headers["content-type"]]);
  });

  it("found in the request log under both calls", async () => {
    const k = fresh();
    const sent = { path: "/payments/pay_01KG9Q2W0000000000000000ZZ/cancel" };
    for (const answer of [await send(k, sent), await send(k, sent)]) {
      const logged = await callApi(app, key, "GET", `/api/v2/requests/${answer.headers["x-request-id"]}`);
      expect(logged.body).toMatchObject({ status: 404, code: "resource_missing" });
    }
  });

  it("and every code of a 403 or a 404 is known to be one, or to speak of the call itself", async () => {
    const ofTheCall: readonly ErrorCode[] = [
      "json_malformed",
      "body_too_large",
      "media_type_unsupported",
      "http_malformed",
      "headers_too_large",
      "request_timeout",
      "fields_invalid",
      "amount_out_of_range",
      "idempotency_key_reused",
      "route_unknown",
      "method_unknown",
    ];
    const results: ErrorCode[] = [];
    for (const code of errorCodes) if (isResult(await sampleFailure(code))) results.push(code);
    const refusals = errorCodes.filter((code) => [403, 404].includes(errorStatus(code)));
    expect([...results, ...ofTheCall].sort()).toEqual([...refusals].sort());
  });
});

describe("a record", () => {
  it("answers repeats for thirty days, and then the call is new", async () => {
    const [k, body] = [fresh(), order({ expires_in: 3_600 })];
    const first = await send(k, { body });
    clock.advance(29 * dayMs);
    await reapRecords(app.gateway);
    const late = await send(k, { body });
    expect([late.text, isReplay(late)]).toEqual([first.text, true]);
    clock.advance(2 * dayMs);
    while ((await reapRecords(app.gateway)) > 0);
    expect(await records(k)).toBe(0);
    const anew = await send(k, { body });
    expect([anew.status, isReplay(anew)]).toEqual([200, false]);
    expect(anew.body["id"]).not.toBe(first.body["id"]);
    expect(await app.gateway.db.query("select from payments where invoice = $1", [body.invoice])).toHaveLength(2);
  });

  it("goes on answering when its payment's buyer has been erased, without a trace of the buyer", async () => {
    const [create, change] = [fresh(), fresh()];
    const { name, email, phone, note } = canaries;
    const body = order({ buyer: { name, email, phone }, description: note });
    const made = await send(create, { body });
    const changing = { method: "PATCH", path: `/payments/${made.body["id"]}`, body: { metadata: { note } } };
    await send(change, changing);
    const kept = async () => (await foundCanaries(app)).filter((place) => place.startsWith("idempotency_records"));
    expect(await kept()).not.toEqual([]);
    await send(fresh(), { path: `/payments/${made.body["id"]}/cancel` });
    const erased = await eraseBuyer(app.gateway, asOwner(app.database.owner), String(made.body["id"]), "Aminah");
    expect(erased).toMatchObject({ keptBecause: null });
    expect(await kept()).toEqual([]);
    for (const again of [await send(create, { body }), await send(change, changing)]) {
      expect([again.status, isReplay(again)]).toEqual([200, true]);
      expect(again.body).toMatchObject({ id: made.body["id"], buyer: {}, metadata: {}, description: "", amount: 1250 });
    }
  });

  it("shows no longer where the erased buyer's callbacks went, when one was sent again", async () => {
    const shop = await openTestShop();
    const body = order({ callback_url: `${shop.url}/told?${canaries.note}` });
    const made = await send(fresh(), { body });
    await send(fresh(), { path: `/payments/${made.body["id"]}/cancel` });
    await deliverDue(app.gateway);
    const rows = await app.gateway.db.query<{ id: string }>("select id from deliveries where payment_id = $1", [
      made.body["id"],
    ]);
    const [k, resend] = [fresh(), { path: `/webhook_deliveries/${rows[0]?.id}/resend` }];
    expect(await send(k, resend)).toMatchObject({
      status: 200,
      body: { url: (body as { callback_url?: string }).callback_url },
    });
    await deliverDue(app.gateway);
    expect(await foundCanaries(app)).toContain("idempotency_records note");
    await eraseBuyer(app.gateway, asOwner(app.database.owner), String(made.body["id"]), "Aminah");
    expect(await foundCanaries(app)).toEqual([]);
    const again = await send(k, resend);
    expect([again.status, isReplay(again), again.body["url"]]).toEqual([200, true, `${shop.url}/told`]);
    await shop.close();
  });

  it("is taken away in batches, and a younger one never", async () => {
    await app.gateway.db.query(
      `insert into idempotency_records (merchant_id, collection_id, idempotency_key, route, fingerprint, request_id, created_at,
         status, media_type, body)
       select $1, $2, 'old-' || n, 'POST /', decode(repeat('00', 64), 'hex'), 'req_1', $3, 200, 'application/json', '{}'
       from generate_series(1, 2500) n`,
      [app.merchant.merchantId, app.merchant.collectionId, new Date(clock.now().getTime() - 31 * dayMs)],
    );
    const [k, body] = [fresh(), order()];
    await send(k, { body });
    const gone = [await reapRecords(app.gateway), await reapRecords(app.gateway), await reapRecords(app.gateway)];
    expect(gone).toEqual([1_000, 1_000, 500]);
    expect(await reapRecords(app.gateway)).toBe(0);
    expect(await records(k)).toBe(1);
  });
});
