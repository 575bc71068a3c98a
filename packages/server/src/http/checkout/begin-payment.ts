import type { PaymentModel } from "@kineticpay/contract/payment";
import type { FastifyInstance, FastifyReply } from "fastify";
import { askAboutPayment } from "../../payments/ask-about-payment.ts";
import { type Begun, beginAttempt } from "../../payments/begin-attempt.ts";
import type { Payment } from "../../payments/payment.ts";
import { shownModel } from "./build-bank-choice.ts";
import { type Checkout, type CheckoutParams, findVisit, formFields, seeOther } from "./checkout.ts";
import { isHandOffFresh } from "./hand-off.ts";
import { linkWithin, type Visit } from "./payment-page.ts";

interface Choice {
  readonly bankId: string;
  readonly model: PaymentModel;
}

/** Where each outcome leads: always to a page that may be loaded again without sending the form again. */
function nextPage(visit: Visit, choice: Choice, begun: Begun): string {
  const { bankId: bank, model } = choice;
  const problem = (code: string) => `${linkWithin(visit, "", { problem: code, bank, model })}#problem`;
  switch (begun.kind) {
    case "handed_off":
      return linkWithin(visit, `/attempts/${begun.attempt.id}/handoff`);
    case "closed":
    case "not_found":
      return linkWithin(visit, "");
    case "undecided":
      return linkWithin(visit, "", { step: "confirm", bank, model });
    case "bank_unavailable":
      return problem("bank_offline");
    case "out_of_range":
      return problem("out_of_range");
    case "too_many":
      return problem("too_many");
  }
}

/** The model whose bank list can hold a shop's preset bank, when the shop did not say. */
function presetModel(checkout: Checkout, payment: Payment): PaymentModel {
  const { rail } = checkout.gateway;
  return shownModel(payment, { b2c: rail.limits("b2c"), b2b1: rail.limits("b2b1") }, "b2c");
}

/**
 * POST from a shop's own page: straight on to the bank that the shop names, where that can be done and nothing was tried
 * yet; else to the payment's page. A bank that is unknown or offline is no error: the buyer chooses another.
 */
function enterFromShop(app: FastifyInstance, checkout: Checkout): void {
  const { gateway } = checkout;
  app.post<CheckoutParams>("/:checkoutId", async (request, reply) => {
    const visit = await findVisit(checkout, request, undefined);
    const { payment, attempts, language } = visit;
    const last = attempts.at(-1);
    const isUntried = last === undefined || (attempts.length === 1 && isHandOffFresh(visit, last, gateway.clock.now()));
    if (payment.bankId === null || payment.bankId === "" || !isUntried) return seeOther(reply, linkWithin(visit, ""));
    const model = presetModel(checkout, payment);
    const choice: Choice = { bankId: gateway.rail.resolveBankId(payment.bankId), model };
    const begun = await beginAttempt(gateway, payment.checkoutId, {
      ...choice,
      locale: language.locale,
      confirmed: false,
    });
    return seeOther(reply, begun.kind === "handed_off" ? nextPage(visit, choice, begun) : linkWithin(visit, ""));
  });
}

/** A buyer who presses "try again" on the waiting page does not mean the attempt that is under way. */
async function askThenWarn(
  checkout: Checkout,
  reply: FastifyReply,
  visit: Visit,
  choice: Choice,
): Promise<FastifyReply> {
  if (checkout.askPace.mayAsk(visit.payment.id)) await askAboutPayment(checkout.gateway, visit.attempts);
  const { bankId: bank, model } = choice;
  return seeOther(reply, linkWithin(visit, "", { step: "confirm", bank, model }));
}

/** POST of the bank chosen: to the bank, or back to the page that says why not. Answers 303 or 404. */
export function beginPayment(app: FastifyInstance, checkout: Checkout): void {
  enterFromShop(app, checkout);
  app.post<CheckoutParams>("/:checkoutId/attempts", async (request, reply) => {
    const fields = formFields(request.body);
    const visit = await findVisit(checkout, request, fields["lang"]);
    const bankId = (fields["bank"] ?? "").slice(0, 20);
    const choice: Choice = { bankId, model: fields["model"] === "b2b1" ? "b2b1" : "b2c" };
    if (bankId === "")
      return seeOther(
        reply,
        `${linkWithin(visit, "", { problem: "bank_missing", bank: "", model: choice.model })}#problem`,
      );
    const begun = await beginAttempt(checkout.gateway, visit.payment.checkoutId, {
      ...choice,
      locale: visit.language.locale,
      confirmed: fields["confirmed"] === "1",
    });
    const isOld = begun.kind === "handed_off" && visit.attempts.some((attempt) => attempt.id === begun.attempt.id);
    if (isOld && fields["again"] === "1") return askThenWarn(checkout, reply, visit, choice);
    return seeOther(reply, nextPage(visit, choice, begun));
  });
}
