import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BrowserUser, launchBrowser, openUser } from "../../testing/browser.ts";
import { openVisitor, type Visitor } from "../../testing/checkout-visitor.ts";
import { openTestGateway, type TestGateway } from "../../testing/test-gateway.ts";
import { openTestShop, type TestShop } from "../../testing/test-shop.ts";

let gateway: TestGateway;
let visitor: Visitor;
let shop: TestShop;
let browser: Browser;
beforeAll(async () => {
  gateway = await openTestGateway({ runJobs: true, settings: { KINETICPAY_POLL_INTERVAL_MS: "100" } });
  visitor = openVisitor(gateway);
  shop = await openTestShop();
  shop.behave((response) => response.setHeader("content-type", "text/html").end("<title>Shop</title><h1>Shop</h1>"));
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await shop.close();
  await gateway.close();
});

const words = {
  en: { proceed: "Proceed", onward: "Continue to bank", waiting: "Waiting for Maybank2U", paid: "Payment successful" },
  ms: { proceed: "Teruskan", onward: "Teruskan ke bank", waiting: "Menunggu Maybank2U", paid: "Bayaran berjaya" },
} as const;

/** Nothing to be ashamed of on the page as it stands: no violation found by axe, and no need to scroll sideways. */
async function expectSound({ page, axeViolations }: BrowserUser, canRunAxe = true): Promise<void> {
  // Axe itself needs scripts; what a page without them shows is the same but for the search box and the countdown.
  if (canRunAxe) expect(await axeViolations(), page.url()).toEqual([]);
  const overhang = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
  expect(overhang, page.url()).toBe(0);
}

async function heading({ page }: BrowserUser, text: string): Promise<void> {
  await page.getByRole("heading", { level: 1, name: text, exact: true }).waitFor();
}

