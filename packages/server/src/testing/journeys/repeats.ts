import { takesKey } from "../../http/idempotency-key.ts";
import { nameOf } from "../../http/openapi/operations.ts";
import { routes } from "../../http/routes/index.ts";
import { fingerprintOf } from "../../idempotency/fingerprint.ts";
import { claimKey } from "../../idempotency/store.ts";
import { scopes } from "../../merchants/api-keys.ts";
import { sampleBody } from "../fuzz/sample-body.ts";
import type { Sent } from "../traveller.ts";
import { fewAtOnce } from "./held-back.ts";
import { paymentBody, type World } from "./world.ts";

const create = "POST /api/v2/payments";

/** Every operation that takes an idempotency key, but for the first of all, with this one and a body that it admits. */
function callsUnder(idempotencyKey: string): readonly (readonly [string, Sent])[] {
  const headers = { "idempotency-key": idempotencyKey };
  return routes
    .filter((route) => takesKey(route) && nameOf(route) !== create)
    .map((route) => {
      const body = sampleBody(route);
      return [nameOf(route), { headers, ...(body === undefined || body === null ? {} : { body }) }];
    });
}

/** A call and its repeat under one key; then the same key for whatever else takes one. */
export async function repeatUnderKey({ traveller }: World): Promise<void> {
  const idempotencyKey = "3f6c2a52-5d0e-4f0e-9a39-0d4e4f6c8f11";
  const headers = { "idempotency-key": idempotencyKey };
  const first = await traveller.ok(create, { body: paymentBody("10010"), headers });
  const again = await traveller.ok(create, { body: paymentBody("10010"), headers });
  if (JSON.stringify(first) !== JSON.stringify(again)) throw new Error("a repeat was answered otherwise");
  const changed = paymentBody("10010", { amount: 1500 });
  await traveller.fails("idempotency_key_reused", create, { body: changed, headers });
  for (const [operation, sent] of callsUnder(idempotencyKey))
    await traveller.fails("idempotency_key_reused", operation, sent);
}

/**
 * Every operation that takes a key, while another process is at work with that key. Each waits for its time, so this goes on beside
 * others, by an API key of its own.
 */
export async function repeatTooSoon({ traveller, test }: World): Promise<void> {
  const { db, clock } = test.gateway;
  const own = await traveller.ok<{ key: string }>("POST /api/v2/api_keys", { body: { scopes } });
  const now = clock.now();
  const key = "held";
  const who = await traveller.ok<{ merchant: { id: string }; collection: { id: string } }>("GET /api/v2/whoami");
  const [merchantId, collectionId] = [who.merchant.id, who.collection.id];
  const call = {
    merchantId,
    collectionId,
    key,
    route: create,
    fingerprint: fingerprintOf({}, {}),
    requestId: "req_held",
    at: now,
  };
  const waiting: (readonly [string, Sent])[] = [
    [create, { body: paymentBody("10011"), headers: { "idempotency-key": key } }],
    ...callsUnder(key),
  ];
  await db.rehearse(async (other) => {
    const lease = { now, until: new Date(now.getTime() + 60_000) };
    await claimKey((text, values) => other.query(text, values), call, lease, 1_000);
    // As many at a time as one API key may have under way.
    const next = async () => {
      for (let each = waiting.pop(); each !== undefined; each = waiting.pop())
        await traveller.fails("idempotency_in_progress", each[0], { ...each[1], key: own.key });
    };
    // A transaction that idles is ended by the database.
    const beat = setInterval(() => void other.query("select 1"), 1_000);
    try {
      await Promise.all(Array.from({ length: Number(fewAtOnce.KINETICPAY_KEY_CONCURRENCY) }, next));
    } finally {
      clearInterval(beat);
    }
  });
}
