import type { FastifyInstance } from "fastify";
import { type Attempt, isInFlight } from "../../payments/payment.ts";
import { decisiveAttempt } from "../../payments/transaction-record.ts";
import { type Checkout, type CheckoutParams, findVisit, rememberLanguage, seeOther, sendPage } from "./checkout.ts";
import { frameOf, linkWithin, type PageQuery, paymentPage, type Visit } from "./payment-page.ts";
import { renderPaymentPage } from "./render-page.tsx";

type Request = CheckoutParams & { Querystring: PageQuery };

/** The attempt for which a shop of the wire protocol still waits to see its buyer again. */
function unreturned({ payment, attempts }: Visit): Attempt | undefined {
  if (payment.protocol !== "wire" || attempts.some(isInFlight)) return undefined;
  const attempt = decisiveAttempt(payment, attempts);
  return attempt?.browserReturnedAt === null ? attempt : undefined;
}

/** GET: the one address of a payment, from the choice of a bank to the receipt. Answers 200, 303 or 404. */
export function showPayment(app: FastifyInstance, checkout: Checkout): void {
  app.get<Request>("/:checkoutId", async (request, reply) => {
    const { query } = request;
    const visit = await findVisit(checkout, request, query["lang"]);
    rememberLanguage(checkout, reply, visit);
    if (query["stay"] !== "1" && unreturned(visit) !== undefined) return seeOther(reply, linkWithin(visit, "/return"));
    const view = await paymentPage(checkout.gateway, visit, query);
    const frame = frameOf(checkout.gateway, visit, query);
    return sendPage(checkout, reply, (paper) => renderPaymentPage(paper, frame, view));
  });
}
