import type { FastifyReply } from "fastify";

/**
 * Sends a page. Its policy lets in nothing from elsewhere and no inline code.
 * @param leavesFormActionOpen for the page that posts back to the shop: Chrome applies `form-action` to the whole
 *   chain of redirects that follows, which only the shop knows.
 */
export function sendPage(reply: FastifyReply, page: string, status = 200, leavesFormActionOpen = false): FastifyReply {
  const formAction = leavesFormActionOpen ? "" : "; form-action 'self'";
  return reply
    .code(status)
    .header("content-type", "text/html; charset=utf-8")
    .header("cache-control", "no-store")
    .header(
      "content-security-policy",
      `default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'${formAction}`,
    )
    .send(page);
}
