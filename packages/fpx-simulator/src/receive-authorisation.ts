import { randomBytes } from "node:crypto";
import { type FpxFields, FpxFormatError, type FpxModel, parseAmount } from "@kineticpay/fpx/messages";
import { bankById, modelOfToken } from "./bank-directory.ts";
import { type DecidingExchange, decide } from "./decide.ts";
import { type Exchange, faultOfRequest, noteMessage, scriptOf } from "./exchange.ts";
import { parseMessage } from "./parse-message.ts";
import { fpxTransactionId, isUnfinished, type Transaction } from "./transaction.ts";

/** Where an AR leads its buyer: to the bank, or to an FPX error page whose cause only a developer needs. */
export type AuthorisationOutcome = { readonly token: string } | { readonly refused: string };

/** Amounts in sen that FPX takes for each model (its public FAQ). */
const limitsSen: Readonly<Record<FpxModel, readonly [least: number, most: number]>> = {
  b2c: [100, 3_000_000],
  b2b1: [200, 100_000_000],
};

/**
 * Takes the AR that a buyer's browser brought. One that cannot be verified or names another exchange is refused
 * without a callback. The same order again leads to the same bank pages while it is unfinished; after that, or with
 * other content, it is refused and leaves the earlier payment as it is. A verified AR that FPX itself would decline
 * (closed bank, amount out of range) is decided at once with the fitting code.
 */
export async function receiveAuthorisation(parts: DecidingExchange, raw: string): Promise<AuthorisationOutcome> {
  const { exchange } = parts;
  const fields = parseMessage(raw);
  if (fields === undefined) return { refused: "the request is not well-formed" };
  const fault = faultOfRequest(exchange, fields, "AR");
  if (fault !== undefined) return { refused: fault };
  const model = modelOfToken(fields["fpx_msgToken"]);
  if (model === undefined) return { refused: "fpx_msgToken is neither 01 nor 02" };
  const orderNo = fields["fpx_sellerExOrderNo"] ?? "";
  if (orderNo === "") return { refused: "fpx_sellerExOrderNo is blank" };
  const earlier = exchange.store.transaction(orderNo);
  if (earlier !== undefined) return repeated(exchange, earlier, fields, raw);

  const transaction = newTransaction(exchange, model, fields);
  exchange.store.saveTransaction(transaction);
  noteMessage(exchange, orderNo, { direction: "received", type: "AR", route: "browser", body: raw });
  scriptOf(exchange, transaction);
  const decline = declineCode(exchange, transaction);
  if (decline !== undefined) await decide(parts, orderNo, decline);
  return { token: transaction.token };
}

function repeated(exchange: Exchange, earlier: Transaction, fields: FpxFields, raw: string): AuthorisationOutcome {
  const isSame = fields["fpx_checkSum"]?.toUpperCase() === earlier.request["fpx_checkSum"]?.toUpperCase();
  const accepted = isSame && isUnfinished(earlier);
  const note = accepted ? "repeated" : "refused as a duplicate";
  noteMessage(exchange, earlier.orderNo, { direction: "received", type: "AR", route: "browser", body: raw, note });
  if (accepted) return { token: earlier.token };
  const cause = isSame ? "its payment is finished" : "with other content";
  return { refused: `fpx_sellerExOrderNo was used before, ${cause}` };
}

function newTransaction(exchange: Exchange, model: FpxModel, request: FpxFields): Transaction {
  const now = exchange.clock.now();
  return {
    orderNo: request["fpx_sellerExOrderNo"] ?? "",
    token: randomBytes(16).toString("base64url"),
    model,
    bankId: request["fpx_buyerBankId"] ?? "",
    request,
    fpxTxnId: nextTransactionId(exchange, now),
    receivedAtMs: now,
    state: "at_bank",
    loggedIn: false,
    scheduled: [],
    disturbedEnquiries: 0,
  };
}

function nextTransactionId(exchange: Exchange, nowMs: number): string {
  // Counting on from the last one keeps ids apart within a second, and a simulated clock may stand still for long.
  return fpxTransactionId(nowMs, exchange.store.lastSequence() + 1);
}

function declineCode({ store }: Exchange, transaction: Transaction): string | undefined {
  const { model, bankId, request } = transaction;
  if (request["fpx_txnCurrency"] !== "MYR") return "47";
  const amountSen = amountOf(request);
  if (amountSen === undefined) return "13";
  if (amountSen < limitsSen[model][0]) return "2A";
  if (amountSen > limitsSen[model][1]) return "48";
  if (bankById(model, bankId) === undefined) return "92";
  return store.isOnline(model, bankId) ? undefined : "BB";
}

function amountOf(request: FpxFields): number | undefined {
  try {
    return parseAmount(request["fpx_txnAmount"] ?? "");
  } catch (error) {
    if (error instanceof FpxFormatError) return undefined;
    throw error;
  }
}
