/** A form as a browser without scripts would send it. */
export interface Form {
  readonly id: string;
  readonly action: string;
  readonly isPost: boolean;
  readonly values: readonly (readonly [name: string, value: string])[];
  readonly choices: readonly { readonly name: string; readonly value: string; readonly isOpen: boolean }[];
  readonly buttons: readonly { readonly label: string; readonly name: string; readonly value: string }[];
}

export interface Page {
  readonly heading: string;
  readonly forms: readonly Form[];
}

const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

function decode(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]+)|#(\d+)|([a-z]+));/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
      return named[name ?? ""] ?? whole;
    },
  );
}

function visible(html: string): string {
  return decode(html.replace(/<[^>]*>/g, " "))
    .replace(/\s+/g, " ")
    .trim();
}

function attributes(tag: string): ReadonlyMap<string, string> {
  const found = tag.matchAll(/\s([a-z-]+)(?:="([^"]*)")?/gi);
  return new Map([...found].map(([, name = "", value = ""]) => [name.toLowerCase(), decode(value)]));
}

function readForm(tag: string, inside: string): Form {
  const own = attributes(tag);
  const values: [string, string][] = [];
  const choices: { name: string; value: string; isOpen: boolean }[] = [];
  for (const [input] of inside.matchAll(/<input\b[^>]*>/gi)) {
    const each = attributes(input);
    const name = each.get("name");
    if (name === undefined) continue;
    const value = each.get("value") ?? "";
    const isChoice = each.get("type") === "radio";
    if (isChoice) choices.push({ name, value, isOpen: !each.has("disabled") });
    if (!isChoice || each.has("checked")) values.push([name, value]);
  }
  const buttons = [...inside.matchAll(/<button\b([^>]*)>([\s\S]*?)<\/button>/gi)].map(([, rest = "", label = ""]) => {
    const each = attributes(rest);
    return { label: visible(label), name: each.get("name") ?? "", value: each.get("value") ?? "" };
  });
  const isPost = own.get("method")?.toLowerCase() === "post";
  return { id: own.get("id") ?? "", action: own.get("action") ?? "", isPost, values, choices, buttons };
}

/** Reads the forms of a page that this project writes, whose attributes stand in double quotes. */
export function readPage(html: string): Page {
  const forms = [...html.matchAll(/(<form\b[^>]*>)([\s\S]*?)<\/form>/gi)];
  return {
    heading: visible(/<h1\b[^>]*>([\s\S]*?)<\/h1>/i.exec(html)?.[1] ?? ""),
    forms: forms.map(([, tag = "", inside = ""]) => readForm(tag, inside)),
  };
}
