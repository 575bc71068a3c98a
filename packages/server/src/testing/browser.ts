import chromiumBinary from "@sparticuz/chromium";
import { type Browser, chromium } from "playwright-core";

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
