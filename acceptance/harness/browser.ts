import chromiumBinary from "@sparticuz/chromium";
import axe, { type AxeResults } from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** Keeps a headless browser in a bare container from looking for a display, a sandbox, or its maker's servers. */
const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts a real browser: the one that CHROMIUM_PATH names, else the one that npm brought. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env["CHROMIUM_PATH"] || (await chromiumBinary.executablePath());
  return chromium.launch({ executablePath, args: flags });
}

/** A person at a phone. */
export interface PhoneUser {
  readonly page: Page;
  /** What the pages complained of so far: scripts that threw, loads that failed, breaches of a security policy. */
  readonly complaints: readonly string[];
  /** Violations that axe finds on the page as it stands. It needs scripts, so it is for users who have them. */
  violations(): Promise<string[]>;
  /** Pixels by which the page is wider than the screen. */
  overhang(): Promise<number>;
  close(): Promise<void>;
}

const phone = { width: 360, height: 740 };
const timeoutMs = 15_000;

/** Gives somebody a phone with the browser on it. */
export async function openPhone(browser: Browser, options: BrowserContextOptions = {}): Promise<PhoneUser> {
  const context = await browser.newContext({ viewport: phone, isMobile: true, hasTouch: true, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(timeoutMs);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(`${page.url()}: ${message.text()}`);
  });
  return {
    page,
    complaints,
    async violations() {
      await page.evaluate(axe.source);
      const results = (await page.evaluate("axe.run({ rules: { 'target-size': { enabled: true } } })")) as AxeResults;
      return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
    },
    overhang: () =>
      page.evaluate("Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)"),
    close: () => context.close(),
  };
}
