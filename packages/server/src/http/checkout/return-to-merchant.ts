import type { FastifyInstance } from "fastify";
import { wireFields } from "../../callbacks/wire-callback.ts";
import { noteBrowserReturn } from "../../payments/note-browser-return.ts";
import { isInFlight, isUnpaid, type Payment } from "../../payments/payment.ts";
import { decisiveAttempt, wirePayload } from "../../payments/transaction-record.ts";
import { type Checkout, type CheckoutParams, findVisit, seeOther, sendPage } from "./checkout.ts";
import { frameOf, linkWithin, type PageQuery } from "./payment-page.ts";
import { renderReturn } from "./render-page.tsx";

type Request = CheckoutParams & { Querystring: PageQuery };

/** The merchant's address with the payment's id added and everything else as it was. Never a status: one could be forged. */
export function withPaymentId(address: string, payment: Payment): string {
  const { href, hash } = new URL(address);
  const bare = href.slice(0, href.length - hash.length);
  return `${bare}${bare.includes("?") ? "&" : "?"}payment_id=${payment.id}${hash}`;
}

/**
 * GET: leaves for the merchant; to a shop of the wire protocol by a form that carries the transaction. While a result is
 * awaited the buyer stays: there is nothing yet that a shop could be told. Answers 200, 303 or 404.
 */
export function returnToMerchant(app: FastifyInstance, checkout: Checkout): void {
  const { gateway } = checkout;
  app.get<Request>("/:checkoutId/return", async (request, reply) => {
    const visit = await findVisit(checkout, request, request.query["lang"]);
    const { payment, attempts } = visit;
    if (isUnpaid(payment) && attempts.some(isInFlight)) return seeOther(reply, linkWithin(visit, ""));
    const attempt = decisiveAttempt(payment, attempts);
    if (attempt !== undefined) await noteBrowserReturn(gateway, attempt);
    const paid = payment.status === "paid";
    const action = paid ? payment.successUrl : payment.failureUrl;
    if (payment.protocol === "v2") return seeOther(reply, withPaymentId(action, payment));
    const fields = await wireFields(gateway, wirePayload(gateway, payment, attempts));
    const frame = frameOf(gateway, visit, {});
    return sendPage(checkout, reply, (paper) => renderReturn(paper, frame, { paid, action, fields }), {
      openFormAction: true,
    });
  });
}
