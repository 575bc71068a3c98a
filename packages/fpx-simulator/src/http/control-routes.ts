import { randomUUID } from "node:crypto";
import { encodeForm, type FpxModel } from "@kineticpay/fpx/messages";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { bankById } from "../bank-directory.ts";
import { confirmation } from "../confirmation.ts";
import { type DecidingExchange, decide, presentCode } from "../decide.ts";
import { sentDirect } from "../deliver-direct.ts";
import { noteMessage, signConfirmation, signedConfirmation } from "../exchange.ts";
import type { DirectRoute, ScriptInput } from "../script.ts";
import type { Transaction } from "../transaction.ts";
import { bankBody, decideBody, messageBody, scriptBody, sendBody } from "./control-schemas.ts";
import { describeBanks, describeTransaction, describeWithMessages } from "./describe.ts";

type Order = { Params: { orderNo: string } };
type Route = "direct" | "indirect";

const scriptsKept = 1_000;

/** Reading the exchange's mind: transactions with every message, banks, scripts. */
export function controlReadRoutes(app: FastifyInstance, { exchange }: DecidingExchange): void {
  const { store } = exchange;

  app.get("/_control/transactions", () => ({
    data: store
      .transactions()
      .reverse()
      .map((one) => describeTransaction(store, one)),
  }));

  app.get<Order>("/_control/transactions/:orderNo", (request, reply) => {
    const transaction = store.find(request.params.orderNo);
    return transaction === undefined ? unknownOrder(reply) : describeWithMessages(store, transaction);
  });

  app.get("/_control/banks", () => ({ data: describeBanks(store) }));
  app.get("/_control/scripts", () => ({ data: store.scripts() }));
}

/** Deciding and speaking in the bank's place, at any time and as often as wanted. */
export function controlPaymentRoutes(app: FastifyInstance, parts: DecidingExchange): void {
  const { exchange } = parts;
  const { store } = exchange;

  type Decide = Order & { Body: { code: string; direct?: DirectRoute } };
  app.post<Decide>(
    "/_control/transactions/:orderNo/decide",
    { schema: { body: decideBody } },
    async (request, reply) => {
      const transaction = store.find(request.params.orderNo);
      if (transaction === undefined) return unknownOrder(reply);
      const { code, direct } = request.body;
      await decide(parts, transaction.orderNo, code, direct === undefined ? {} : { direct });
      return describeWithMessages(store, store.transaction(transaction.orderNo) ?? transaction);
    },
  );

  type Send = Order & { Body: { route: Route; code?: string; times?: number } };
  app.post<Send>("/_control/transactions/:orderNo/send", { schema: { body: sendBody } }, async (request, reply) => {
    const transaction = store.find(request.params.orderNo);
    if (transaction === undefined) return unknownOrder(reply);
    return { data: await sendNow(parts, transaction, request.body) };
  });

  type Message = Order & { Body: { route: Route; code: string; overrides?: Record<string, string>; sign?: boolean } };
  app.post<Message>("/_control/transactions/:orderNo/message", { schema: { body: messageBody } }, (request, reply) => {
    const transaction = store.find(request.params.orderNo);
    if (transaction === undefined) return unknownOrder(reply);
    const { route, code, overrides = {}, sign = true } = request.body;
    const genuine = confirmation(transaction, code);
    // Unsigned changes keep the genuine message's checksum: that is what tampering on the way looks like.
    const fields = sign
      ? { ...signConfirmation(exchange, { ...genuine, ...overrides }), ...overrides }
      : { ...signConfirmation(exchange, genuine), ...overrides };
    return { url: exchange.outbound.address(`/fpx/${route}`), body: encodeForm(fields) };
  });
}

/** Bank switches, scripts ahead of payments, and forgetting it all. */
export function controlSetupRoutes(app: FastifyInstance, { exchange }: DecidingExchange): void {
  const { store } = exchange;

  type Bank = { Params: { bankId: string }; Body: { model?: FpxModel; online: boolean } };
  app.post<Bank>("/_control/banks/:bankId", { schema: { body: bankBody } }, (request, reply) => {
    const { bankId } = request.params;
    const models: FpxModel[] = request.body.model === undefined ? ["b2c", "b2b1"] : [request.body.model];
    const known = models.filter((model) => bankById(model, bankId) !== undefined);
    if (known.length === 0) return missing(reply, "bank_unknown", "No bank of that model has this id.");
    for (const model of known) store.setOnline(model, bankId, request.body.online);
    return { data: describeBanks(store).filter((bank) => bank.bank_id === bankId && known.includes(bank.model)) };
  });

  app.post<{ Body: ScriptInput }>("/_control/scripts", { schema: { body: scriptBody } }, (request, reply) => {
    if (store.scripts().length >= scriptsKept) {
      return reply.code(400).send({ error: "too_many_scripts", message: "Delete the old scripts first.", faults: [] });
    }
    const script = { ...request.body, id: randomUUID(), used: 0 };
    store.saveScript(script);
    return script;
  });

  app.delete("/_control/scripts", () => {
    store.clearScripts();
    return { data: [] };
  });

  app.post("/_control/reset", () => {
    store.reset();
    return { reset: true };
  });
}

async function sendNow(
  { exchange }: DecidingExchange,
  transaction: Transaction,
  { route, code, times = 1 }: { route: Route; code?: string; times?: number },
): Promise<unknown[]> {
  const body = signedConfirmation(exchange, confirmation(transaction, code ?? presentCode(transaction)));
  const answers: unknown[] = [];
  for (let sent = 0; sent < times; sent += 1) {
    const answer = await exchange.outbound.post(`/fpx/${route}`, body);
    noteMessage(exchange, transaction.orderNo, { ...sentDirect(body, answer), route, note: "sent by hand" });
    answers.push(answer);
  }
  return answers;
}

function unknownOrder(reply: FastifyReply): FastifyReply {
  return missing(reply, "transaction_unknown", "No transaction has this seller exchange order or seller order number.");
}

function missing(reply: FastifyReply, error: string, message: string): FastifyReply {
  return reply.code(404).send({ error, message, faults: [] });
}

/** Refuses calls that another site's page makes through a person's browser. */
export async function refuseOtherSites(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const site = request.headers["sec-fetch-site"];
  if (!request.url.startsWith("/_control") || site === undefined || site === "same-origin" || site === "none") return;
  await reply.code(403).send({ error: "other_site", message: "Pages of other sites may not call this.", faults: [] });
}
