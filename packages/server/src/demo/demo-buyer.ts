import { type DemoPage, type PageForm, readPage } from "./read-page.ts";

/** A person with a browser that runs no scripts. */
export interface DemoBuyer {
  page(): DemoPage;
  url(): string;
  open(url: string): Promise<void>;
  follow(label: string): Promise<void>;
  /** Presses the button with this label, after choosing what is given. */
  press(label: string, chosen?: Readonly<Record<string, string>>): Promise<void>;
}

const timeoutMs = 15_000;
const mostRedirects = 5;
const empty: DemoPage = { heading: "", forms: [], links: [] };

/** Fills in a form as the person wants it. @throws when something is chosen that the page does not offer */
function filledIn(form: PageForm, chosen: Readonly<Record<string, string>>): URLSearchParams {
  const values = new URLSearchParams();
  for (const [name, value] of form.values) if (!(name in chosen)) values.append(name, value);
  for (const [name, value] of Object.entries(chosen)) {
    const choice = form.choices.find((each) => each.name === name && each.value === value);
    if (choice?.isOpen !== true) throw new Error(`the page does not offer ${value}`);
    values.append(name, value);
  }
  return values;
}

/** Opens a browser. The checkout needs no cookies, so it keeps none. */
export function openDemoBuyer(): DemoBuyer {
  let page = empty;
  let url = "";

  const load = async (address: string, body?: URLSearchParams): Promise<void> => {
    let next: { address: string; body?: URLSearchParams } = body === undefined ? { address } : { address, body };
    for (let hop = 0; hop <= mostRedirects; hop += 1) {
      const answer = await fetch(next.address, {
        redirect: "manual",
        signal: AbortSignal.timeout(timeoutMs),
        ...(next.body === undefined ? {} : { method: "POST", body: next.body }),
      });
      const html = await answer.text();
      const location = answer.headers.get("location");
      if (location === null) {
        if (!answer.ok) throw new Error(`${next.address} answered ${answer.status}: ${readPage(html).heading}`);
        url = next.address;
        page = readPage(html);
        return;
      }
      next = { address: new URL(location, next.address).href };
    }
    throw new Error(`too many redirects, the last to ${next.address}`);
  };

  return {
    page: () => page,
    url: () => url,
    open: (address) => load(address),
    async follow(label) {
      const link = page.links.find((each) => each.label.includes(label));
      if (link === undefined) throw new Error(`the page "${page.heading}" has no link "${label}"`);
      await load(new URL(link.href, url).href);
    },
    async press(label, chosen = {}) {
      const form = page.forms.find((each) => each.buttons.some((button) => button.label.includes(label)));
      const button = form?.buttons.find((each) => each.label.includes(label));
      if (form === undefined || button === undefined)
        throw new Error(`the page "${page.heading}" has no button "${label}"`);
      const values = filledIn(form, chosen);
      if (button.name !== "") values.append(button.name, button.value);
      const address = new URL(form.action, url);
      if (form.isPost) return load(address.href, values);
      address.search = values.toString();
      await load(address.href);
    },
  };
}
