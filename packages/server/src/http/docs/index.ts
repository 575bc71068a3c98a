import { errorEntry } from "@kineticpay/contract/errors/catalogue";
import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { shownPath } from "@kineticpay/contract/shown-text";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { pathOf } from "../call-path.ts";
import { sendDocsPage } from "./docs-document.ts";
import { errorIndex } from "./error-index.ts";
import { isErrorCode, readErrorPage } from "./error-pages.ts";
import { nearestErrorCode } from "./nearest-code.ts";
import { renderMarkdown } from "./render-markdown.ts";

const home = "/docs/errors";

type PageRequest = FastifyRequest<{ Params: { page: string } }>;

/** A page for people who followed a wrong link, and the contract's body for programs. */
function sendMissing(request: PageRequest, reply: FastifyReply, name: string): FastifyReply {
  const near = nearestErrorCode(name);
  const nearest = near === "" ? home : `${home}/${near}`;
  if (request.headers.accept?.includes("text/html") !== true) {
    const path = shownPath(pathOf(request.url));
    throw new GatewayError("route_unknown", { meta: { method: request.method, path, nearest } });
  }
  const hint = near === "" ? "" : ` Did you mean <a href="${nearest}">${near}</a>?`;
  const html = `<h1>No such error</h1><p>There is no page of that name.${hint}</p>`;
  return sendDocsPage(reply, { title: "No such error", html, status: 404 });
}

/** The pages that every error's `doc_url` leads to: one for each code, as HTML and as Markdown, and a list of all. */
export function registerDocs(app: FastifyInstance): void {
  app.get(home, { exposeHeadRoute: true }, async (_request, reply) =>
    sendDocsPage(reply, { title: "All", html: await renderMarkdown(errorIndex()) }),
  );
  app.get(`${home}/:page`, { exposeHeadRoute: true }, async (request: PageRequest, reply) => {
    const { page: name } = request.params;
    const code = name.replace(/\.md$/, "");
    if (!isErrorCode(code)) return sendMissing(request, reply, code);
    const page = await readErrorPage(code);
    if (name !== code) return reply.header("content-type", "text/markdown; charset=utf-8").send(page.source);
    const { type, status, since } = page.facts;
    const retry = errorEntry(code).retryable ? "may be retried" : "not to be retried as it is";
    const facts = `<p class="facts">${status} · ${type} · ${retry} · since ${since} · <a href="${home}/${code}.md">Markdown</a></p>`;
    const html = (await renderMarkdown(page.markdown)).replace("</h1>", `</h1>${facts}`);
    return sendDocsPage(reply, { title: code, html });
  });
}
