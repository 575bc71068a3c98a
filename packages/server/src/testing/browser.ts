import chromiumBinary from "@sparticuz/chromium";
import axe, { type AxeResults } from "axe-core";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/**
 * What keeps a headless browser in a bare container quiet and alone: no sandbox of its own, no GPU, and none of the
 * services by which it would call home before it has shown a page.
 */
const quietFlags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-quic",
  "--no-first-run",
  "--no-default-browser-check",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-domain-reliability",
  "--disable-client-side-phishing-detection",
  "--disable-sync",
  "--metrics-recording-only",
  "--disable-features=OptimizationHints,MediaRouter,Translate,AutofillServerCommunication",
];

/** Starts a real browser: the one that CHROMIUM_PATH names, else the one that npm brought. */
export async function launchBrowser(): Promise<Browser> {
  const own = process.env["CHROMIUM_PATH"];
  const executablePath = own === undefined || own === "" ? await chromiumBinary.executablePath() : own;
  return chromium.launch({ executablePath, args: quietFlags, headless: true });
}

export interface BrowserUser {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Whatever a page complained of: scripts that threw, loads that failed, and every breach of a security policy. */
  readonly complaints: readonly string[];
  /** Runs axe on the page as it now is; each violation in one line. */
  axeViolations(): Promise<string[]>;
  close(): Promise<void>;
}

/** A person at a phone, unless the options say otherwise. */
export async function openUser(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserUser> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(`${page.url()}: ${message.text()}`);
  });
  return {
    page,
    context,
    complaints,
    async axeViolations() {
      await page.evaluate(axe.source);
      const { violations } = (await page.evaluate(
        "axe.run({ rules: { 'target-size': { enabled: true } } })",
      )) as AxeResults;
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 200)).join(" | ")}`);
    },
    close: () => context.close(),
  };
}
