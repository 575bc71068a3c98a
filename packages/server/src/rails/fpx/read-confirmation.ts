import { verifyWithAny } from "@kineticpay/fpx/certificates";
import {
  confirmationFields,
  type FpxFields,
  FpxFormatError,
  formatAmount,
  parseAmount,
  parseForm,
} from "@kineticpay/fpx/messages";
import { type ResponseClass, responseCode } from "@kineticpay/fpx/response-codes";
import { MessageRejected, type Outcome, type RailMessage, type Verdict } from "../rail.ts";
import { factsOf } from "./facts.ts";
import type { FpxParts } from "./fpx-parts.ts";

const outcomeOfClass: Readonly<Record<ResponseClass, Outcome>> = {
  success: "succeeded",
  pending: "pending",
  awaiting_approval: "awaiting_approval",
  cancelled: "failed",
  failed: "failed",
  uncertain: "uncertain",
  not_found: "not_found",
};

/** The debit code says whether the buyer paid; the credit leg follows later and may still be blank (`fpx.md` §2.6). */
function verdictOf(fields: FpxFields): Verdict {
  const code = fields["fpx_debitAuthCode"] ?? "";
  const credit = fields["fpx_creditAuthCode"] ?? "";
  const known = responseCode(code);
  return {
    outcome: outcomeOfClass[known.class],
    code,
    reason: known.reason,
    knownCode: known.reason !== "unknown_code",
    creditUnconfirmed: known.class === "success" && credit !== "" && credit !== "00",
    transactionId: fields["fpx_fpxTxnId"] ?? "",
    details: {
      buyerName: fields["fpx_buyerName"] ?? "",
      buyerBankBranch: fields["fpx_buyerBankBranch"] ?? "",
      buyerBankId: fields["fpx_buyerBankId"] ?? "",
      fpxTime: fields["fpx_fpxTxnTime"] ?? "",
      debitAuthNo: fields["fpx_debitAuthNo"] ?? "",
      creditAuthCode: credit,
      creditAuthNo: fields["fpx_creditAuthNo"] ?? "",
      makerName: fields["fpx_makerName"] ?? "",
    },
  };
}

/** "2.0" and "2.00" are one sum; whatever cannot be read stays as it is and so differs. */
function canonicalFacts(fields: FpxFields): Record<string, string> {
  const facts = factsOf(fields);
  try {
    return { ...facts, amount: formatAmount(parseAmount(facts["amount"] ?? "")) };
  } catch {
    return facts;
  }
}

/**
 * Believes a confirmation only when FPX's signature over all its fields holds and it is addressed to this exchange.
 * @throws MessageRejected unverified, not_ours
 */
export function trustConfirmation(parts: FpxParts, fields: FpxFields, body: string, at: Date): RailMessage {
  const { identity } = parts;
  const certificate = verifyWithAny(fields, confirmationFields, identity.certificates(), at, identity.digest);
  if (certificate === undefined) throw new MessageRejected("unverified", "no certificate of FPX verifies this message");
  if (fields["fpx_msgType"] !== "AC")
    throw new MessageRejected("not_ours", `message type ${fields["fpx_msgType"]} is not AC`);
  if (fields["fpx_sellerExId"] !== identity.exchangeId)
    throw new MessageRejected("not_ours", "the message is for another exchange");
  return {
    orderNumber: fields["fpx_sellerExOrderNo"] ?? "",
    facts: canonicalFacts(fields),
    verdict: verdictOf(fields),
    body,
    certificate: certificate.fingerprint,
  };
}

/** @throws MessageRejected malformed, unverified, not_ours */
export function readConfirmation(parts: FpxParts, body: string, at: Date): RailMessage {
  let fields: FpxFields;
  try {
    fields = parseForm(body);
  } catch (error) {
    if (error instanceof FpxFormatError) throw new MessageRejected("malformed", error.message);
    throw error;
  }
  return trustConfirmation(parts, fields, body, at);
}
