import { createHash } from "node:crypto";
import type { FpxFields } from "@kineticpay/fpx/messages";
import { toFpxTime } from "@kineticpay/fpx/time";
import { bankName } from "./bank-directory.ts";
import type { Transaction } from "./transaction.ts";

/** Taken from the exchange's own test bank: every character here has broken some merchant's page or signature. */
const nastyBuyerName = "N@ME()/ .-&BUYER";
const buyerNames = ["AHMAD BIN ISMAIL", "TAN MEI LING", "KAVITHA A/P RAJAN", "SITI NURHALIZA BINTI OMAR"];
const makerNames = ["LIM CHEE KEONG", "NOR AZLINA BINTI YUSOF"];

/** The fields that AR, AE and AC share; AC gives them back as they were sent. */
const echoedFields = [
  "fpx_msgToken",
  "fpx_sellerExId",
  "fpx_sellerExOrderNo",
  "fpx_sellerId",
  "fpx_sellerOrderNo",
  "fpx_sellerTxnTime",
  "fpx_txnAmount",
  "fpx_txnCurrency",
];

/**
 * The AC about a transaction, unsigned, with all 21 fields.
 * While the bank has not decided (`09`) numbers and names are blank, as in the real exchange's pending answers; the
 * credit side is filled only on approval.
 * @param code the debit code to tell; normally the one the bank stands by.
 */
export function confirmation(transaction: Transaction, code: string): FpxFields {
  const approved = code === "00";
  const isOpen = code === "09";
  return {
    ...echo(transaction.request),
    fpx_msgType: "AC",
    fpx_buyerBankId: transaction.bankId,
    fpx_buyerBankBranch: bankName(transaction.model, transaction.bankId),
    fpx_buyerIban: "",
    fpx_buyerId: "",
    fpx_buyerName: isOpen ? "" : buyerName(transaction),
    fpx_makerName: isOpen ? "" : makerName(transaction),
    fpx_debitAuthCode: code,
    fpx_debitAuthNo: approved ? bankReference(transaction, "debit") : "",
    fpx_creditAuthCode: approved ? "00" : "",
    fpx_creditAuthNo: approved ? creditReference(transaction) : "",
    fpx_fpxTxnId: transaction.fpxTxnId,
    fpx_fpxTxnTime: toFpxTime(new Date(transaction.receivedAtMs)),
  };
}

/** The answer to an enquiry about an order that the exchange does not know: `76` and no FPX transaction id. */
export function unknownOrderConfirmation(enquiry: FpxFields): FpxFields {
  return {
    ...echo(enquiry),
    fpx_msgType: "AC",
    fpx_buyerBankId: enquiry["fpx_buyerBankId"] ?? "",
    fpx_buyerBankBranch: "",
    fpx_buyerIban: "",
    fpx_buyerId: "",
    fpx_buyerName: "",
    fpx_makerName: "",
    fpx_debitAuthCode: "76",
    fpx_debitAuthNo: "",
    fpx_creditAuthCode: "",
    fpx_creditAuthNo: "",
    fpx_fpxTxnId: "",
    fpx_fpxTxnTime: "",
  };
}

function echo(request: FpxFields): FpxFields {
  return Object.fromEntries(echoedFields.map((field) => [field, request[field] ?? ""]));
}

function buyerName(transaction: Transaction): string {
  return transaction.bankId === "TEST0021" ? nastyBuyerName : pick(buyerNames, transaction);
}

function makerName(transaction: Transaction): string {
  if (transaction.bankId.startsWith("TEST")) return "New Simulator";
  return transaction.model === "b2b1" ? pick(makerNames, transaction) : "";
}

function creditReference(transaction: Transaction): string {
  return transaction.bankId.startsWith("TEST") ? "9999999999" : bankReference(transaction, "credit");
}

/** Eight digits that stay the same however often the message is told. */
function bankReference(transaction: Transaction, side: "debit" | "credit"): string {
  const digest = createHash("sha256").update(`${side} ${transaction.fpxTxnId}`).digest();
  return String(digest.readUInt32BE() % 100_000_000).padStart(8, "0");
}

function pick(names: readonly string[], transaction: Transaction): string {
  return names[Number(transaction.fpxTxnId.slice(-4)) % names.length] ?? "";
}
