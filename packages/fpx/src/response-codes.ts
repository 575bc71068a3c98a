import { type BuyerText, buyerTexts } from "./buyer-texts.ts";

/**
 * What a code says about the money. Only `success` is paid and only `failed` and `cancelled` are certainly not;
 * `uncertain` is a failure code whose debit may have happened, `not_found` an enquiry without a record, and both
 * want another enquiry before anybody acts on them.
 */
export type ResponseClass =
  | "success"
  | "pending"
  | "awaiting_approval"
  | "cancelled"
  | "failed"
  | "uncertain"
  | "not_found";

export interface ResponseCode {
  readonly code: string;
  readonly class: ResponseClass;
  /** Stable snake_case word for programs; several codes may share one. */
  readonly reason: string;
  /** What the code means, for developers. */
  readonly meaning: string;
  /** What a buyer may be shown. */
  readonly buyer: BuyerText;
}

type Row = readonly [codes: string, reason: string, meaning: string, text: keyof typeof buyerTexts];

const pending: readonly Row[] = [
  ["09", "pending_at_bank", "The transaction is pending at the bank", "pending"],
  ["1S", "bulk_refund_result", "A bulk refund batch was accepted; says nothing about a payment", "pending"],
  ["OO", "bulk_refund_result", "The debit of a bulk refund was approved; says nothing about a payment", "pending"],
  [
    "B0 B1 B2 B3 B4 B5 B6 B7 B8 B9 C1 C2 C3 C4 C5",
    "bulk_refund_result",
    "A result of a bulk refund; says nothing about a payment",
    "pending",
  ],
];

const cancelled: readonly Row[] = [
  ["80", "cancelled_by_buyer", "The buyer cancelled the transaction", "cancelledByBuyer"],
  ["BC", "cancelled_by_buyer", "The customer cancelled the transaction", "cancelledByBuyer"],
  ["1A", "session_timed_out", "The session timed out at the bank's login page", "timedOut"],
  ["1B", "information_not_given", "The buyer did not give the information needed at login", "informationMissing"],
  ["1C", "cancelled_by_buyer", "The buyer chose cancel at the login page", "cancelledByBuyer"],
  ["1D", "session_timed_out", "The session timed out at the account selection page", "timedOut"],
  [
    "1E",
    "information_not_given",
    "The buyer did not give the information needed at account selection",
    "informationMissing",
  ],
  ["1F", "cancelled_by_buyer", "The buyer chose cancel at the account selection page", "cancelledByBuyer"],
  ["1G", "session_timed_out", "The session timed out at the TAC request page", "timedOut"],
  ["1H", "information_not_given", "The buyer did not give the information needed for the TAC", "informationMissing"],
  ["1I", "cancelled_by_buyer", "The buyer chose cancel at the TAC request page", "cancelledByBuyer"],
  ["1J", "session_timed_out", "The session timed out at the confirmation page", "timedOut"],
  ["1K", "information_not_given", "The buyer did not give the information needed to confirm", "informationMissing"],
  ["1L", "cancelled_by_buyer", "The buyer chose cancel at the confirmation page", "cancelledByBuyer"],
  [
    "1M",
    "bank_session_timed_out",
    "The internet banking session timed out; enquire once before closing",
    "bankSessionEnded",
  ],
];

