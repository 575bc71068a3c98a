import type { PaymentView } from "@kineticpay/contract/payment";
import { beginAttempt } from "../../payments/begin-attempt.ts";
import type { TestGateway } from "../test-gateway.ts";
import { eventually, nothing, paymentBody, type World } from "./world.ts";

/** Asks the simulator's control API. */
export async function control(test: TestGateway, method: string, path: string, body?: unknown): Promise<void> {
  const answer = await fetch(`${test.simulator.url}/_control${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`the simulator answered ${answer.status}: ${await answer.text()}`);
}

/** A payment whose buyer stands before the bank's login. */
export async function atBank(
  { traveller, test }: World,
  invoice: string,
): Promise<{ id: string; orderNumber: string }> {
  const made = await traveller.ok<PaymentView>("POST /api/v2/payments", { body: paymentBody(invoice) });
  const begun = await beginAttempt(test.gateway, made.checkout_url.split("/").at(-1) ?? "", {
    bankId: "MB2U0227",
    model: "b2c",
    locale: "en",
    confirmed: false,
  });
  if (begun.kind !== "handed_off") throw new Error(begun.kind);
  await fetch(test.gateway.rail.handOffUrl, {
    method: "POST",
    body: new URLSearchParams(begun.attempt.sent),
    redirect: "manual",
  });
  return { id: made.id, orderNumber: begun.attempt.orderNumber };
}

/** Creating, reading, changing, listing and cancelling, and whatever can be wrong with them. */
export async function payOnline(world: World): Promise<void> {
  const { traveller, test } = world;
  const create = "POST /api/v2/payments";
  const first = await traveller.ok<PaymentView>(create, { body: paymentBody("10001") });
  await traveller.fails("invoice_conflict", create, { body: paymentBody("10001", { amount: 1500 }) });
  await traveller.fails("fields_invalid", create, { body: { amount: "12.50", invoice: "10002" } });
  await traveller.fails("amount_out_of_range", create, { body: paymentBody("10002", { amount: 50, model: "b2c" }) });
  await traveller.ok(create, { body: paymentBody("10002"), query: { validate_only: "true" } });
  const params = { id: first.id };
  const change = { description: "Three tickets", metadata: { seats: "A1, A2, A3" } };
  await traveller.ok("PATCH /api/v2/payments/:id", { params, body: change });
  const missing = { params: { id: nothing("pay") } };
  await traveller.fails("resource_missing", "PATCH /api/v2/payments/:id", { ...missing, body: change });
  await traveller.ok("POST /api/v2/payments/:id/cancel", { params });
  await traveller.fails("state_not_allowed", "PATCH /api/v2/payments/:id", { params, body: change });
  for (const operation of [
    "GET /api/v2/payments/:id",
    "POST /api/v2/payments/:id/cancel",
    "POST /api/v2/payments/:id/requery",
  ])
    await traveller.fails("resource_missing", operation, missing);

  const { id, orderNumber } = await atBank(world, "10003");
  await control(test, "POST", `/transactions/${orderNumber}/decide`, { code: "00" });
  await traveller.ok("GET /api/v2/payments/:id", { params: { id } });
  await traveller.ok("POST /api/v2/payments/:id/requery", { params: { id } });
  await traveller.ok("GET /api/v2/payments", { query: { status: "paid", limit: "10" } });
  await traveller.fails("fields_invalid", "GET /api/v2/payments", { query: { limit: "1000" } });
  await traveller.fails("invoice_already_paid", create, { body: paymentBody("10003") });
  await traveller.fails("state_not_allowed", "POST /api/v2/payments/:id/cancel", { params: { id } });
}

/** Asking a bank network that is away, talks nonsense, or says nothing in time. */
export async function askTroubledBank(world: World): Promise<void> {
  const { traveller, test } = world;
  const troubles = [
    ["bank_offline", { ae: "reset" }],
    ["bank_bad_response", { ae: "garbage" }],
    ["bank_timeout", { ae: "slow", slow_ms: 60_000 }],
  ] as const;
  for (const [code, trouble] of troubles) {
    await control(test, "POST", "/scripts", { match: { any: true }, ...trouble, times: 1 });
    const { id } = await atBank(world, `troubled-${code}`);
    await traveller.fails(code, "POST /api/v2/payments/:id/requery", { params: { id } });
  }
  // The first list of a model that nobody has looked at yet; what the network said before would be told for a minute.
  for (const [code, { ae: be, ...slow }] of troubles) {
    await control(test, "DELETE", "/scripts");
    await control(test, "POST", "/scripts", { match: { any: true }, be, ...slow });
    await eventually(() => traveller.fails(code, "GET /api/v2/banks", { query: { model: "b2b1" } }));
  }
}
