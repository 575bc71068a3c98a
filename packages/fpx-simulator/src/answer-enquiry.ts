import { sign, verify } from "@kineticpay/fpx/checksum";
import { bankListFields, bankListRequestFields, encodeForm, type FpxFields } from "@kineticpay/fpx/messages";
import { bankListText, modelOfToken } from "./bank-directory.ts";
import { confirmation, unknownOrderConfirmation } from "./confirmation.ts";
import { presentCode } from "./decide.ts";
import { type Exchange, faultOfRequest, noteMessage, scriptOf, signedConfirmation } from "./exchange.ts";
import { parseMessage } from "./parse-message.ts";
import { type Disturbance, findBankListScript, findScript, isForBankListOnly, type Script } from "./script.ts";

/** The honest answer to an enquiry, and what a script wants to be done to it. */
export interface Answer {
  readonly body: string;
  readonly disturbance: Disturbance;
  readonly slowMs: number;
}

const refusal: Answer = { body: "ERROR", disturbance: "normal", slowMs: 0 };

/**
 * Answers an AE with the AC that tells what the bank stands by at this moment: `09` while it is undecided, `76` with
 * a blank FPX id for an unknown order, the bare word `ERROR` for what cannot be verified.
 */
export function answerEnquiry(exchange: Exchange, raw: string): Answer {
  const fields = parseMessage(raw);
  if (fields === undefined || faultOfRequest(exchange, fields, "AE") !== undefined) return refusal;
  const transaction = exchange.store.transaction(fields["fpx_sellerExOrderNo"] ?? "");
  const isKnown = transaction?.request["fpx_sellerOrderNo"] === fields["fpx_sellerOrderNo"];
  if (transaction === undefined || !isKnown) {
    const body = signedConfirmation(exchange, unknownOrderConfirmation(fields));
    return answer(body, scriptOfUnknown(exchange, fields), "ae");
  }
  const body = signedConfirmation(exchange, confirmation(transaction, presentCode(transaction)));
  const script = scriptOf(exchange, transaction);
  const { orderNo, disturbedEnquiries } = transaction;
  const isDisturbed = script?.ae !== undefined && disturbedEnquiries < (script.ae_times ?? Number.POSITIVE_INFINITY);
  noteMessage(exchange, orderNo, { direction: "received", type: "AE", route: "enquiry", body: raw });
  const told = { direction: "sent", type: "AC", route: "enquiry", body } as const;
  noteMessage(exchange, orderNo, isDisturbed ? { ...told, note: `disturbed: ${script.ae}` } : told);
  if (!isDisturbed) return answer(body, undefined, "ae");
  exchange.store.changeTransaction(orderNo, { disturbedEnquiries: disturbedEnquiries + 1 });
  return answer(body, script, "ae");
}

/** Answers a BE with the signed bank list of its model; the bare word `ERROR` for what cannot be verified. */
export function answerBankList(exchange: Exchange, raw: string): Answer {
  const { store } = exchange;
  const fields = parseMessage(raw);
  const model = modelOfToken(fields?.["fpx_msgToken"]);
  if (fields === undefined || model === undefined || fields["fpx_msgType"] !== "BE") return refusal;
  const isVerified = verify(fields, bankListRequestFields, exchange.merchantKey, exchange.digest);
  if (!isVerified || fields["fpx_sellerExId"] !== exchange.exchangeId) return refusal;
  const list = {
    fpx_bankList: bankListText(model, (bankId) => store.isOnline(model, bankId)),
    fpx_msgToken: fields["fpx_msgToken"] ?? "",
    fpx_msgType: "BC",
    fpx_sellerExId: exchange.exchangeId,
  };
  const script = findBankListScript(store.scripts());
  if (script !== undefined && isForBankListOnly(script)) store.saveScript({ ...script, used: script.used + 1 });
  return answer(encodeForm(sign(list, bankListFields, exchange.privateKey, exchange.digest)), script, "be");
}

function answer(body: string, script: Script | undefined, message: "ae" | "be"): Answer {
  return { body, disturbance: script?.[message] ?? "normal", slowMs: script?.slow_ms ?? 10_000 };
}

/** An order that never reached the exchange uses up no script. */
function scriptOfUnknown(exchange: Exchange, fields: FpxFields): Script | undefined {
  return findScript(exchange.store.scripts(), {
    orderNo: fields["fpx_sellerExOrderNo"] ?? "",
    sellerOrderNo: fields["fpx_sellerOrderNo"] ?? "",
    bankId: fields["fpx_buyerBankId"] ?? "",
  });
}
