import type { PaymentView } from "@kineticpay/contract/payment";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Failure, newInvoice, ordinary, send } from "./harness/api.ts";
import { type Gateway, startGateway } from "./harness/gateway.ts";

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.dispose());

test("ping proves that key, API switch and address are right; whoami says whose key it is; neither shows the key", async () => {
  const ping = await gateway.api.call<Record<string, unknown>>("GET", "/api/v2/ping");
  expect(ping.status).toBe(200);
  expect(ping.body).toMatchObject({ message: "pong", mode: "sandbox" });
  const whoami = await gateway.api.call<{ key: { hint: string } }>("GET", "/api/v2/whoami");
  expect(whoami.body).toMatchObject({
    collection: { id: gateway.access.collection_id, api_enabled: true },
    key: { hint: `kp_test_…${gateway.access.api_key.slice(-4)}` },
    address: "127.0.0.1",
  });
  expect(ping.text + whoami.text).not.toContain(gateway.access.api_key);
});

test("health and readiness answer without a key", async () => {
  expect(await send(`${gateway.url}/health`)).toMatchObject({ status: 200, body: { status: "ok" } });
  expect(await send(`${gateway.url}/ready`)).toMatchObject({ status: 200, body: { status: "ready", mode: "sandbox" } });
});

test("the banks are listed for each model by display name, in alphabetical order, with whether they are online", async () => {
  for (const model of ["b2c", "b2b1"]) {
    const list = await gateway.api.call<{ model: string; as_of: string; data: { id: string; name: string }[] }>(
      "GET",
      `/api/v2/banks?model=${model}`,
    );
    expect(list.body.model).toBe(model);
    expect(list.body.as_of).not.toBeNull();
    const names = list.body.data.map((bank) => bank.name);
    expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b, "en", { sensitivity: "base" })));
    expect(list.body.data.find((bank) => bank.id === "MBB0228")?.name).toBe("Maybank2E");
    expect(list.body.data.some((bank) => bank.id === "MB2U0227")).toBe(model === "b2c");
  }
});

test("a payment keeps all that it was created with, and everything has its default", async () => {
  const full = {
    ...ordinary(),
    amount: 99,
    currency: "MYR",
    description: "Two tins\nof paint",
    buyer: { name: "Siti", email: "siti@example.com", phone: "+60 12-345 6789" },
    bank: "MB2U0227",
    model: "b2c",
    callback_url: "http://127.0.0.1:9/callback",
    expires_in: 600,
    metadata: { order: 7, gift: true, note: "x" },
    locale: "ms",
  };
  const { expires_in: _, ...kept } = full;
  expect((await gateway.api.call<Failure>("POST", "/api/v2/payments", full)).body.code).toBe("amount_out_of_range");
  const payment = await gateway.api.create({ ...full, amount: 100 });
  expect(payment).toMatchObject({ ...kept, amount: 100, status: "open", object: "payment" });
  expect(Date.parse(payment.expires_at) - Date.parse(payment.created_at)).toBe(600_000);
  expect(await gateway.api.get(payment.id)).toEqual(payment);
  const plain = await gateway.api.create({ description: undefined });
  expect(plain).toMatchObject({
    description: "",
    currency: "MYR",
    model: null,
    bank: null,
    buyer: {},
    callback_url: null,
    metadata: {},
    locale: "en",
    flags: [],
  });
  expect(Date.parse(plain.expires_at) - Date.parse(plain.created_at)).toBe(86_400_000);
});

test("the same invoice again returns the same payment with its new addresses; another amount is refused", async () => {
  const first = await gateway.api.create();
  const again = await gateway.api.create({ invoice: first.invoice, success_url: "https://shop.example/new" });
  expect(again).toMatchObject({ id: first.id, success_url: "https://shop.example/new" });
  const other = await gateway.api.call<Failure>("POST", "/api/v2/payments", {
    ...ordinary(),
    invoice: first.invoice,
    amount: 1300,
  });
  expect(other.status).toBe(403);
  expect(other.body).toMatchObject({
    code: "invoice_conflict",
    meta: { payment: first.id, amount: 1250, requested: 1300, in_flight: false },
  });
});

test("many requests for one invoice at the same time make one payment", async () => {
  const invoice = newInvoice();
  const made = await Promise.all(Array.from({ length: 10 }, () => gateway.api.create({ invoice })));
  expect(new Set(made.map((payment) => payment.id)).size).toBe(1);
});

test("an unpaid payment's details can be changed, and a closed one's cannot", async () => {
  const payment = await gateway.api.create();
  const change = { description: "Three tins", metadata: { order: 8 }, buyer: { name: "Ali" }, expires_in: 60 };
  const changed = await gateway.api.call<PaymentView>("PATCH", `/api/v2/payments/${payment.id}`, change);
  const { expires_in: _, ...kept } = change;
  expect(changed).toMatchObject({ status: 200, body: { ...kept, amount: 1250, invoice: payment.invoice } });
  await gateway.api.call("POST", `/api/v2/payments/${payment.id}/cancel`);
  const refused = await gateway.api.call<Failure>("PATCH", `/api/v2/payments/${payment.id}`, change);
  expect(refused).toMatchObject({ status: 403, body: { code: "state_not_allowed", meta: { status: "cancelled" } } });
  const amount = await gateway.api.call<Failure>("PATCH", `/api/v2/payments/${payment.id}`, { amount: 1 });
  expect(amount.body.fields?.[0]).toMatchObject({ path: "/amount", code: "field_unknown" });
});

test("pages of the list hold every payment once, newest first, whatever is created meanwhile", async () => {
  const before = new Date(Date.now() - 1).toISOString();
  const made: string[] = [];
  for (let i = 0; i < 7; i += 1) made.unshift((await gateway.api.create()).id);
  const pages: string[][] = [];
  let startingAfter: string | undefined;
  for (;;) {
    const page = await gateway.api.list({
      limit: "3",
      created_after: before,
      ...(startingAfter === undefined ? {} : { starting_after: startingAfter }),
    });
    pages.push(page.data.map((payment) => payment.id));
    if (!page.has_more) break;
    startingAfter = page.data.at(-1)?.id;
    // Newer than the first page, so no later page may show it.
    await gateway.api.create();
  }
  expect(pages.map((page) => page.length)).toEqual([3, 3, 1]);
  expect(pages.flat()).toEqual(made);
});

test("the list filters by status, invoice and time of creation", async () => {
  const first = await gateway.api.create();
  const second = await gateway.api.create();
  await gateway.api.call("POST", `/api/v2/payments/${second.id}/cancel`);
  const ids = async (query: Record<string, string>) => (await gateway.api.list(query)).data.map((each) => each.id);
  expect(await ids({ invoice: first.invoice })).toEqual([first.id]);
  const cancelled = await gateway.api.list({ status: "cancelled" });
  expect(cancelled.data.map((each) => each.id)).toContain(second.id);
  expect(new Set(cancelled.data.map((each) => each.status))).toEqual(new Set(["cancelled"]));
  expect(await ids({ created_before: first.created_at, limit: "100" })).not.toContain(second.id);
  expect(await ids({ created_after: first.created_at, limit: "100" })).toContain(second.id);
  expect(await ids({ created_after: "2999-01-01" })).toEqual([]);
});
