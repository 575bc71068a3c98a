import type { FastifyReply } from "fastify";

/** What one page may load and where its forms may go. */
export interface PagePolicy {
  /** Lets in the page's one script. */
  readonly nonce: string;
  /** Lets in the page's inlined stylesheet. */
  readonly cssHash: string;
  /**
   * Set on the two pages whose form leaves for another site. Chrome holds the whole chain of redirects after a form to
   * `form-action`, so naming FPX, or a shop, would stop the buyer at the bank that FPX, or the page that the shop,
   * sends the browser on to; those cannot be known beforehand. Neither page shows a form that a visitor fills in.
   */
  readonly openFormAction: boolean;
}

function contentSecurityPolicy(policy: PagePolicy): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${policy.nonce}'`,
    `style-src '${policy.cssHash}'`,
    "img-src data:",
    "connect-src 'self'",
    ...(policy.openFormAction ? [] : ["form-action 'self'"]),
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join("; ");
}

/** Headers of everything under the checkout, redirects included: an address here is all it takes to see a payment. */
export function protectAnswer(reply: FastifyReply): void {
  void reply
    .header("cache-control", "no-store")
    .header("referrer-policy", "no-referrer")
    .header("x-content-type-options", "nosniff")
    .header("x-frame-options", "DENY")
    .header("cross-origin-opener-policy", "same-origin")
    .header("cross-origin-resource-policy", "same-origin")
    .header("x-robots-tag", "noindex");
}

/** The policy of one page. */
export function applyPolicy(reply: FastifyReply, policy: PagePolicy): void {
  void reply.header("content-security-policy", contentSecurityPolicy(policy));
}
