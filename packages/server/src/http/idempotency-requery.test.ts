import type { AddressInfo } from "node:net";
import type { PaymentView } from "@kineticpay/contract/payment";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, it } from "vitest";
import { beginAttempt } from "../payments/begin-attempt.ts";
import { openTestGateway, type TestGateway } from "../testing/test-gateway.ts";
import { buildApp } from "./app.ts";

let test: TestGateway;
/** Another process of the gateway, as far as keys are concerned: it knows nothing of calls under way in the first. */
let second: FastifyInstance;
beforeAll(async () => {
  test = await openTestGateway();
  second = buildApp(test.gateway);
  await second.listen({ host: "127.0.0.1", port: 0 });
});
afterAll(async () => {
  await second.close();
  await test.close();
});

interface Told {
  readonly status: number;
  readonly text: string;
  readonly code: string | undefined;
  readonly replayed: string | null;
  readonly retryAfter: string | null;
}

async function post(at: string, path: string, idempotencyKey: string, body?: unknown): Promise<Told> {
  const answer = await fetch(`${at}/api/v2${path}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${test.merchant.apiKey.key}`,
      "idempotency-key": idempotencyKey,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    text,
    code: (JSON.parse(text) as { code?: string }).code,
    replayed: answer.headers.get("idempotency-replayed"),
    retryAfter: answer.headers.get("retry-after"),
  };
}

/** A payment whose buyer stands before the bank, whose next enquiry is disturbed in this way. */
async function atTroubledBank(invoice: string, disturbance: object): Promise<PaymentView> {
  const made = await post(test.url, "/payments", `make-${invoice}`, {
    amount: 1250,
    invoice,
    success_url: "https://shop.example/thanks",
    failure_url: "https://shop.example/again",
  });
  const payment = JSON.parse(made.text) as PaymentView;
  const begun = await beginAttempt(test.gateway, payment.checkout_url.split("/").at(-1) ?? "", {
    bankId: "MB2U0227",
    model: "b2c",
    locale: "en",
    confirmed: true,
  });
  if (begun.kind !== "handed_off") throw new Error(begun.kind);
  const scripted = await fetch(`${test.simulator.url}/_control/scripts`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ match: { any: true }, ae_times: 1, times: 1, ...disturbance }),
  });
  expect(scripted.status).toBe(200);
  const form = new URLSearchParams(begun.attempt.sent);
  await fetch(test.gateway.rail.handOffUrl, { method: "POST", body: form, redirect: "manual" });
  return payment;
}

const enquiries = async (id: string) => {
  const [row] = await test.gateway.db.query<{ count: number }>(
    "select count(*) as count from bank_messages m join attempts a on a.id = m.attempt_id where a.payment_id = $1",
    [id],
  );
  return row?.count;
};

it("asks the bank once for a key, holding no transaction meanwhile, and has repeats wait no longer than promised", async () => {
  const { id } = await atTroubledBank("slow", { ae: "slow", slow_ms: 3_500 });
  const path = `/payments/${id}/requery`;
  const elsewhere = `http://127.0.0.1:${(second.server.address() as AddressInfo).port}`;
  const first = post(test.url, path, "slow");
  const claimed = async () =>
    (await test.gateway.db.query("select from idempotency_records where idempotency_key = 'slow' and status is null"))
      .length;
  while ((await claimed()) === 0);
  for (const late of await Promise.all([post(test.url, path, "slow"), post(elsewhere, path, "slow")]))
    expect(late).toMatchObject({ status: 429, code: "idempotency_in_progress", retryAfter: "1", replayed: null });
  // The bank still has not answered, and was asked longer ago than the background work's own transactions take.
  const held = await test.gateway.db.query(
    `select query from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'
       and xact_start < now() - interval '1 second'`,
  );
  expect(held).toEqual([]);
  const { status, text } = await first;
  expect(status).toBe(200);
  const asked = await enquiries(id);
  for (const at of [test.url, elsewhere])
    expect(await post(at, path, "slow")).toMatchObject({ status: 200, text, replayed: "true" });
  expect(await enquiries(id)).toBe(asked);
  expect(await post(elsewhere, `/payments/${id}/cancel`, "slow")).toMatchObject({ code: "idempotency_key_reused" });
});

it("keeps nothing of an enquiry that failed, so that its repeat asks again", async () => {
  const { id } = await atTroubledBank("reset", { ae: "reset" });
  const path = `/payments/${id}/requery`;
  expect(await post(test.url, path, "reset")).toMatchObject({ status: 503, code: "bank_offline" });
  expect(await test.gateway.db.query("select from idempotency_records where idempotency_key = 'reset'")).toEqual([]);
  expect(await post(test.url, path, "reset")).toMatchObject({ status: 200, replayed: null });
  expect(await post(test.url, path, "reset")).toMatchObject({ status: 200, replayed: "true" });
});
