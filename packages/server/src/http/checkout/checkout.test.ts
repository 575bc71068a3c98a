import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, formOf, openVisitor, type Visitor } from "../../testing/checkout-visitor.ts";
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

const policyOf = (answer: Answer) => answer.headers.get("content-security-policy") ?? "";
const heading = (answer: Answer) => /<h1>(.*?)<\/h1>/.exec(answer.html)?.[1];

describe("wherever a page is asked for", () => {
  test("a wrong address gets a kind page with the request's id, whatever the method", async () => {
    const unknown = `/checkout/cs_${"0".repeat(40)}`;
    const answers = [
      await visitor.get("/checkout/nonsense"),
      await visitor.get(unknown),
      await visitor.get("/checkout"),
      await visitor.get(`${unknown}/elsewhere`),
      await visitor.post(`${unknown}/attempts`, { bank: "MB2U0227", model: "b2c" }),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(404);
      expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(answer.html).toContain(answer.headers.get("x-request-id"));
      expect(heading(answer)).toBe("We could not find this page");
      expect(policyOf(answer)).toContain("form-action 'self'");
    }
  });

  test("a fault page speaks the browser's language", async () => {
    const answer = await visitor.get("/checkout/nonsense", { "accept-language": "ms-MY,en;q=0.5" });
    expect(answer.html).toContain('<html lang="ms">');
  });

  test("a body that is far too large gets a page too", async () => {
    const { checkoutId } = await visitor.create();
    const answer = await visitor.post(`/checkout/${checkoutId}/attempts`, { bank: "x".repeat(70_000) });
    expect([answer.status, heading(answer)]).toEqual([403, "We could not use what was sent"]);
  });

  test("pages cannot be framed, kept, sniffed or named to other sites, and run only their own script", async () => {
    const { checkoutId } = await visitor.create();
    const first = await visitor.get(`/checkout/${checkoutId}`);
    const second = await visitor.get(`/checkout/${checkoutId}`);
    expect(first.headers.get("cache-control")).toBe("no-store");
    expect(first.headers.get("referrer-policy")).toBe("no-referrer");
    expect(first.headers.get("x-content-type-options")).toBe("nosniff");
    expect(first.headers.get("cross-origin-opener-policy")).toBe("same-origin");
    const policy = policyOf(first);
    for (const part of ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "object-src 'none'"])
      expect(policy).toContain(part);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    const nonce = /nonce-([^']+)/.exec(policy)?.[1] ?? "";
    expect(first.html).toContain(`nonce="${nonce}"`);
    expect(policyOf(second)).not.toContain(nonce);
  });
});

describe("choosing a bank", () => {
  test("leads by a form with exactly the signed fields to FPX, from a page that lets forms go on to any bank", async () => {
    const payment = await visitor.create();
    const chosen = await visitor.post(`/checkout/${payment.checkoutId}/attempts`, { bank: "MB2U0227", model: "b2c" });
    const [attempt] = await visitor.attempts(payment);
    expect(chosen.status).toBe(303);
    expect(chosen.location).toBe(`/checkout/${payment.checkoutId}/attempts/${attempt?.id}/handoff`);
    const page = await visitor.get(chosen.location);
    const form = formOf(page.html, "hand-off");
    expect(form.action).toBe(gateway.gateway.rail.handOffUrl);
    expect(form.fields).toEqual(attempt?.sent);
    expect(page.html).toMatch(/<button[^>]*>Continue to bank<\/button>/);
    expect(policyOf(page)).not.toContain("form-action");
  });

  test("twice in a hurry is one attempt", async () => {
    const payment = await visitor.create();
    const path = `/checkout/${payment.checkoutId}/attempts`;
    const form = { bank: "MB2U0227", model: "b2c" };
    const first = await visitor.post(path, form);
    const second = await visitor.post(path, form);
    expect(second.location).toBe(first.location);
    expect(await visitor.attempts(payment)).toHaveLength(1);
  });

  test("of a bank that is offline or unknown, or of none, says so and begins nothing", async () => {
    await visitor.control("/banks/HSBC0223", { online: false });
    clock.advance(10_000);
    const payment = await visitor.create();
    const path = `/checkout/${payment.checkoutId}/attempts`;
    for (const [bank, said] of [
      ["HSBC0223", "HSBC Bank is offline"],
      ["NOSUCH01", "NOSUCH01 is offline"],
      ["", "Choose the bank you want to pay from."],
    ] as const) {
      const answer = await visitor.post(path, { bank, model: "b2c" });
      expect(answer.status).toBe(303);
      expect(answer.location).toMatch(/#problem$/);
      const page = await visitor.get(answer.location);
      expect(page.html).toMatch(new RegExp(`id="problem"[^>]*tabindex="-1".*${said}`, "s"));
      expect(page.html).toContain("<title>Something needs your attention");
    }
    expect(await visitor.attempts(payment)).toEqual([]);
  });

  test("of a kind of account that cannot pay the sum says so and begins nothing", async () => {
    const payment = await visitor.create({ amountSen: 5_000_000 });
    const answer = await visitor.post(`/checkout/${payment.checkoutId}/attempts`, { bank: "MB2U0227", model: "b2c" });
    expect((await visitor.get(answer.location)).html).toContain("This kind of account cannot pay this amount");
    expect(await visitor.attempts(payment)).toEqual([]);
  });

  test("while an earlier try is undecided needs a second, explicit word", async () => {
    const payment = await visitor.create();
    await visitor.goToBank(payment);
    clock.advance(60_000);
    const again = await visitor.post(`/checkout/${payment.checkoutId}/attempts`, { bank: "RHB0218", model: "b2c" });
    const warning = await visitor.get(again.location);
    expect(heading(warning)).toBe("Your earlier try may still go through");
    expect(await visitor.attempts(payment)).toHaveLength(1);
    const confirmed = { bank: "RHB0218", model: "b2c", confirmed: "1" };
    const sure = await visitor.post(`/checkout/${payment.checkoutId}/attempts`, confirmed);
    expect(sure.location).toMatch(/handoff$/);
    expect((await visitor.attempts(payment)).map((attempt) => attempt.bankId)).toEqual(["MB2U0227", "RHB0218"]);
  });

  test("again straight from the waiting page warns too, instead of going round in a circle", async () => {
    const payment = await visitor.create();
    await visitor.goToBank(payment);
    const form = { bank: "MB2U0227", model: "b2c", again: "1" };
    const answer = await visitor.post(`/checkout/${payment.checkoutId}/attempts`, form);
    expect(heading(await visitor.get(answer.location))).toBe("Your earlier try may still go through");
    expect(await visitor.attempts(payment)).toHaveLength(1);
  });
});

describe("coming back", () => {
  test("to the form for FPX once FPX has answered leads to the payment's page", async () => {
    const payment = await visitor.create();
    const attempt = await visitor.goToBank(payment);
    const path = `/checkout/${payment.checkoutId}/attempts/${attempt.id}/handoff`;
    expect((await visitor.get(path)).status).toBe(200);
    await visitor.decide(attempt, "09");
    const answer = await visitor.get(path);
    expect([answer.status, answer.location]).toEqual([303, `/checkout/${payment.checkoutId}`]);
  });

  test("to it minutes later does too", async () => {
    const payment = await visitor.create();
    const attempt = await visitor.goToBank(payment);
    clock.advance(6 * 60_000);
    expect((await visitor.get(`/checkout/${payment.checkoutId}/attempts/${attempt.id}/handoff`)).status).toBe(303);
  });

  test("from the bank needs no cookie, keeps the language, and settles nothing by itself", async () => {
    const payment = await visitor.create();
    const form = { bank: "MB2U0227", model: "b2c", lang: "ms" };
    await visitor.post(`/checkout/${payment.checkoutId}/attempts`, form);
    const [attempt] = await visitor.attempts(payment);
    if (attempt === undefined) throw new Error("no attempt was begun");
    await fetch(gateway.gateway.rail.handOffUrl, { method: "POST", body: new URLSearchParams(attempt.sent) });
    const message = await visitor.bankMessage(attempt, "00");
    const back = await visitor.post("/fpx/indirect", Object.fromEntries(new URLSearchParams(message)));
    expect([back.status, back.location]).toEqual([303, `/checkout/${payment.checkoutId}`]);
    const page = await visitor.get(back.location);
    expect(page.html).toContain('<html lang="ms">');
    expect(heading(page)).toBe("Menunggu Maybank2U");
  });

  test("with a message that is not FPX's gets a page that says not to pay again, and changes nothing", async () => {
    const payment = await visitor.create();
    const attempt = await visitor.goToBank(payment);
    const before = await visitor.attempts(payment);
    const message = Object.fromEntries(new URLSearchParams(await visitor.bankMessage(attempt, "51")));
    const forged = { ...message, fpx_debitAuthCode: "00" };
    const answer = await visitor.post("/fpx/indirect", forged);
    expect(answer.status).toBe(403);
    expect(heading(answer)).toBe("We could not confirm this answer");
    expect(answer.html).toContain("Please do not pay again.");
    expect(await visitor.attempts(payment)).toEqual(before);
  });
});

describe("the payment's page", () => {
  test("gives the buyer's message of a failed try above the list of banks, and lets the same payment be paid", async () => {
    const payment = await visitor.create();
    await visitor.decide(await visitor.goToBank(payment), "51");
    const page = await visitor.get(`/checkout/${payment.checkoutId}`);
    expect(page.html).toContain(gateway.gateway.rail.meaning("51").buyer.en);
    expect(heading(page)).toBe("Choose your bank");
    await visitor.decide(await visitor.goToBank(payment, "RHB0218"), "00");
    const receipt = await visitor.get(`/checkout/${payment.checkoutId}`);
    expect(heading(receipt)).toBe("Payment successful");
    expect(receipt.html).toContain((await visitor.attempts(payment)).at(-1)?.railTransactionId);
  });

  test("asks FPX at the buyer's word, and shows what it answers", async () => {
    const payment = await visitor.create();
    const attempt = await visitor.goToBank(payment);
    await visitor.control(`/transactions/${attempt.orderNumber}/decide`, { code: "00", direct: "drop" });
    expect(heading(await visitor.get(`/checkout/${payment.checkoutId}`))).toBe("Waiting for Maybank2U");
    const checked = await visitor.post(`/checkout/${payment.checkoutId}/check`);
    expect(heading(await visitor.get(checked.location))).toBe("Payment successful");
  });

  test("is the end of an overdue payment, even before a job has closed it", async () => {
    const payment = await visitor.create({ expiresInS: 60 });
    clock.advance(61_000);
    expect(heading(await visitor.get(`/checkout/${payment.checkoutId}`))).toBe("This payment has expired");
  });

  test("remembers a language that was chosen, and lets a cookie overrule the shop", async () => {
    const payment = await visitor.create({ locale: "en" });
    const path = `/checkout/${payment.checkoutId}`;
    const chosen = await visitor.get(`${path}?lang=ms`);
    const cookie = chosen.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^kp_lang=ms;.*SameSite=Lax/);
    expect((await visitor.get(path)).headers.get("set-cookie")).toBeNull();
    expect((await visitor.get(path, { cookie: "kp_lang=ms" })).html).toContain('<html lang="ms">');
  });

  test("has a small twin for programs, which changes with it and keeps the contract when missing", async () => {
    const payment = await visitor.create();
    const path = `/checkout/${payment.checkoutId}/status`;
    const before = JSON.parse((await visitor.get(path)).html);
    expect(before).toEqual({ status: "open", certainty: "final", version: expect.any(String) });
    await visitor.goToBank(payment);
    const after = JSON.parse((await visitor.get(path)).html);
    expect(after).toMatchObject({ status: "processing", certainty: "unknown" });
    expect(after.version).not.toBe(before.version);
    const missing = await visitor.get(`/checkout/cs_${"0".repeat(40)}/status`);
    expect([missing.status, JSON.parse(missing.html).code]).toEqual([404, "resource_missing"]);
  });
});

test("scripts are served to be kept: for ever where their name changes with their content", async () => {
  const { checkoutId } = await visitor.create();
  const path = /src="(\/assets\/checkout-[0-9a-f]{12}\.js)"/.exec(
    (await visitor.get(`/checkout/${checkoutId}`)).html,
  )?.[1];
  const script = await visitor.get(path ?? "");
  expect(script.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  expect(script.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
  const submit = await visitor.get("/assets/submit.js?form=kp-1");
  expect(submit.status).toBe(200);
  expect(submit.headers.get("cross-origin-resource-policy")).toBe("cross-origin");
});
