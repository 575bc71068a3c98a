import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { NewPayment } from "../../payments/create-payment.ts";
import { formOf, openVisitor, type Visitor } from "../../testing/checkout-visitor.ts";
import { testClock } from "../../testing/test-clock.ts";
import { openTestGateway, type TestGateway } from "../../testing/test-gateway.ts";

const clock = testClock();
let gateway: TestGateway;
let visitor: Visitor;
beforeAll(async () => {
  gateway = await openTestGateway({ clock });
  visitor = openVisitor(gateway);
});
afterAll(() => gateway.close());

const heading = (html: string) => /<h1>(.*?)<\/h1>/.exec(html)?.[1];
const wire: Partial<NewPayment> = {
  protocol: "wire",
  successUrl: "http://shop.example:8000/?wc-api=kp&order=7&x=a%20b",
  failureUrl: "http://shop.example:8000/failed?order=7",
};

describe("a merchant of the v2 API", () => {
  test("gets its buyer back with the payment's id, its own query kept, and no status to believe", async () => {
    const successUrl = "https://shop.example/thanks?cart=7&note=a%20b#top";
    const payment = await visitor.create({ successUrl });
    await visitor.decide(await visitor.goToBank(payment), "00");
    const answer = await visitor.get(`/checkout/${payment.checkoutId}/return`);
    expect(answer.status).toBe(303);
    expect(answer.location).toBe(`https://shop.example/thanks?cart=7&note=a%20b&payment_id=${payment.id}#top`);
  });

  test("gets a buyer who did not pay at its other address", async () => {
    const payment = await visitor.create();
    const answer = await visitor.get(`/checkout/${payment.checkoutId}/return`);
    expect(answer.location).toBe(`https://shop.example/again?payment_id=${payment.id}`);
  });

  test("gets nobody while the result is awaited", async () => {
    const payment = await visitor.create();
    await visitor.goToBank(payment);
    const answer = await visitor.get(`/checkout/${payment.checkoutId}/return`);
    expect(answer.location).toBe(`/checkout/${payment.checkoutId}`);
  });

  test("has its buyer sent on from the receipt the first time only", async () => {
    const payment = await visitor.create();
    await visitor.decide(await visitor.goToBank(payment), "00");
    const path = `/checkout/${payment.checkoutId}`;
    expect((await visitor.get(path)).html).toContain('id="countdown"');
    await visitor.get(`${path}/return`);
    const later = (await visitor.get(path)).html;
    expect(later).not.toContain('id="countdown"');
    expect(later).toContain(`href="${path}/return"`);
  });
});

describe("a shop of the wire protocol", () => {
  test("gets its paid buyer by a form, at its address as it wrote it, once; later visits stay with the receipt", async () => {
    const payment = await visitor.create(wire);
    await visitor.decide(await visitor.goToBank(payment), "00");
    const path = `/checkout/${payment.checkoutId}`;
    const first = await visitor.get(path);
    expect([first.status, first.location]).toEqual([303, `${path}/return`]);
    const page = await visitor.get(first.location);
    const form = formOf(page.html, "return");
    expect(form.action).toBe(wire.successUrl);
    const { record } = JSON.parse(form.fields["encoded_transaction_data"] ?? "");
    expect(record).toMatchObject({ order_number: payment.invoice, transaction_status_code: "00" });
    expect(Object.keys(form.fields).sort()).toEqual([
      "encoded_transaction_data",
      "encrypted_transaction_data",
      "fpx_sellerOrderNo",
      "hide_page_header",
      "receipt_url",
    ]);
    // The shop may send the buyer on to yet another site, and Chrome would hold that against this form.
    expect(page.headers.get("content-security-policy")).not.toContain("form-action");
    const later = await visitor.get(path);
    expect(later.status).toBe(200);
    expect(heading(later.html)).toBe("Payment successful");
    expect(later.html).toContain(`href="${path}/return"`);
    expect(later.html).not.toContain('id="countdown"');
  });

  test("gets its buyer back after each try that failed, with that try's code", async () => {
    const payment = await visitor.create(wire);
    const path = `/checkout/${payment.checkoutId}`;
    for (const [bank, code] of [
      ["MB2U0227", "51"],
      ["RHB0218", "1L"],
    ] as const) {
      await visitor.decide(await visitor.goToBank(payment, bank), code);
      const answer = await visitor.get(path);
      expect(answer.location).toBe(`${path}/return`);
      const form = formOf((await visitor.get(answer.location)).html, "return");
      expect(form.action).toBe(wire.failureUrl);
      expect(JSON.parse(form.fields["encoded_transaction_data"] ?? "").record.transaction_status_code).toBe(code);
      expect(heading((await visitor.get(path)).html)).toBe("Choose your bank");
    }
  });

  test("does not get its buyer while the result is awaited", async () => {
    const payment = await visitor.create(wire);
    const attempt = await visitor.goToBank(payment);
    await visitor.decide(attempt, "09");
    expect(heading((await visitor.get(`/checkout/${payment.checkoutId}`)).html)).toBe("Waiting for Maybank2U");
  });
});

describe("a form that a shop's own page sends", () => {
  test("goes straight on to the bank that the shop names, also by an old id, and asks for no second press", async () => {
    for (const bankId of ["MB2U0227", "MBB0227"]) {
      const payment = await visitor.create({ ...wire, bankId });
      const answer = await visitor.post(`/checkout/${payment.checkoutId}`, { invoice: payment.invoice });
      expect(answer.status).toBe(303);
      expect(answer.location).toMatch(/\/attempts\/att_\w+\/handoff$/);
      expect((await visitor.attempts(payment)).map((attempt) => attempt.bankId)).toEqual(["MB2U0227"]);
    }
  });

  test("sent twice in a hurry leads to the same attempt", async () => {
    const payment = await visitor.create({ ...wire, bankId: "MB2U0227" });
    const first = await visitor.post(`/checkout/${payment.checkoutId}`);
    const second = await visitor.post(`/checkout/${payment.checkoutId}`);
    expect(second.location).toBe(first.location);
  });

  test("leads to the choice of a bank where the shop names none, or one that cannot be used", async () => {
    await visitor.control("/banks/OCBC0229", { online: false });
    clock.advance(10_000);
    for (const bankId of [null, "", "NOSUCH01", "OCBC0229"]) {
      const payment = await visitor.create({ ...wire, bankId });
      const answer = await visitor.post(`/checkout/${payment.checkoutId}`);
      expect([answer.status, answer.location]).toEqual([303, `/checkout/${payment.checkoutId}`]);
      expect(heading((await visitor.get(answer.location)).html)).toBe("Choose your bank");
      expect(await visitor.attempts(payment)).toEqual([]);
    }
  });

  test("leads to the payment's page once a bank was tried, so that a reload never pays again", async () => {
    const payment = await visitor.create({ ...wire, bankId: "MB2U0227" });
    await visitor.decide(await visitor.goToBank(payment), "51");
    const answer = await visitor.post(`/checkout/${payment.checkoutId}`);
    expect(answer.location).toBe(`/checkout/${payment.checkoutId}`);
    expect(await visitor.attempts(payment)).toHaveLength(1);
  });
});
