import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newInvoice, send } from "./harness/api.ts";
import { launchBrowser, openPhone, type PhoneUser } from "./harness/browser.ts";
import { filterAsShopsDo } from "./harness/shop-filter.ts";
import { openStage, type Stage } from "./harness/stage.ts";

let stage: Stage;
let browser: Browser;
beforeAll(async () => {
  [stage, browser] = await Promise.all([openStage(), launchBrowser()]);
}, 90_000);
afterAll(async () => {
  await browser.close();
  await stage.close();
});

const words = {
  en: {
    choose: "Choose your bank",
    proceed: "Proceed",
    onward: "Continue to bank",
    failed: "The last try did not go through",
    paid: "Payment successful",
    back: /^Return to/,
    other: "Bahasa Melayu",
  },
  ms: {
    choose: "Pilih bank anda",
    proceed: "Teruskan",
    onward: "Teruskan ke bank",
    failed: "Cubaan terakhir tidak berjaya",
    paid: "Bayaran berjaya",
    back: /^Kembali ke/,
    other: "English",
  },
} as const;
type Locale = keyof typeof words;

/** Nothing on the page to be ashamed of; axe needs scripts, and so looks at the pages of those who have them. */
async function expectSound(user: PhoneUser, scripts: boolean): Promise<void> {
  // Until its stylesheet is there a page can be wider than it will ever be shown.
  await user.page.waitForLoadState("load");
  expect(await user.overhang(), user.page.url()).toBe(0);
  if (scripts) expect(await user.violations(), user.page.url()).toEqual([]);
}

async function chooseBank(user: PhoneUser, locale: Locale, scripts: boolean): Promise<void> {
  const { page } = user;
  await page.getByRole("heading", { level: 1, name: words[locale].choose }).waitFor();
  expect(await page.getAttribute("html", "lang")).toBe(locale);
  await expectSound(user, scripts);
  await page.getByRole("radio", { name: "Maybank2U" }).check();
  await page.getByRole("button", { name: words[locale].proceed }).click();
  if (!scripts) await page.getByRole("button", { name: words[locale].onward }).click();
  await page.waitForURL(`${stage.gateway.simulatorUrl}/bank/**`);
}

async function decide(user: PhoneUser, button: string, scripts: boolean): Promise<void> {
  const { page } = user;
  await expectSound(user, scripts);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("button", { name: button, exact: true }).waitFor();
  await expectSound(user, scripts);
  await page.getByRole("button", { name: button, exact: true }).click();
  await page.getByRole("button", { name: "Continue", exact: true }).waitFor();
  await expectSound(user, scripts);
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  if (!scripts) await page.getByRole("button", { name: "Continue to the shop" }).click();
}

describe.each([
  { locale: "en", scripts: true },
  { locale: "ms", scripts: true },
  { locale: "en", scripts: false },
  { locale: "ms", scripts: false },
] as const)("in a real browser on a phone, in $locale, with scripts: $scripts", ({ locale, scripts }) => {
  test("a buyer is refused by the bank, tries again, pays and comes back to the shop, and no page breaks a rule", async () => {
    const user = await openPhone(browser, { javaScriptEnabled: scripts });
    const payment = await stage.create({ locale });
    await user.page.goto(payment.checkout_url);
    await chooseBank(user, locale, scripts);
    await decide(user, "Cancel", scripts);
    await user.page.getByText(words[locale].failed).waitFor();
    await chooseBank(user, locale, scripts);
    await decide(user, "Approve", scripts);
    await user.page.getByRole("heading", { level: 1, name: words[locale].paid }).waitFor();
    await expectSound(user, scripts);
    await user.page.getByRole("link", { name: words[locale].back }).click();
    await user.page.waitForURL(`${stage.shop.url}/thanks?cart=7&payment_id=${payment.id}`);
    expect((await stage.gateway.api.get(payment.id)).attempts.map((each) => each.status)).toEqual([
      "failed",
      "succeeded",
    ]);
    await stage.shop.waitForTold(payment.id, "payment.paid");
    expect(user.complaints).toEqual([]);
    await user.close();
  });

  test("the wire protocol's html, printed by a shop that filters it, leads through the payment and back by a form", async () => {
    const user = await openPhone(browser, { javaScriptEnabled: scripts });
    const invoice = newInvoice();
    const created = await send<{ html: string; id: string }>(`${stage.gateway.url}/payment/create`, {
      method: "POST",
      body: new URLSearchParams({
        merchant_key: stage.gateway.access.merchant_key,
        invoice,
        amount: "12.50",
        description: 'Cat "biru" & berus',
        callback_success: `${stage.shop.url}/paid?order=7`,
        callback_error: `${stage.shop.url}/not-paid?order=7`,
      }),
    });
    const printed = filterAsShopsDo(created.body.html);
    expect(printed).toContain("<form ");
    stage.shop.show(`/checkout/${invoice}`, `<h1>Please wait</h1>${printed}`);
    await user.page.goto(`${stage.shop.url}/checkout/${invoice}`);
    if (!scripts) {
      expect((await user.page.innerText("body")).trim()).toBe("Please wait");
      await user.page.getByRole("button", { name: "Continue to payment" }).click();
    }
    await user.page.waitForURL(`${stage.gateway.url}/checkout/**`);
    if (locale === "ms") await user.page.getByRole("link", { name: words.en.other }).click();
    await chooseBank(user, locale, scripts);
    await decide(user, "Approve", scripts);
    if (!scripts) await user.page.getByRole("button", { name: words[locale].back }).click();
    await user.page.waitForURL(`${stage.shop.url}/paid?order=7`);
    const back = stage.shop.visitsTo("/paid").find((visit) => visit.form.toString().includes(invoice));
    expect(back?.method).toBe("POST");
    expect((await stage.gateway.api.get(created.body.id)).status).toBe("paid");
    expect(user.complaints).toEqual([]);
    await user.close();
  });
});

