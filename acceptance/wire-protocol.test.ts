import { afterAll, beforeAll, expect, test } from "vitest";
import { newInvoice, send } from "./harness/api.ts";
import { type Buyer, newBuyer } from "./harness/buyer.ts";
import { decideAtBank, defaultBank, openStage, returnFromBank, type Stage } from "./harness/stage.ts";
import { until } from "./harness/until.ts";
import { openEnvelope } from "./harness/wire-envelope.ts";

interface Created {
  readonly html: string;
  readonly id: string;
  readonly invoice: string;
  readonly checkout_url: string;
}
interface Status {
  readonly code: string;
  readonly id: string;
  readonly invoice: string;
  readonly amount: string;
  readonly status: string;
  readonly record: Readonly<Record<string, unknown>>;
  readonly encoded_transaction_data: string;
}
interface Refused {
  readonly error: Readonly<Record<string, readonly string[]>>;
  readonly type: string;
  readonly code: string;
  readonly message: string;
  readonly status: number;
  readonly request_id: string;
}

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

function fieldsFor(invoice: string): Record<string, string | number> {
  return {
    merchant_key: stage.gateway.access.merchant_key,
    invoice,
    amount: "2.00",
    description: 'Yuran "kelas" | Año',
    bank: "",
    callback_success: `${stage.shop.url}/wc-api/kineticpay?wc-order=7&key=a%20b`,
    callback_error: `${stage.shop.url}/wc-api/kineticpay?failed=1`,
    callback_status: `${stage.shop.url}/status-hook`,
  };
}

function createAsForm(fields: Record<string, string | number>, contentType = "application/x-www-form-urlencoded") {
  const text = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));
  return send<Created & Refused>(`${stage.gateway.url}/payment/create`, {
    method: "POST",
    headers: { "content-type": contentType },
    body: new URLSearchParams(text).toString(),
  });
}

function createAsJson(fields: Record<string, string | number>) {
  return send<Created & Refused>(`${stage.gateway.url}/payment/create`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify(fields),
  });
}

function status(invoice: string, method: "GET" | "POST" = "GET", body?: string, key?: string) {
  const query = new URLSearchParams({ merchant_key: key ?? stage.gateway.access.merchant_key, invoice });
  return send<Status & Refused>(`${stage.gateway.url}/payment/status?${query}`, {
    method,
    headers: { "content-type": "application/json" },
    ...(body === undefined ? {} : { body }),
  });
}

/** A shop's customer, who has pressed the button of the form that the shop printed. */
async function enter(created: Created): Promise<Buyer> {
  stage.shop.show(`/pay/${created.invoice}`, created.html);
  const buyer = newBuyer();
  await buyer.open(`${stage.shop.url}/pay/${created.invoice}`);
  await buyer.press("Continue to payment");
  return buyer;
}

function expectGenuine(form: URLSearchParams): { readonly record: Readonly<Record<string, unknown>> } {
  const encoded = form.get("encoded_transaction_data") ?? "";
  const opened = openEnvelope(stage.gateway.access.merchant_key, form.get("encrypted_transaction_data") ?? "");
  expect(opened).toBe(encoded);
  expect(form.get("hide_page_header")).toBe("1");
  expect(form.get("receipt_url")).toContain(`${stage.gateway.url}/checkout/`);
  return JSON.parse(encoded) as { record: Readonly<Record<string, unknown>> };
}

