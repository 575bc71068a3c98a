import { type HTMLElement, parse } from "node-html-parser";
import { until } from "./until.ts";

/** What a browser without scripts shows. */
export interface Page {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  readonly document: HTMLElement;
  /** All visible text, in one line. */
  readonly text: string;
  readonly heading: string;
}

/** A person with a browser that runs no scripts. Forms and links are all there is. */
export interface Buyer {
  readonly page: Page;
  open(url: string): Promise<Page>;
  reload(): Promise<Page>;
  /** Follows the link whose text contains this. */
  follow(text: string): Promise<Page>;
  /**
   * Presses the button whose text contains this, after filling in its form.
   * @param fields what is typed or chosen, over what the page has filled in
   */
  press(text: string, fields?: Readonly<Record<string, string>>): Promise<Page>;
  /** Chooses a bank on the payment's page and goes on as far as the bank. */
  goToBank(bankId: string): Promise<Page>;
  /** Waits until the page, loaded again and again, has this heading. */
  waitForHeading(heading: string): Promise<Page>;
  /** Loads the page again, as a page that waits asks the browser to, until it holds. */
  waitFor(what: string, holds: (page: Page) => boolean | Promise<boolean>, timeoutMs?: number): Promise<Page>;
  /** Every request so far, redirects too. */
  readonly history: readonly string[];
}

const timeoutMs = 20_000;
const mostRedirects = 10;

interface Sent {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly body?: URLSearchParams;
}

/** A browser with a cookie jar of its own. Cookies stay behind on a POST from another site, as with `SameSite=Lax`. */
export function newBuyer(language = "en"): Buyer {
  const jar = new Map<string, Map<string, string>>();
  const history: string[] = [];
  let page: Page | undefined;

  const load = async (first: Sent): Promise<Page> => {
    let sent = first;
    for (let hop = 0; hop <= mostRedirects; hop += 1) {
      const { origin } = new URL(sent.url);
      const isForeignPost = sent.method === "POST" && page !== undefined && new URL(page.url).origin !== origin;
      const response = await fetch(sent.url, {
        method: sent.method,
        redirect: "manual",
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          "accept-language": language,
          accept: "text/html",
          ...cookiesFor(isForeignPost ? undefined : jar.get(origin)),
        },
        ...(sent.body === undefined ? {} : { body: sent.body }),
      });
      keepCookies(jar, origin, response.headers);
      history.push(`${sent.method} ${sent.url}`);
      const location = response.headers.get("location");
      if (response.status < 300 || response.status >= 400 || location === null) {
        page = pageOf(sent.url, response, await response.text());
        return page;
      }
      await response.arrayBuffer();
      const keepsMethod = response.status === 307 || response.status === 308;
      const url = new URL(location, sent.url).href;
      sent = keepsMethod ? { ...sent, url } : { method: "GET", url };
    }
    throw new Error(`more than ${mostRedirects} redirects, the last to ${sent.url}`);
  };
  const current = (): Page => {
    if (page === undefined) throw new Error("the buyer has opened no page yet");
    return page;
  };
  const press = async (text: string, fields: Readonly<Record<string, string>> = {}) =>
    load(submission(current(), text, fields));
  const buyer: Buyer = {
    history,
    get page() {
      return current();
    },
    open: (url) => load({ method: "GET", url }),
    reload: () => load({ method: "GET", url: current().url }),
    follow(text) {
      const link = current()
        .document.querySelectorAll("a")
        .find((each) => each.text.includes(text));
      const href = link?.getAttribute("href");
      if (href === undefined) throw new Error(`no link "${text}" on this page: ${current().text}`);
      return load({ method: "GET", url: new URL(href, current().url).href });
    },
    press,
    async goToBank(bankId) {
      await press("Proceed", { bank: bankId });
      if (current().document.querySelector("#hand-off") !== null) await press("Continue to bank");
      return current();
    },
    waitForHeading: (heading) => buyer.waitFor(`the page "${heading}"`, (shown) => shown.heading === heading),
    waitFor: (what, holds, limitMs) =>
      until(
        what,
        async () => ((await holds(current())) ? current() : (await holds(await buyer.reload())) && current()),
        limitMs,
      ),
  };
  return buyer;
}

function pageOf(url: string, response: Response, html: string): Page {
  const document = parse(html);
  const body = document.querySelector("body") ?? document;
  const text = body.structuredText.replace(/\s+/g, " ").trim();
  const heading = document.querySelector("h1")?.text.trim() ?? "";
  return { url, status: response.status, headers: response.headers, html, document, text, heading };
}

/** What a browser sends when this button is pressed: the form's own values, the person's, and the button's. */
function submission(page: Page, text: string, fields: Readonly<Record<string, string>>): Sent {
  const buttons = page.document.querySelectorAll("form button, form input[type=submit]");
  const button = buttons.find((each) => `${each.text} ${each.getAttribute("value") ?? ""}`.includes(text));
  const form = button?.closest("form");
  if (button === undefined || form === null || form === undefined) {
    throw new Error(`no button "${text}" on ${page.url} (${page.status}): ${page.text}`);
  }
  const values = new URLSearchParams();
  for (const input of form.querySelectorAll("input, select, textarea")) {
    const value = ownValue(input);
    const name = input.getAttribute("name");
    if (name !== undefined && value !== undefined && !(name in fields)) values.append(name, value);
  }
  for (const [name, value] of Object.entries(fields)) {
    if (!offers(form, name, value)) throw new Error(`the form does not offer ${name}=${value}: ${page.text}`);
    values.append(name, value);
  }
  const name = button.getAttribute("name");
  if (name !== undefined) values.append(name, button.getAttribute("value") ?? "");
  const url = new URL(form.getAttribute("action") ?? page.url, page.url);
  if ((form.getAttribute("method") ?? "get").toLowerCase() === "post")
    return { method: "POST", url: url.href, body: values };
  url.search = values.toString();
  return { method: "GET", url: url.href };
}

function ownValue(input: HTMLElement): string | undefined {
  const type = input.getAttribute("type") ?? "text";
  if (input.hasAttribute("disabled") || type === "submit" || type === "button") return undefined;
  if ((type === "radio" || type === "checkbox") && !input.hasAttribute("checked")) return undefined;
  if (input.tagName !== "SELECT") return input.getAttribute("value") ?? "";
  const options = input.querySelectorAll("option");
  const chosen = options.find((option) => option.hasAttribute("selected")) ?? options[0];
  return chosen?.getAttribute("value") ?? "";
}

/** A person can only choose what is there and enabled. */
function offers(form: HTMLElement, name: string, value: string): boolean {
  return form.querySelectorAll("input, select, textarea").some((input) => {
    if (input.getAttribute("name") !== name || input.hasAttribute("disabled")) return false;
    if (input.tagName === "SELECT") {
      return input
        .querySelectorAll("option")
        .some((option) => option.getAttribute("value") === value && !option.hasAttribute("disabled"));
    }
    const type = input.getAttribute("type") ?? "text";
    return type === "radio" || type === "checkbox" ? input.getAttribute("value") === value : type !== "hidden";
  });
}

function cookiesFor(cookies: ReadonlyMap<string, string> | undefined): Record<string, string> {
  if (cookies === undefined || cookies.size === 0) return {};
  return { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
}

function keepCookies(jar: Map<string, Map<string, string>>, origin: string, headers: Headers): void {
  const cookies = jar.get(origin) ?? new Map<string, string>();
  jar.set(origin, cookies);
  for (const line of headers.getSetCookie()) {
    const [pair = ""] = line.split(";");
    const at = pair.indexOf("=");
    if (at > 0) cookies.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim());
  }
}
