import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import { sign } from "@kineticpay/fpx/checksum";
import { bankListFields, confirmationFields, encodeForm } from "@kineticpay/fpx/messages";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type Answer, answerBankList, answerEnquiry } from "../answer-enquiry.ts";
import type { DecidingExchange } from "../decide.ts";
import type { Exchange } from "../exchange.ts";
import { errorPage } from "../pages/exchange-pages.ts";
import { parseMessage } from "../parse-message.ts";
import { receiveAuthorisation } from "../receive-authorisation.ts";
import { sendPage } from "./send-page.ts";

const oversizedBytes = 10 * 1024 * 1024;

/** The three addresses of the real exchange: AR from the buyer's browser, BE and AE from the gateway. */
export function exchangeRoutes(app: FastifyInstance, parts: DecidingExchange): void {
  const { exchange } = parts;

  app.post("/FPXMain/seller2DReceiver.jsp", async (request, reply) => {
    const outcome = await receiveAuthorisation(parts, rawBody(request));
    if ("token" in outcome) return reply.redirect(`/bank/${outcome.token}`, 303);
    exchange.log.warn({ cause: outcome.refused }, "an authorisation request was refused");
    return sendPage(reply, errorPage("FPX cannot start this payment", outcome.refused), 400);
  });

  app.post("/FPXMain/RetrieveBankList", (request, reply) =>
    sendAnswer(reply, answerBankList(exchange, rawBody(request)), exchange),
  );

  app.post("/FPXMain/sellerNVPTxnStatus.jsp", (request, reply) =>
    sendAnswer(reply, answerEnquiry(exchange, rawBody(request)), exchange),
  );
}

function rawBody(request: FastifyRequest): string {
  return typeof request.body === "string" ? request.body : "";
}

/** Sends an answer with the line breaks that the real exchange puts around it, or disturbed as a script wants it. */
async function sendAnswer(reply: FastifyReply, answer: Answer, exchange: Exchange): Promise<FastifyReply> {
  reply.header("content-type", "text/html; charset=UTF-8");
  switch (answer.disturbance) {
    case "slow":
      if (!(await exchange.timers.wait(answer.slowMs))) return reply.hijack();
      return reply.send(framed(answer.body));
    case "garbage":
      return reply.send(Buffer.from("<html><body>\u0000 fpx_debitAuthCode=00&&=|%zz\xff\n</body>", "latin1"));
    case "html":
      return reply.send("<!doctype html><html><head><title>FPX</title></head><body>Under maintenance</body></html>");
    case "error":
      return reply.send(framed("ERROR"));
    case "http_500":
      return reply.code(500).send("<html><body>Error 500--Internal Server Error</body></html>");
    case "oversized":
      return reply.send(`${answer.body}&fpx_pad=${"A".repeat(oversizedBytes)}`);
    case "bad_signature":
      return reply.send(framed(breakSignature(answer.body)));
    case "wrong_key":
      return reply.send(framed(await signedByAnother(answer.body, exchange)));
    case "closed":
      reply.hijack();
      reply.raw.socket?.end();
      return reply;
    case "reset":
      reply.hijack();
      reply.raw.socket?.resetAndDestroy();
      return reply;
    default:
      return reply.send(framed(answer.body));
  }
}

function framed(body: string): string {
  return `\r\n\r\n${body}\r\n`;
}

/** The same message with a sound signature by a key that no certificate of this exchange knows. */
async function signedByAnother(body: string, exchange: Exchange): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  const fields = parseMessage(body) ?? {};
  const order = fields["fpx_msgType"] === "BC" ? bankListFields : confirmationFields;
  return encodeForm(sign(fields, order, privateKey, exchange.digest));
}

/** Turns one hex digit of the checksum into another. */
function breakSignature(body: string): string {
  return body.replace(/(fpx_checkSum=)([0-9A-F])/, (_all, name: string, digit: string) =>
    name.concat(digit === "0" ? "1" : "0"),
  );
}
