import { CliError } from "../cli-error.ts";
import { type Form, type Page, readPage } from "./page.ts";

/** A person with a browser that runs no scripts: pages, forms and buttons. */
export interface Buyer {
  readonly page: Page;
  open(url: string): Promise<void>;
  /** Presses the button with this label, after choosing what is given. */
  press(label: string, chosen?: Readonly<Record<string, string>>): Promise<void>;
}

const timeoutMs = 15_000;
const mostRedirects = 8;

function strayed(message: string): CliError {
  return new CliError("checkout_unexpected", message, {
    next: "kineticpay doctor; if nothing is wrong there, the checkout pages and this command do not fit each other",
  });
}

/** Fills in a form, as far as the page lets anybody. */
function filledIn(page: Page, form: Form, chosen: Readonly<Record<string, string>>): URLSearchParams {
  const values = new URLSearchParams();
  for (const [name, value] of form.values) if (!(name in chosen)) values.append(name, value);
  for (const [name, value] of Object.entries(chosen)) {
    const choice = form.choices.find((each) => each.name === name && each.value === value);
    if (choice === undefined) throw strayed(`The page "${page.heading}" does not offer ${value}.`);
    if (!choice.isOpen) throw strayed(`${value} is offline, says the page "${page.heading}".`);
    values.append(name, value);
  }
  return values;
}

/** Opens a browser. Checkout and bank need no cookies, so it keeps none. */
export function newBuyer(signal: AbortSignal): Buyer {
  let page: Page = { heading: "", forms: [] };
  let url = "";

  const load = async (first: string, body?: URLSearchParams): Promise<void> => {
    let next: { readonly url: string; readonly body?: URLSearchParams } = body ? { url: first, body } : { url: first };
    for (let hop = 0; hop <= mostRedirects; hop += 1) {
      const answer = await fetch(next.url, {
        redirect: "manual",
        headers: { accept: "text/html", "accept-language": "en" },
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        ...(next.body === undefined ? {} : { method: "POST", body: next.body }),
      });
      const html = await answer.text();
      const location = answer.headers.get("location");
      if (location === null) {
        page = readPage(html);
        url = next.url;
        if (!answer.ok) throw strayed(`${new URL(url).pathname} answered ${answer.status}: "${page.heading}".`);
        return;
      }
      const target = new URL(location, next.url);
      // The shop's own pages need not be there.
      if (target.origin !== new URL(first).origin) return;
      next = { url: target.href };
    }
    throw strayed(`Too many redirects, the last to ${next.url}.`);
  };

  return {
    get page() {
      return page;
    },
    open: (address) => load(address),
    async press(label, chosen = {}) {
      const form = page.forms.find((each) => each.buttons.some((button) => button.label.includes(label)));
      const button = form?.buttons.find((each) => each.label.includes(label));
      if (form === undefined || button === undefined) {
        throw strayed(`The page "${page.heading}" has no button "${label}".`);
      }
      const values = filledIn(page, form, chosen);
      if (button.name !== "") values.append(button.name, button.value);
      const target = new URL(form.action, url);
      if (form.isPost) return load(target.href, values);
      target.search = values.toString();
      return load(target.href);
    },
  };
}
