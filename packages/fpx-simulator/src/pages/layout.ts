import { type Html, html } from "./html.ts";

export interface PageParts {
  readonly title: string;
  /** Shown in the coloured bar: the bank's name, or the exchange's. */
  readonly heading: string;
  readonly main: Html;
  /** Picks one of eight colours for the bar, so that banks can be told apart. */
  readonly tint?: number;
  /** Reloads the page after so many seconds, for a buyer whose bank is still at work. */
  readonly refreshSeconds?: number;
  /** Loads the script that submits the form `#continue`. */
  readonly submits?: boolean;
}

/** A whole page: phone first, nothing from elsewhere, and a notice that no money moves. */
export function layout(page: PageParts): string {
  const refresh =
    page.refreshSeconds === undefined ? undefined : html`<meta http-equiv="refresh" content="${page.refreshSeconds}">`;
  const script = page.submits === true ? html`<script src="/continue.js" defer></script>` : undefined;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
${refresh}<title>${page.title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/simulator.css">
${script}</head>
<body>
<header><p class="notice">Simulated bank – no real money</p>
<p class="bar tint-${(page.tint ?? 0) % 8}"><span>${page.heading}</span></p></header>
<main>
${page.main}
</main>
<footer>FPX simulator. Never type real banking details here.</footer>
</body>
</html>
`.text;
}

/** Rows of a summary, as a description list. */
export function summary(rows: readonly (readonly [term: string, value: string])[]): Html {
  return html`<dl>${rows.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>`;
}