/** At the simulated bank, which is on another origin: log in, decide, and go on as far as the way back. */
async function decideAtBank({ page }: BrowserUser, action: string): Promise<void> {
  await page.waitForURL(/\/bank\//);
  expect(new URL(page.url()).origin).not.toBe(gateway.url);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("button", { name: action, exact: true }).click();
  await page.getByRole("button", { name: "Continue", exact: true }).click();
}

describe.each([
  { locale: "en", scripts: true, viewport: { width: 390, height: 844 }, scheme: "light" },
  { locale: "ms", scripts: true, viewport: { width: 320, height: 640 }, scheme: "dark" },
  { locale: "en", scripts: false, viewport: { width: 320, height: 640 }, scheme: "dark" },
  { locale: "ms", scripts: false, viewport: { width: 390, height: 844 }, scheme: "light" },
] as const)("a buyer reading $locale on a small screen, scripts $scripts", ({ locale, scripts, viewport, scheme }) => {
  test("chooses a bank, pays there, waits, sees the receipt, and never meets a broken page", async () => {
    const user = await openUser(browser, { viewport, colorScheme: scheme, javaScriptEnabled: scripts });
    const { page } = user;
    const payment = await visitor.create({ locale, successUrl: `${shop.url}/thanks` });
    const own = `${gateway.url}/checkout/${payment.checkoutId}`;
    await page.goto(own);
    await expectSound(user, scripts);
    await page.getByRole("radio", { name: "Maybank2U" }).check();
    await expectSound(user, scripts);
    await page.getByRole("button", { name: words[locale].proceed, exact: true }).click();
    if (!scripts) {
      await expectSound(user, scripts);
      await page.getByRole("button", { name: words[locale].onward }).click();
    }
    await page.waitForURL(/\/bank\//);
    const bankPage = page.url();
    await page.goto(own);
    await heading(user, words[locale].waiting);
    await expectSound(user, scripts);
    await page.goto(bankPage);
    await decideAtBank(user, "Approve");
    if (!scripts) await page.getByRole("button", { name: "Continue to the shop" }).click();
    await heading(user, words[locale].paid);
    await expectSound(user, scripts);
    expect(await page.getAttribute("html", "lang")).toBe(locale);
    expect(user.complaints).toEqual([]);
    await user.close();
  });

  test("tries again after a bank said no, with its reason on the page", async () => {
    const user = await openUser(browser, { viewport, colorScheme: scheme, javaScriptEnabled: scripts });
    const { page } = user;
    const payment = await visitor.create({ locale });
    await visitor.decide(await visitor.goToBank(payment), "51");
    await page.goto(`${gateway.url}/checkout/${payment.checkoutId}`);
    await page.getByText(gateway.gateway.rail.meaning("51").buyer[locale]).waitFor();
    await expectSound(user, scripts);
    await page.getByRole("radio", { name: "RHB Bank" }).check();
    await page.getByRole("button", { name: words[locale].proceed, exact: true }).click();
    if (!scripts) await page.getByRole("button", { name: words[locale].onward }).click();
    await page.waitForURL(/\/bank\//);
    expect(user.complaints).toEqual([]);
    await user.close();
  });

  test("sees the result appear by itself, without touching the page", async () => {
    const user = await openUser(browser, { viewport, colorScheme: scheme, javaScriptEnabled: scripts });
    const payment = await visitor.create({ locale });
    const attempt = await visitor.goToBank(payment);
    await user.page.goto(`${gateway.url}/checkout/${payment.checkoutId}`);
    await heading(user, words[locale].waiting);
    await visitor.decide(attempt, "00");
    await heading(user, words[locale].paid);
    expect(user.complaints).toEqual([]);
    await user.close();
  });

  test("is taken to what went wrong with the choice of a bank", async () => {
    const user = await openUser(browser, { viewport, colorScheme: scheme, javaScriptEnabled: scripts });
    const { page } = user;
    const payment = await visitor.create({ locale });
    await page.goto(`${gateway.url}/checkout/${payment.checkoutId}?problem=bank_missing#problem`);
    expect(await page.evaluate("document.activeElement.id")).toBe("problem");
    await expectSound(user, scripts);
    await user.close();
  });
});

test("the pages that a business payment, a warning, an ended payment and a fault show are sound, in both widths", async () => {
  for (const viewport of [
    { width: 390, height: 844 },
    { width: 1280, height: 800 },
  ]) {
    const user = await openUser(browser, { viewport });
    const { page } = user;
    const business = await visitor.create({ model: "b2b1" });
    await page.goto(`${gateway.url}/checkout/${business.checkoutId}`);
    await expectSound(user);
    await page.getByRole("radio", { name: "Maybank2E" }).check();
    await page.getByRole("button", { name: "Proceed", exact: true }).click();
    await decideAtBank(user, "Submit for approval");
    await heading(user, "Waiting for your company’s approval");
    await expectSound(user);
    const undecided = await visitor.create();
    await visitor.goToBank(undecided);
    await page.goto(`${gateway.url}/checkout/${undecided.checkoutId}`);
    await page.getByRole("button", { name: "I closed the bank page, try again" }).click();
    await heading(user, "Your earlier try may still go through");
    await expectSound(user);
    const ended = await visitor.create({ expiresInS: -1 });
    await page.goto(`${gateway.url}/checkout/${ended.checkoutId}`);
    await heading(user, "This payment has expired");
    await expectSound(user);
    expect(user.complaints).toEqual([]);
    await page.goto(`${gateway.url}/checkout/nonsense`);
    await heading(user, "We could not find this page");
    await expectSound(user);
    await user.close();
  }
});

test("a whole page, with everything it brings, weighs at most 60 KB", async () => {
  const user = await openUser(browser);
  const { page } = user;
  const payment = await visitor.create();
  let bytes = 0;
  const bodies: Promise<void>[] = [];
  page.on("response", (response) => {
    const count = async () => {
      const body = await response.body();
      bytes += body.length;
    };
    bodies.push(count());
  });
  await page.goto(`${gateway.url}/checkout/${payment.checkoutId}`, { waitUntil: "networkidle" });
  await Promise.all(bodies);
  expect(bodies.length).toBe(2);
  expect(bytes).toBeGreaterThan(10 * 1024);
  expect(bytes).toBeLessThanOrEqual(60 * 1024);
  await user.close();
});
