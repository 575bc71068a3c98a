import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser, openUser } from "../../testing/browser.ts";
import { openVisitor, type Visitor } from "../../testing/checkout-visitor.ts";
import { openTestGateway, type TestGateway } from "../../testing/test-gateway.ts";
import { openTestShop, type TestShop } from "../../testing/test-shop.ts";

let gateway: TestGateway;
let visitor: Visitor;
let shop: TestShop;
let mall: TestShop;
let browser: Browser;
beforeAll(async () => {
  gateway = await openTestGateway({ runJobs: true, settings: { KINETICPAY_POLL_INTERVAL_MS: "100" } });
  visitor = openVisitor(gateway);
  shop = await openTestShop();
  mall = await openTestShop();
  mall.behave((response) => response.setHeader("content-type", "text/html").end("<title>Mall</title><h1>Mall</h1>"));
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await Promise.all([shop.close(), mall.close()]);
  await gateway.close();
});

const addressOf = (payment: { checkoutId: string }) => `${gateway.url}/checkout/${payment.checkoutId}`;

test("going back from the bank shows how the payment stands and sends nothing to the bank again", async () => {
  const user = await openUser(browser);
  const { page } = user;
  const payment = await visitor.create();
  await page.goto(addressOf(payment));
  await page.getByRole("radio", { name: "Maybank2U" }).check();
  await page.getByRole("button", { name: "Proceed", exact: true }).click();
  await page.waitForURL(/\/bank\//);
  let sentAgain = 0;
  page.on("request", (request) => {
    if (request.url() === gateway.gateway.rail.handOffUrl) sentAgain += 1;
  });
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: "Waiting for Maybank2U" }).waitFor();
  await page.goto(`${addressOf(payment)}/attempts/${(await visitor.attempts(payment))[0]?.id}/handoff`);
  await page.waitForURL(addressOf(payment));
  await page.getByRole("heading", { level: 1, name: "Waiting for Maybank2U" }).waitFor();
  expect(sentAgain).toBe(0);
  expect(await visitor.attempts(payment)).toHaveLength(1);
  await user.close();
});

test("the form for the bank, loaded a second time, leads to the payment's page", async () => {
  const user = await openUser(browser);
  const { page } = user;
  const payment = await visitor.create();
  const attempt = await visitor.goToBank(payment);
  const waiting = page.getByRole("heading", { level: 1, name: "Waiting for Maybank2U" });
  const form = `${addressOf(payment)}/attempts/${attempt.id}/handoff`;
  // The form is caught before it leaves, as on a phone that loses its connection at that moment.
  await page.route(gateway.gateway.rail.handOffUrl, (route) => route.abort());
  await page.goto(form).catch(() => undefined);
  await page.unroute(gateway.gateway.rail.handOffUrl);
  await page.goto(form);
  await page.waitForURL(addressOf(payment));
  await waiting.waitFor();
  await user.close();
});

