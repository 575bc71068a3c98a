/** A piece of HTML that is safe to print: what was put into it was escaped, or was HTML of ours already. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type HtmlValue = Html | string | number | undefined | readonly Html[];

/** Builds HTML from a template; every value is escaped unless it is itself `Html`. Undefined prints nothing. */
export function html(strings: TemplateStringsArray, ...values: HtmlValue[]): Html {
  const printed = values.map(print);
  return new Html(strings.map((piece, at) => piece + (printed[at] ?? "")).join(""));
}

function print(value: HtmlValue): string {
  if (value === undefined) return "";
  if (value instanceof Html) return value.text;
  if (typeof value === "string" || typeof value === "number") return escapeText(String(value));
  return value.map((one) => one.text).join("");
}

function escapeText(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
