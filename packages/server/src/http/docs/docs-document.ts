import { createHash } from "node:crypto";
import type { FastifyReply } from "fastify";

const css = [
  ":root{color-scheme:light dark;--ink:#14231f;--soft:#4a5d58;--line:#d3ddd9;--bg:#f3f6f4;--card:#fff;--act:#0a6158}",
  "@media(prefers-color-scheme:dark){:root{--ink:#e9f1ee;--soft:#a9bcb6;--line:#35453f;--bg:#101916;--card:#18241f;--act:#7ad3c4}}",
  "*{box-sizing:border-box}",
  "body{margin:0;background:var(--bg);color:var(--ink);font:1rem/1.6 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif;overflow-wrap:anywhere}",
  "main,header{max-width:46rem;margin:0 auto;padding:1rem 1.25rem}",
  "main{padding-bottom:4rem}",
  "h1{font-size:1.75rem;line-height:1.2;margin:.5rem 0}",
  "h2{font-size:1.2rem;line-height:1.3;margin:2rem 0 .5rem}",
  "a{color:var(--act);text-underline-offset:.15em}",
  "header a,nav a{display:inline-block;padding:.75rem 1rem .75rem 0}",
  ":focus-visible{outline:3px solid;outline-offset:3px;border-radius:4px}",
  ".facts{color:var(--soft);margin:0 0 1.5rem}",
  "li{margin:.6rem 0}",
  "code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.9em}",
  "pre{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.9rem 1rem;overflow-x:auto;overflow-wrap:normal;line-height:1.45}",
  ".wide{overflow-x:auto}",
  "table{border-collapse:collapse;width:100%}",
  "th,td{text-align:left;vertical-align:top;padding:.5rem .75rem .5rem 0;border-bottom:1px solid var(--line);overflow-wrap:normal}",
].join("");

const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(css).digest("base64")}'`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** What a reader sees: a title that has been escaped or needs no escaping, and HTML that a renderer of ours has made. */
export interface DocsPage {
  readonly title: string;
  readonly html: string;
  readonly status?: number;
}

function documentOf(page: DocsPage): string {
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${page.title} – KineticPay errors</title><link rel="icon" href="data:,"><style>${css}</style></head>`,
    `<body><header><a href="/docs/errors">All errors</a></header><main>${page.html}</main></body></html>`,
  ].join("");
}

/** Sends a page that loads nothing from anywhere, runs no script and cannot be framed. */
export function sendDocsPage(reply: FastifyReply, page: DocsPage): FastifyReply {
  return reply
    .code(page.status ?? 200)
    .header("content-type", "text/html; charset=utf-8")
    .header("content-security-policy", policy)
    .header("x-content-type-options", "nosniff")
    .header("referrer-policy", "no-referrer")
    .header("cache-control", page.status === undefined ? "public, max-age=300" : "no-store")
    .send(documentOf(page));
}
