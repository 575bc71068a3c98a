import type { FastifyInstance } from "fastify";
import { type Attempt, isUnpaid } from "../../payments/payment.ts";
import { type Checkout, type CheckoutParams, findVisit, seeOther, sendPage } from "./checkout.ts";
import { frameOf, linkWithin, type PageQuery, type Visit } from "./payment-page.ts";
import { renderHandOff } from "./render-page.tsx";

const freshForMs = 5 * 60_000;

/** True while the attempt can still be on its way to the bank: it is the newest, and nobody has heard of it yet. */
export function isHandOffFresh(visit: Pick<Visit, "payment" | "attempts">, attempt: Attempt, now: Date): boolean {
  const isUnheardOf = attempt.railCode === "" && attempt.railTransactionId === "" && attempt.certainty === "unknown";
  return (
    isUnpaid(visit.payment) &&
    attempt.status === "in_flight" &&
    isUnheardOf &&
    attempt.id === visit.attempts.at(-1)?.id &&
    now.getTime() - attempt.createdAt.getTime() < freshForMs
  );
}

type Request = { Params: CheckoutParams["Params"] & { attemptId: string }; Querystring: PageQuery };

/** GET: the form that carries the signed request to FPX. Answers 200, 303 or 404. */
export function handOff(app: FastifyInstance, checkout: Checkout): void {
  const { gateway } = checkout;
  app.get<Request>("/:checkoutId/attempts/:attemptId/handoff", async (request, reply) => {
    const visit = await findVisit(checkout, request, request.query["lang"]);
    const attempt = visit.attempts.find((each) => each.id === request.params.attemptId);
    if (attempt === undefined || !isHandOffFresh(visit, attempt, gateway.clock.now()))
      return seeOther(reply, linkWithin(visit, ""));
    const frame = frameOf(gateway, visit, {});
    const form = {
      bankName: attempt.bankName,
      attemptId: attempt.id,
      action: gateway.rail.handOffUrl,
      fields: attempt.sent,
    };
    return sendPage(checkout, reply, (paper) => renderHandOff(paper, frame, form), { openFormAction: true });
  });
}
