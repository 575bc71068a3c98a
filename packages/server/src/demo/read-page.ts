/** A form as a browser without scripts would send it. */
export interface PageForm {
  readonly action: string;
  readonly isPost: boolean;
  /** Names and values that the page has filled in; of choices, only those already made. */
  readonly values: readonly (readonly [name: string, value: string])[];
  /** What may be chosen, by the name of the choice. */
  readonly choices: readonly { readonly name: string; readonly value: string; readonly isOpen: boolean }[];
  readonly buttons: readonly { readonly label: string; readonly name: string; readonly value: string }[];
}

export interface DemoPage {
  readonly heading: string;
  readonly forms: readonly PageForm[];
  readonly links: readonly { readonly label: string; readonly href: string }[];
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: " " };

function decode(text: string): string {
  return text.replace(/&(#x[0-9a-f]+|#\d+|[a-z]+);/gi, (whole, name: string) => {
    if (name.startsWith("#x") || name.startsWith("#X")) return String.fromCodePoint(Number.parseInt(name.slice(2), 16));
    if (name.startsWith("#")) return String.fromCodePoint(Number(name.slice(1)));
    return entities[name] ?? whole;
  });
}

/** The text between tags, in one line. */
function textOf(html: string): string {
  return decode(html.replace(/<[^>]*>/g, ""))
    .replace(/\s+/g, " ")
    .trim();
}

function attributesOf(tag: string): ReadonlyMap<string, string> {
  const found = tag.matchAll(/\s([a-z-]+)(?:="([^"]*)")?/gi);
  return new Map([...found].map(([, name = "", value = ""]) => [name.toLowerCase(), decode(value)]));
}

function formOf(tag: string, inside: string): PageForm {
  const form = attributesOf(tag);
  const values: [string, string][] = [];
  const choices: { name: string; value: string; isOpen: boolean }[] = [];
  for (const [input] of inside.matchAll(/<input\b[^>]*>/gi)) {
    const attributes = attributesOf(input);
    const name = attributes.get("name");
    const value = attributes.get("value") ?? "";
    if (name === undefined) continue;
    const isChoice = attributes.get("type") === "radio";
    if (isChoice) choices.push({ name, value, isOpen: !attributes.has("disabled") });
    if (!isChoice || attributes.has("checked")) values.push([name, value]);
  }
  const buttons = [...inside.matchAll(/<button\b([^>]*)>([\s\S]*?)<\/button>/gi)].map(([, rest = "", label = ""]) => {
    const attributes = attributesOf(rest);
    return { label: textOf(label), name: attributes.get("name") ?? "", value: attributes.get("value") ?? "" };
  });
  const isPost = form.get("method")?.toLowerCase() === "post";
  return { action: form.get("action") ?? "", isPost, values, choices, buttons };
}

/**
 * Reads the forms and links of a page. Enough for pages that this project writes itself, whose attributes stand in
 * double quotes; it is no parser for the rest of the web.
 */
export function readPage(html: string): DemoPage {
  const forms = [...html.matchAll(/(<form\b[^>]*>)([\s\S]*?)<\/form>/gi)];
  const links = [...html.matchAll(/<a\b([^>]*)>([\s\S]*?)<\/a>/gi)];
  return {
    heading: textOf(/<h1\b[^>]*>([\s\S]*?)<\/h1>/i.exec(html)?.[1] ?? ""),
    forms: forms.map(([, tag = "", inside = ""]) => formOf(tag, inside)),
    links: links.map(([, rest = "", label = ""]) => ({
      label: textOf(label),
      href: attributesOf(rest).get("href") ?? "",
    })),
  };
}
