import type { FastifyInstance } from "fastify";
import { pageVersion } from "./build-view.ts";
import { type Checkout, type CheckoutParams, findVisit } from "./checkout.ts";
import { protectAnswer } from "./security-policy.ts";

/**
 * GET: how the payment stands, for a page that waits. It is for a program, so its faults are answered by the contract
 * in JSON and not by a page. Answers 200 or 404.
 */
export function paymentStatus(app: FastifyInstance, checkout: Checkout): void {
  app.get<CheckoutParams>("/checkout/:checkoutId/status", async (request, reply) => {
    protectAnswer(reply);
    const { payment } = await findVisit(checkout, request, undefined);
    return { status: payment.status, certainty: payment.certainty, version: pageVersion(payment) };
  });
}
