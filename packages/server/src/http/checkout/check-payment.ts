import type { FastifyInstance } from "fastify";
import { askAboutPayment } from "../../payments/ask-about-payment.ts";
import { type Checkout, type CheckoutParams, findVisit, formFields, seeOther } from "./checkout.ts";
import { linkWithin } from "./payment-page.ts";

/** POST: asks FPX now, for a buyer who would rather know than wait; then shows what there is to see. Answers 303 or 404. */
export function checkPayment(app: FastifyInstance, checkout: Checkout): void {
  app.post<CheckoutParams>("/:checkoutId/check", async (request, reply) => {
    const fields = formFields(request.body);
    const visit = await findVisit(checkout, request, fields["lang"]);
    if (checkout.askPace.mayAsk(visit.payment.id)) await askAboutPayment(checkout.gateway, visit.attempts);
    const { step, bank = "", model = "" } = fields;
    const query = step === "confirm" ? { step, bank: bank.slice(0, 20), model: model.slice(0, 20) } : {};
    return seeOther(reply, linkWithin(visit, "", query));
  });
}
