import type { FastifyReply, FastifyRequest } from "fastify";
import { asGatewayError } from "../as-gateway-error.ts";
import { contactsOf } from "../support-contact.ts";
import { type Checkout, sendPage } from "./checkout.ts";
import { chooseLanguage } from "./language.ts";
import { renderTrouble } from "./render-page.tsx";
import type { TroubleKind } from "./view-model.ts";

interface Trouble {
  readonly status: number;
  readonly kind: TroubleKind;
}

/** A page speaks of fewer things than the API: what a buyer can do about them differs less. */
function troubleOf(status: number): Trouble {
  switch (status) {
    case 404:
      return { status, kind: "not_found" };
    case 429:
      return { status, kind: "busy" };
    case 503:
    case 504:
      return { status, kind: "unavailable" };
    case 502:
      return { status: 503, kind: "unavailable" };
    case 500:
      return { status, kind: "broken" };
    default:
      return { status: 403, kind: "refused" };
  }
}

/** Sends a page for a fault, in the language that the request lets us guess. */
export function sendTrouble(
  checkout: Checkout,
  request: FastifyRequest,
  reply: FastifyReply,
  trouble: Trouble,
): FastifyReply {
  const { locale } = chooseLanguage({
    asked: (request.query as { lang?: unknown } | undefined)?.lang,
    cookieHeader: request.headers.cookie,
    acceptHeader: request.headers["accept-language"],
    known: [],
  });
  const { checkoutId } = (request.params ?? {}) as { checkoutId?: string };
  const isKnown = trouble.status !== 404 && checkoutId !== undefined && /^cs_[0-9a-f]{40}$/.test(checkoutId);
  const details = {
    kind: trouble.kind,
    requestId: request.id,
    base: isKnown ? `/checkout/${checkoutId}` : undefined,
    contacts: contactsOf(checkout.gateway.config),
  };
  return sendPage(checkout, reply, (paper) => renderTrouble(paper, locale, details), { status: trouble.status });
}

/** Answers whatever was thrown with a page that a buyer can act on; the log gets the cause. */
export function answerFault(
  checkout: Checkout,
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const error = asGatewayError(thrown, request);
  if (error.status >= 500)
    checkout.gateway.log.error(
      { err: error.cause ?? error, request: request.id, code: error.code },
      "a checkout page failed",
    );
  if (error.retryAfterS !== undefined) void reply.header("retry-after", error.retryAfterS);
  return sendTrouble(checkout, request, reply, troubleOf(error.status));
}