const failed: readonly Row[] = [
  ["03", "invalid_merchant", "The merchant is invalid", "ourSide"],
  ["05", "invalid_seller_bank", "The seller or acquiring bank code is invalid", "ourSide"],
  ["12", "invalid_transaction", "The transaction is invalid", "ourSide"],
  ["13", "invalid_amount", "The amount is invalid", "ourSide"],
  ["14", "invalid_account", "The buyer's account is invalid", "accountUnusable"],
  ["30", "format_error", "The message has a format error", "ourSide"],
  ["31", "invalid_bank", "The bank is invalid", "bankUnusable"],
  ["39", "no_credit_account", "There is no account to credit", "ourSide"],
  ["46", "invalid_seller", "The seller exchange or the seller is invalid", "ourSide"],
  ["47", "invalid_currency", "The currency is invalid", "ourSide"],
  ["48", "limit_exceeded", "The amount is above the maximum transaction limit", "aboveLimit"],
  ["49", "merchant_limit_exceeded", "The amount is above the limit specific to the merchant", "aboveSellerLimit"],
  ["50", "invalid_merchant_limit", "The seller is invalid for a limit specific to the merchant", "ourSide"],
  ["51", "insufficient_funds", "The buyer's account has insufficient funds", "insufficientFunds"],
  ["53", "no_buyer_account", "There is no buyer account number", "accountUnusable"],
  ["57", "not_permitted", "The transaction is not permitted", "notPermitted"],
  ["58", "merchant_not_permitted", "Transactions to this merchant are not permitted", "notPermitted"],
  ["70", "invalid_serial_number", "The serial number is invalid", "ourSide"],
  ["77", "invalid_buyer_identity", "The buyer's name or id is invalid", "accountUnusable"],
  ["78", "decryption_failed", "The message could not be decrypted", "ourSide"],
  ["83", "invalid_model", "The transaction model is invalid", "ourSide"],
  ["84", "invalid_transaction_type", "The transaction type is invalid", "ourSide"],
  ["90", "bank_unavailable", "The bank's internet banking is unavailable", "bankUnavailable"],
  ["92", "invalid_bank", "The buyer's bank is invalid", "bankUnusable"],
  ["98", "checksum_rejected", "The exchange rejected the message authentication code", "ourSide"],
  ["2A", "below_minimum", "The amount is below the minimum", "belowMinimum"],
  ["2X", "cancelled_by_merchant", "The merchant cancelled the transaction", "cancelledBySeller"],
  ["BB", "bank_blocked", "The bank is blocked", "bankUnavailable"],
  ["DA", "mandate_invalid_application_type", "e-Mandate: the application type is invalid", "ourSide"],
  ["DB", "mandate_invalid_email", "e-Mandate: the e-mail address is invalid", "ourSide"],
  ["DC", "mandate_invalid_maximum_frequency", "e-Mandate: the maximum frequency is invalid", "ourSide"],
  ["DD", "mandate_invalid_frequency_mode", "e-Mandate: the frequency mode is invalid", "ourSide"],
  ["DE", "mandate_invalid_expiry_date", "e-Mandate: the expiry date is invalid", "ourSide"],
  ["DF", "mandate_invalid_buyer_bank", "e-Mandate: the buyer's bank is invalid", "bankUnusable"],
  ["OE", "outside_operating_hours", "The transaction came outside FPX operating hours", "outsideHours"],
  ["SB", "invalid_acquiring_bank", "The acquiring bank code is invalid", "ourSide"],
  ["XA", "invalid_source_address", "The source IP address is invalid (B2B2)", "ourSide"],
  ["XB", "invalid_exchange_address", "The exchange's IP address is invalid", "ourSide"],
  ["XC", "exchange_encryption_error", "The exchange's encryption failed", "ourSide"],
  ["XE", "invalid_message", "The message is invalid", "ourSide"],
  ["XF", "invalid_order_count", "The number of orders is invalid", "ourSide"],
  ["XI", "invalid_exchange", "The exchange is invalid", "ourSide"],
  ["XM", "invalid_model", "The transaction model is invalid", "ourSide"],
  ["XS", "seller_not_under_exchange", "The seller does not belong to this exchange", "ourSide"],
  ["XT", "invalid_transaction_type", "The transaction type is invalid", "ourSide"],
  ["XW", "exchange_clock_difference", "The exchange's date differs by more than is accepted", "ourSide"],
];

const uncertain: readonly Row[] = [
  ["20", "invalid_response", "The bank's response was invalid", "uncertain"],
  [
    "45",
    "duplicate_order_number",
    "The seller order number is a duplicate; an earlier attempt may be paid",
    "earlierTry",
  ],
  ["79", "declined_while_down", "The bank's host declined while it was down", "uncertain"],
  ["85", "bank_internal_error", "The bank had an internal error", "uncertain"],
  ["87", "debit_exception", "The debit failed and is under exception handling", "uncertain"],
  ["88", "credit_exception", "The credit failed and is under exception handling", "uncertain"],
  ["89", "not_received_exception", "The transaction was not received and is under exception handling", "uncertain"],
  ["96", "system_malfunction", "A system malfunctioned", "uncertain"],
  ["FE", "internal_error", "FPX had an internal error", "uncertain"],
  ["OF", "transaction_timed_out", "The transaction timed out", "uncertain"],
  [
    "XN",
    "duplicate_order_number",
    "The exchange order number is a duplicate and was rejected; an earlier attempt may be paid",
    "earlierTry",
  ],
  [
    "XO",
    "duplicate_order_number",
    "The exchange order number is a duplicate; an earlier attempt may be paid",
    "earlierTry",
  ],
];

/** Every code of the FPX tables, with what it says about the money. */
export const responseCodes: readonly ResponseCode[] = [
  ...classified("success", [["00", "approved", "The transaction was approved", "approved"]]),
  ...classified("pending", pending),
  ...classified("awaiting_approval", [
    ["99", "awaiting_approval", "The company's authoriser has yet to approve the transaction", "awaitingApproval"],
  ]),
  ...classified("cancelled", cancelled),
  ...classified("failed", failed),
  ...classified("uncertain", uncertain),
  ...classified("not_found", [
    ["76", "transaction_not_found", "The exchange has no such transaction, or not yet", "notFound"],
  ]),
];

const byCode: ReadonlyMap<string, ResponseCode> = new Map(responseCodes.map((entry) => [entry.code, entry]));

/**
 * What a debit or credit code means. Codes are compared to the letter. One that is not in the tables, a blank one
 * too, is `pending` with the reason `unknown_code`: never paid, never failed, until somebody has looked. Never throws.
 */
export function responseCode(code: string): ResponseCode {
  return (
    byCode.get(code) ?? {
      code,
      class: "pending",
      reason: "unknown_code",
      meaning: "The code is in no FPX table; treat the payment as undecided and enquire",
      buyer: buyerTexts.pending,
    }
  );
}

function classified(responseClass: ResponseClass, rows: readonly Row[]): ResponseCode[] {
  return rows.flatMap(([codes, reason, meaning, text]) =>
    codes.split(" ").map((code) => ({ code, class: responseClass, reason, meaning, buyer: buyerTexts[text] })),
  );
}