test("a double tap begins one attempt", async () => {
  const user = await openUser(browser);
  const { page } = user;
  const payment = await visitor.create();
  await page.goto(addressOf(payment));
  await page.getByRole("radio", { name: "Maybank2U" }).check();
  await page.getByRole("button", { name: "Proceed", exact: true }).dblclick();
  await page.waitForURL(/\/bank\//);
  expect(await visitor.attempts(payment)).toHaveLength(1);
  await user.close();
});

test("the button says at the first tap that something is happening, and swallows the next", async () => {
  const user = await openUser(browser);
  const { page } = user;
  await page.goto(addressOf(await visitor.create()));
  await page.getByRole("radio", { name: "Maybank2U" }).check();
  const taps = await page.evaluate(() => {
    const swallowed: boolean[] = [];
    document.querySelector("form")?.addEventListener("submit", (event) => {
      swallowed.push(event.defaultPrevented);
      // The buyer stays, so that what the page does between the taps can be seen.
      event.preventDefault();
    });
    const button = document.querySelector<HTMLButtonElement>(".paybar button");
    button?.click();
    button?.click();
    return swallowed;
  });
  expect(taps).toEqual([false, true]);
  await page.getByRole("button", { name: "Connecting to your bank…" }).waitFor();
  expect(await user.axeViolations()).toEqual([]);
  await user.close();
});

test("the bank search narrows the list, says how far, and Enter takes the only one left", async () => {
  const user = await openUser(browser);
  const { page } = user;
  await page.goto(addressOf(await visitor.create()));
  const search = page.getByRole("searchbox", { name: "Find your bank" });
  await search.fill("bank ra");
  await page.getByText("1 bank shown").waitFor();
  await search.press("Enter");
  expect(await page.getByRole("radio", { name: "Bank Rakyat" }).isChecked()).toBe(true);
  await search.fill("zzz");
  await page.getByText("No bank by that name.").waitFor();
  expect(await page.getByRole("radio").count()).toBe(0);
  expect(await user.axeViolations()).toEqual([]);
  await user.close();
});

test("whatever has the focus is never under the pay bar", async () => {
  const user = await openUser(browser, { viewport: { width: 360, height: 640 } });
  const { page } = user;
  await page.goto(addressOf(await visitor.create()));
  await page.getByRole("radio").first().focus();
  for (let step = 0; step < 30; step += 1) {
    await page.keyboard.press("ArrowDown");
    const hidden = await page.evaluate(() => {
      const tile = document.activeElement?.nextElementSibling?.getBoundingClientRect();
      const bar = document.querySelector(".paybar")?.getBoundingClientRect();
      return tile === undefined || bar === undefined ? "nothing to compare" : tile.bottom > bar.top;
    });
    expect(hidden).toBe(false);
  }
  await user.close();
});

test("the receipt goes on to the shop by itself after ten seconds, unless the buyer would rather stay", async () => {
  for (const stays of [false, true]) {
    const user = await openUser(browser);
    const { page } = user;
    const payment = await visitor.create({ successUrl: `${mall.url}/thanks?cart=7` });
    await visitor.decide(await visitor.goToBank(payment), "00");
    await page.clock.install();
    await page.goto(addressOf(payment));
    await page.getByText("in 10 seconds").waitFor();
    if (stays) await page.getByRole("link", { name: "Stay on this page" }).click();
    await page.clock.runFor(11_000);
    if (stays) expect(await page.getByText("seconds").count()).toBe(0);
    else await page.waitForURL(`${mall.url}/thanks?cart=7&payment_id=${payment.id}`);
    expect(user.complaints).toEqual([]);
    await user.close();
  }
});

test("a shop of the wire protocol sends its buyer off by the form and gets them back by a form, over another site too", async () => {
  const user = await openUser(browser);
  const { page } = user;
  const payment = await visitor.create({
    protocol: "wire",
    bankId: "MB2U0227",
    successUrl: `${shop.url}/paid?order=7`,
    failureUrl: `${shop.url}/failed?order=7`,
  });
  const form = `<form action="${addressOf(payment)}" method="post" id="kp-7"><input type="hidden" name="invoice" value="7"><input type="submit" value="Go"></form><script src="${gateway.url}/assets/submit.js?form=kp-7"></script>`;
  shop.behave((response, call) => {
    if (call.path === "/cart") response.setHeader("content-type", "text/html").end(`<!doctype html><p>Shop</p>${form}`);
    // Many shops send the buyer on, some to another host: that is where a policy on the form would bite.
    else response.writeHead(303, { location: `${mall.url}/thanks` }).end();
  });
  await page.goto(`${shop.url}/cart`);
  await page.waitForURL(/\/bank\//);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("button", { name: "Approve", exact: true }).click();
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await page.waitForURL(`${mall.url}/thanks`);
  const posted = shop.received.filter((call) => call.path === "/paid?order=7");
  expect(posted).toHaveLength(1);
  const record = JSON.parse(new URLSearchParams(posted[0]?.body).get("encoded_transaction_data") ?? "{}").record;
  expect(record).toMatchObject({ order_number: payment.invoice, transaction_status_code: "00" });
  await page.goto(addressOf(payment));
  await page.getByRole("heading", { level: 1, name: "Payment successful" }).waitFor();
  await page.getByRole("link", { name: /^Return to/ }).click();
  await page.waitForURL(`${mall.url}/thanks`);
  expect(user.complaints).toEqual([]);
  await user.close();
});

test("a printed receipt holds its facts, no buttons, and never hides that it was only practice", async () => {
  const user = await openUser(browser);
  const { page } = user;
  const payment = await visitor.create();
  await visitor.decide(await visitor.goToBank(payment), "00");
  await page.goto(`${addressOf(payment)}?stay=1`);
  await page.emulateMedia({ media: "print" });
  const [attempt] = await visitor.attempts(payment);
  await page.getByText(attempt?.railTransactionId ?? "no id").waitFor();
  await page.getByText("Practice mode: no real money").waitFor();
  expect(await page.getByRole("button").count()).toBe(0);
  expect(await page.getByRole("link").count()).toBe(0);
  await user.close();
});
