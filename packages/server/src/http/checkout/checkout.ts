import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { shownText } from "@kineticpay/contract/shown-text";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Gateway } from "../../gateway.ts";
import { readByCheckout } from "../../payments/read-payments.ts";
import type { AskPace } from "./ask-pace.ts";
import type { CheckoutAssets } from "./assets.ts";
import { chooseLanguage, languageCookie } from "./language.ts";
import type { Visit } from "./payment-page.ts";
import type { Paper } from "./render-page.tsx";
import { applyPolicy } from "./security-policy.ts";

/** What every page of the checkout works with. */
export interface Checkout {
  readonly gateway: Gateway;
  readonly assets: CheckoutAssets;
  readonly askPace: AskPace;
}

export interface CheckoutParams {
  readonly Params: { readonly checkoutId: string };
}

/**
 * The payment that an address names, in the language for this request.
 * @param asked the language that the query or the form asks for
 * @throws GatewayError resource_missing
 */
export async function findVisit(
  checkout: Checkout,
  request: FastifyRequest<CheckoutParams>,
  asked: unknown,
): Promise<Visit> {
  const { checkoutId } = request.params;
  const found = await readByCheckout(checkout.gateway, checkoutId);
  if (found === undefined)
    throw new GatewayError("resource_missing", {
      meta: { resource: "checkout", id: shownText(checkoutId), nearest: "" },
    });
  const language = chooseLanguage({
    asked,
    cookieHeader: request.headers.cookie,
    acceptHeader: undefined,
    known: [found.attempts.at(-1)?.locale, found.payment.locale],
  });
  return { ...found, language };
}

/** Remembers a language that the buyer has just chosen. */
export function rememberLanguage(checkout: Checkout, reply: FastifyReply, visit: Visit): void {
  if (!visit.language.chosen) return;
  const secure = checkout.gateway.config.publicUrl?.startsWith("https:") === true;
  void reply.header("set-cookie", languageCookie(visit.language.locale, secure));
}

export interface PageAnswer {
  readonly status?: number;
  /** See PagePolicy. */
  readonly openFormAction?: boolean;
}

/** Sends a page under its own policy, with a nonce that no other answer has. */
export function sendPage(
  checkout: Checkout,
  reply: FastifyReply,
  render: (paper: Paper) => string,
  answer: PageAnswer = {},
): FastifyReply {
  const { assets, gateway } = checkout;
  const nonce = Buffer.from(gateway.random.bytes(18)).toString("base64");
  applyPolicy(reply, { nonce, cssHash: assets.cssHash, openFormAction: answer.openFormAction === true });
  return reply
    .code(answer.status ?? 200)
    .header("content-type", "text/html; charset=utf-8")
    .send(render({ assets, nonce }));
}

/** The fields of a form that a page sent, each at most once; the parser hands bodies over as text. */
export function formFields(body: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(typeof body === "string" ? body : ""));
}

/** Sends the browser on with a GET, whatever it came with. */
export function seeOther(reply: FastifyReply, location: string): FastifyReply {
  return reply.code(303).header("location", location).send();
}