test.each(["a form", "a form that calls itself JSON", "JSON"])(
  "a shop that sends %s gets a payment, and browser and server bring it the same sealed record of it",
  async (way) => {
    const invoice = newInvoice();
    const fields: Record<string, string | number> = { ...fieldsFor(invoice), amount: way === "JSON" ? 2 : "2.0" };
    const answer =
      way === "JSON"
        ? await createAsJson(fields)
        : await createAsForm(fields, way === "a form" ? undefined : "application/json");
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ invoice, html: expect.stringContaining("<form ") });
    expect((await status(invoice)).body).toMatchObject({ code: "09", id: "", amount: "2.00", status: "open" });

    const buyer = await enter(answer.body);
    await buyer.goToBank(defaultBank);
    await decideAtBank(buyer, "Approve");
    await returnFromBank(buyer);
    await buyer.press("Return to");
    expect(buyer.page.url).toBe(String(fields["callback_success"]));

    const back = stage.shop.visitsTo("/wc-api/kineticpay").find((visit) => visit.body.includes(invoice));
    expect(back?.method).toBe("POST");
    expect(back?.query.get("key")).toBe("a b");
    const hook = await stage.shop.waitForVisit("/status-hook", (visit) => visit.body.includes(invoice));
    for (const form of [back?.form ?? new URLSearchParams(), hook.form]) {
      expect(expectGenuine(form).record).toMatchObject({
        order_number: invoice,
        order_amount: "2.00",
        order_description: 'Yuran "kelas" | Año',
        transaction_status: "Successful",
        transaction_status_code: "00",
        buyer_bank_code: defaultBank,
        payment_model: "b2c",
      });
      expect(form.get("fpx_sellerOrderNo")?.split("-").slice(1).join("-")).toContain(invoice);
    }
    const paid = (await status(invoice)).body;
    expect(paid).toMatchObject({ code: "00", invoice, amount: "2.00", status: "paid" });
    expect(paid.id).toMatch(/^\d{16}$/);
    expect(JSON.parse(paid.encoded_transaction_data)).toEqual({ record: paid.record });
    expect((await status(invoice, "POST")).body.code).toBe("00");
    expect((await status(invoice, "POST", "[]")).body.code).toBe("00");
    expect(stage.shop.visitsTo("/status-hook").filter((visit) => visit.body.includes(invoice))).toHaveLength(1);
  },
);

test("an invoice that was asked for by one protocol is found by the other, as the moving guide says", async () => {
  const [wire, v2] = [newInvoice(), newInvoice()];
  expect((await createAsForm(fieldsFor(wire))).status).toBe(200);
  const found = await stage.gateway.api.call<{ data: { amount: number }[] }>("GET", `/api/v2/payments?invoice=${wire}`);
  expect(found.body.data.map(({ amount }) => amount)).toEqual([200]);
  await stage.create({ invoice: v2 });
  expect((await status(v2)).body).toMatchObject({ code: "09", invoice: v2 });
});

test("a buyer who fails at the bank is brought back to the shop once for that attempt, with its code, and may pay the same invoice again", async () => {
  const invoice = newInvoice();
  const created = (await createAsForm(fieldsFor(invoice))).body;
  const buyer = await enter(created);
  await buyer.goToBank(defaultBank);
  await decideAtBank(buyer, "Cancel");
  await returnFromBank(buyer);
  await buyer.press("Return to");
  expect(buyer.page.url).toBe(`${stage.shop.url}/wc-api/kineticpay?failed=1`);
  const back = stage.shop.visitsTo("/wc-api/kineticpay").find((visit) => visit.body.includes(invoice));
  expect(expectGenuine(back?.form ?? new URLSearchParams()).record).toMatchObject({
    transaction_status: "Failed",
    transaction_status_code: "1L",
  });
  expect((await status(invoice)).body).toMatchObject({ code: "1L", status: "open" });

  const again = (await createAsForm(fieldsFor(invoice))).body;
  expect(again.id).toBe(created.id);
  await (await enter(again)).goToBank("BCBB0235");
  const payment = await stage.gateway.api.get(created.id);
  expect(payment.attempts).toHaveLength(2);
});

test("a shop's stored bank leads straight to that bank, under its old name too, and an unknown or offline one to the choice of banks", async () => {
  const straight = (await createAsForm({ ...fieldsFor(newInvoice()), bank: "MBB0227" })).body;
  const buyer = await enter(straight);
  expect(buyer.page.heading).toBe("Taking you to Maybank2U");
  await buyer.press("Continue to bank");
  expect(buyer.page.text).toContain("Maybank2U");
  await stage.gateway.exchange.setBank("BIMB0340", false);
  await until("the gateway to know that the bank is offline", async () => {
    const list = await stage.gateway.api.call<{ data: { id: string; online: boolean }[] }>("GET", "/api/v2/banks");
    return list.body.data.some((bank) => bank.id === "BIMB0340" && !bank.online);
  });
  for (const bank of ["NOBANK99", "BIMB0340"]) {
    const answer = await createAsForm({ ...fieldsFor(newInvoice()), bank });
    expect(answer.status).toBe(200);
    expect((await enter(answer.body)).page.heading).toBe("Choose your bank");
  }
});

