import type { FastifyInstance } from "fastify";
import { receiveBankMessage } from "../../payments/receive-bank-message.ts";
import { type Checkout, seeOther } from "./checkout.ts";
import { pagePath } from "./payment-page.ts";
import { sendTrouble } from "./trouble-page.ts";

/**
 * POST: the browser comes back from FPX, from another site and so without cookies. The message alone says which payment
 * it is about, and it is checked as it arrived, untrimmed. Answers 303 or 403.
 */
export function receiveReturn(app: FastifyInstance, checkout: Checkout): void {
  app.post("/fpx/indirect", async (request, reply) => {
    const body = typeof request.body === "string" ? request.body : "";
    const settled = await receiveBankMessage(checkout.gateway, "indirect", body);
    if (settled === undefined) return sendTrouble(checkout, request, reply, { status: 403, kind: "bad_return" });
    return seeOther(reply, pagePath(settled.payment));
  });
  // A reload of this address, or a bookmark of it, asks with GET.
  app.get("/fpx/indirect", (request, reply) =>
    sendTrouble(checkout, request, reply, { status: 404, kind: "not_found" }),
  );
}
