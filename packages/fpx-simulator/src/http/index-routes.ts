import type { FastifyInstance } from "fastify";
import { bankById } from "../bank-directory.ts";
import type { Exchange } from "../exchange.ts";
import { continueScript, styleSheet } from "../pages/assets.ts";
import { errorPage, indexPage } from "../pages/exchange-pages.ts";
import { formOf } from "./bank-routes.ts";
import { sendPage } from "./send-page.ts";

const transactionsShown = 25;

/** The front page with its bank switches, and the two files that pages load. */
export function indexRoutes(app: FastifyInstance, exchange: Exchange): void {
  const { store, outbound, exchangeId } = exchange;

  app.get("/", (_request, reply) =>
    sendPage(
      reply,
      indexPage({
        newest: store.transactions().slice(-transactionsShown).reverse(),
        isOnline: store.isOnline,
        gatewayUrl: outbound.address("/fpx/direct")?.replace("/fpx/direct", ""),
        exchangeId,
      }),
    ),
  );

  app.post("/banks", (request, reply) => {
    const form = formOf(request);
    const model = form.get("model");
    const bankId = form.get("bank_id") ?? "";
    if ((model !== "b2c" && model !== "b2b1") || bankById(model, bankId) === undefined) {
      return sendPage(reply, errorPage("No such bank", "the fields model and bank_id name no known bank"), 404);
    }
    store.setOnline(model, bankId, form.get("online") === "true");
    return reply.redirect("/", 303);
  });

  app.get("/simulator.css", (_request, reply) => reply.type("text/css; charset=utf-8").send(styleSheet));
  app.get("/continue.js", (_request, reply) => reply.type("text/javascript; charset=utf-8").send(continueScript));
}