test("a changed cart replaces the unpaid payment of its invoice, unless its buyer is at the bank; a paid invoice refuses", async () => {
  const invoice = newInvoice();
  const first = (await createAsForm(fieldsFor(invoice))).body;
  const second = (await createAsForm({ ...fieldsFor(invoice), amount: "3.50" })).body;
  expect(second.id).not.toBe(first.id);
  expect((await stage.gateway.api.get(first.id)).status).toBe("cancelled");
  expect((await status(invoice)).body).toMatchObject({ amount: "3.50", code: "09" });
  const buyer = await enter(second);
  await buyer.goToBank(defaultBank);
  const third = await createAsForm({ ...fieldsFor(invoice), amount: "4.00" });
  expect(third.status).toBe(403);
  expect(third.body).toMatchObject({
    code: "invoice_conflict",
    error: { invoice: [expect.stringContaining("RM 3.50")] },
  });
  await decideAtBank(buyer, "Approve");
  await stage.waitForStatus(second.id, "paid");
  const fourth = await createAsForm(fieldsFor(invoice));
  expect(fourth.body).toMatchObject({ code: "invoice_already_paid", error: { invoice: [expect.any(String)] } });
  expect((await status(invoice)).body.code).toBe("00");
});

test("an invoice names one payment across both APIs", async () => {
  const invoice = newInvoice();
  const wire = (await createAsForm(fieldsFor(invoice))).body;
  const v2 = await stage.create({ invoice, amount: 200 });
  expect(v2.id).toBe(wire.id);
});

test("whatever goes wrong is a JSON object whose error maps names to lists of sentences, beside the contract's members", async () => {
  const invoice = newInvoice();
  const fields = fieldsFor(invoice);
  const answers = {
    "a wrong key": await createAsForm({ ...fields, merchant_key: "nobody" }),
    "no key": await createAsForm({ ...fields, merchant_key: "" }),
    nothing: await createAsForm({}),
    "faulty fields": await createAsForm({ ...fields, amount: "abc", invoice: "", callback_success: "javascript:1" }),
    "an amount that FPX does not carry": await createAsForm({ ...fields, amount: "0.50" }),
    "broken JSON": await send<Refused>(`${stage.gateway.url}/payment/create`, { method: "POST", body: "{" }),
    "an unknown invoice": await status("NONE-SUCH"),
    "a wrong key at status": await status(invoice, "GET", undefined, "nobody"),
    "no invoice": await status(""),
    "a wrong path": await send<Refused>(`${stage.gateway.url}/payment/creat`, { method: "POST" }),
    "a wrong method": await send<Refused>(`${stage.gateway.url}/payment/create`, { method: "GET" }),
  };
  const seen = Object.fromEntries(
    Object.entries(answers).map(([what, answer]) => [what, `${answer.status} ${answer.body.code}`]),
  );
  expect(seen).toEqual({
    "a wrong key": "401 key_invalid",
    "no key": "401 key_missing",
    nothing: "401 key_missing",
    "faulty fields": "403 fields_invalid",
    "an amount that FPX does not carry": "403 amount_out_of_range",
    "broken JSON": "403 json_malformed",
    "an unknown invoice": "404 resource_missing",
    "a wrong key at status": "401 key_invalid",
    "no invoice": "403 fields_invalid",
    "a wrong path": "404 route_unknown",
    "a wrong method": "404 method_unknown",
  });
  for (const [what, { body, headers, status: code }] of Object.entries(answers)) {
    expect(body.status, what).toBe(code);
    expect(body.request_id, what).toBe(headers.get("x-request-id"));
    expect(Object.keys(body.error).length, what).toBeGreaterThan(0);
    for (const list of Object.values(body.error)) {
      expect(Array.isArray(list) && list.length > 0 && list.every((each) => each.length > 10), what).toBe(true);
    }
  }
  expect(answers["a wrong key"].body.error).toHaveProperty("merchant_key");
  expect(Object.keys(answers["faulty fields"].body.error).sort()).toEqual(["amount", "callback_success", "invoice"]);
});