test("the pages that pass by in a moment are sound as well, and usable when their script does not load", async () => {
  const user = await openPhone(browser);
  const { page } = user;
  await page.route(/\.js(\?|$)/, (route) => route.abort());
  const created = await send<{ html: string; checkout_url: string }>(`${stage.gateway.url}/payment/create`, {
    method: "POST",
    body: new URLSearchParams({
      merchant_key: stage.gateway.access.merchant_key,
      invoice: newInvoice(),
      amount: "12.50",
      description: "Paint",
      callback_success: `${stage.shop.url}/slow-paid`,
      callback_error: `${stage.shop.url}/slow-not-paid`,
    }),
  });
  await page.goto(created.body.checkout_url);
  await page.getByRole("radio", { name: "Maybank2U" }).check();
  await page.getByRole("button", { name: words.en.proceed }).click();
  await page.getByRole("heading", { level: 1, name: "Taking you to Maybank2U" }).waitFor();
  await expectSound(user, true);
  await page.getByRole("button", { name: words.en.onward }).click();
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("button", { name: "Approve" }).click();
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await page.getByRole("button", { name: "Continue to the shop" }).waitFor();
  await expectSound(user, true);
  await page.getByRole("button", { name: "Continue to the shop" }).click();
  await page.getByRole("button", { name: words.en.back }).waitFor();
  await expectSound(user, true);
  await page.getByRole("button", { name: words.en.back }).click();
  await page.waitForURL(`${stage.shop.url}/slow-paid`);
  await user.close();
});

test("a buyer who switches to Malay keeps it through the bank, where no cookie follows", async () => {
  const user = await openPhone(browser, { javaScriptEnabled: false });
  const payment = await stage.create();
  await user.page.goto(payment.checkout_url);
  await user.page.getByRole("link", { name: words.en.other }).click();
  await chooseBank(user, "ms", false);
  await decide(user, "Approve", false);
  await user.page.getByRole("heading", { level: 1, name: words.ms.paid }).waitFor();
  await user.close();
});

test("a buyer who goes back and forth and reloads anywhere pays once", async () => {
  const user = await openPhone(browser);
  const { page } = user;
  const payment = await stage.create();
  await page.goto(payment.checkout_url);
  await chooseBank(user, "en", true);
  await page.goBack();
  await page.goForward();
  await page.waitForURL(`${stage.gateway.simulatorUrl}/bank/**`);
  await page.reload();
  await decide(user, "Approve", true);
  await page.getByRole("heading", { level: 1, name: words.en.paid }).waitFor();
  await page.reload();
  await page.goBack();
  await page.goto(payment.checkout_url);
  await page.getByRole("heading", { level: 1, name: words.en.paid }).waitFor();
  const paid = await stage.gateway.api.get(payment.id);
  expect(paid.attempts.map((each) => each.status)).toEqual(["succeeded"]);
  expect(paid.flags).toEqual([]);
  await user.close();
});
