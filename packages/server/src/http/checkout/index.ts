import type { FastifyInstance } from "fastify";
import type { Gateway } from "../../gateway.ts";
import { createAskPace } from "./ask-pace.ts";
import { loadAssets } from "./assets.ts";
import { beginPayment } from "./begin-payment.ts";
import { checkPayment } from "./check-payment.ts";
import type { Checkout } from "./checkout.ts";
import { handOff } from "./hand-off.ts";
import { paymentStatus } from "./payment-status.ts";
import { receiveReturn } from "./receive-return.ts";
import { returnToMerchant } from "./return-to-merchant.ts";
import { protectAnswer } from "./security-policy.ts";
import { serveAssets } from "./serve-assets.ts";
import { showPayment } from "./show-payment.ts";
import { answerFault, sendTrouble } from "./trouble-page.ts";

/** Bodies as text, of any type: forms are read where they are used, and FPX's must not be touched on the way. */
function takeBodiesAsText(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
}

/** Everything in the scope answers people: with protected pages, also when something goes wrong. */
function answerWithPages(scope: FastifyInstance, checkout: Checkout): void {
  takeBodiesAsText(scope);
  scope.addHook("onRequest", async (_request, reply) => protectAnswer(reply));
  scope.setErrorHandler((thrown, request, reply) => answerFault(checkout, thrown, request, reply));
}

/** The hosted checkout: the pages that a buyer sees between the shop and the bank, and again on the way back. */
export function registerCheckout(app: FastifyInstance, gateway: Gateway): void {
  const checkout: Checkout = { gateway, assets: loadAssets(), askPace: createAskPace(gateway.clock) };
  serveAssets(app, checkout.assets);
  paymentStatus(app, checkout);
  void app.register(async (bank) => {
    answerWithPages(bank, checkout);
    receiveReturn(bank, checkout);
  });
  void app.register(
    async (pages) => {
      answerWithPages(pages, checkout);
      pages.setNotFoundHandler((request, reply) => {
        protectAnswer(reply);
        return sendTrouble(checkout, request, reply, { status: 404, kind: "not_found" });
      });
      for (const route of [showPayment, beginPayment, handOff, checkPayment, returnToMerchant]) route(pages, checkout);
    },
    { prefix: "/checkout" },
  );
}
