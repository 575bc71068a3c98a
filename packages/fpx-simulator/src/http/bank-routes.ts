import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type DecidingExchange, decide, decideAtBank } from "../decide.ts";
import { confirmPage, loginPage, lostPage, resultPage, returnPage } from "../pages/bank-pages.ts";
import { checkerPage, errorPage } from "../pages/exchange-pages.ts";
import { returnToShop } from "../return-to-shop.ts";
import type { Transaction } from "../transaction.ts";
import { sendPage } from "./send-page.ts";

type Form = ReadonlyMap<string, string>;
type TokenRequest = FastifyRequest<{ Params: { token: string } }>;

/** The codes that the buttons stand for; `any` takes the code chosen in the list. */
const codeOfAction: ReadonlyMap<string, string> = new Map([
  ["insufficient_funds", "51"],
  ["cancel_at_login", "1C"],
  ["time_out_at_login", "1A"],
  ["cancel", "1L"],
  ["time_out", "1J"],
  ["reject", "BC"],
]);

/**
 * The pages of the buyer's bank. One address shows whatever comes next, so that going back or reloading never does
 * harm; every button posts and is sent back there.
 */
export function bankRoutes(app: FastifyInstance, parts: DecidingExchange): void {
  const { store } = parts.exchange;

  app.get("/bank/:token", (request: TokenRequest, reply) => {
    const transaction = store.transactionByToken(request.params.token);
    return transaction === undefined ? notFound(reply) : sendPage(reply, nextPage(transaction));
  });

  app.post("/bank/:token/login", (request: TokenRequest, reply) => {
    const transaction = store.transactionByToken(request.params.token);
    if (transaction === undefined) return notFound(reply);
    // What was typed is neither looked at nor kept.
    store.changeTransaction(transaction.orderNo, { loggedIn: true });
    return reply.redirect(`/bank/${transaction.token}`, 303);
  });

  app.post("/bank/:token/decide", async (request: TokenRequest, reply) => {
    const transaction = store.transactionByToken(request.params.token);
    if (transaction === undefined) return notFound(reply);
    const code = chosenCode(formOf(request), transaction.model === "b2b1" ? "99" : "00");
    if (code === undefined) return badChoice(reply);
    await decideAtBank(parts, transaction.orderNo, code);
    return reply.redirect(`/bank/${transaction.token}`, 303);
  });

  app.post("/bank/:token/return", async (request: TokenRequest, reply) => {
    const transaction = store.transactionByToken(request.params.token);
    if (transaction === undefined) return notFound(reply);
    if (transaction.state === "at_bank") return reply.redirect(`/bank/${transaction.token}`, 303);
    const way = await returnToShop(parts, transaction);
    if ("lost" in way) return sendPage(reply, lostPage(transaction, way.lost));
    return sendPage(reply, returnPage(transaction, way.address, way.fields), 200, true);
  });
}

/** The page of the company's authoriser, who approves or rejects what a maker submitted; no browser returns. */
export function checkerRoutes(app: FastifyInstance, parts: DecidingExchange): void {
  const { store } = parts.exchange;
  const waiting = (): Transaction[] => store.transactions().filter((one) => one.state === "awaiting_approval");

  app.get("/bank/checker", (_request, reply) => sendPage(reply, checkerPage(waiting().reverse())));

  app.post("/bank/checker/:token", async (request: TokenRequest, reply) => {
    const transaction = store.transactionByToken(request.params.token);
    if (transaction === undefined) return notFound(reply);
    const code = chosenCode(formOf(request), "00");
    if (code === undefined) return badChoice(reply);
    // Two authorisers may press at the same time; only the first decides.
    if (transaction.state === "awaiting_approval") await decide(parts, transaction.orderNo, code);
    return reply.redirect("/bank/checker", 303);
  });
}

/** The fields of one of our own forms. */
export function formOf(request: FastifyRequest): Form {
  return new Map(new URLSearchParams(typeof request.body === "string" ? request.body : ""));
}

function nextPage(transaction: Transaction): string {
  if (transaction.state !== "at_bank") return resultPage(transaction);
  return transaction.loggedIn ? confirmPage(transaction) : loginPage(transaction);
}

function chosenCode(form: Form, approval: string): string | undefined {
  const action = form.get("action") ?? "";
  if (action === "approve") return approval;
  if (action !== "any") return codeOfAction.get(action);
  const code = form.get("code") ?? "";
  return /^[0-9A-Z]{2}$/.test(code) ? code : undefined;
}

function notFound(reply: FastifyReply): FastifyReply {
  return sendPage(reply, errorPage("No such payment", "this bank page belongs to no transaction, or was reset"), 404);
}

function badChoice(reply: FastifyReply): FastifyReply {
  return sendPage(reply, errorPage("That button is not known", "the field action or code holds no known value"), 400);
}
