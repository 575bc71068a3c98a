import type { FpxFields, FpxModel } from "@kineticpay/fpx/messages";
import { toFpxTime } from "@kineticpay/fpx/time";

/** Where one payment stands at the pretend exchange. */
export type TransactionState = "at_bank" | "deciding" | "pending" | "awaiting_approval" | "finished";

/** A decision that the bank has yet to make, for instance a late success. */
export interface ScheduledDecision {
  readonly code: string;
  readonly atMs: number;
}

/** One authorisation request that the exchange accepted, and what became of it. */
export interface Transaction {
  /** fpx_sellerExOrderNo, the key under which the merchant exchange knows it. */
  readonly orderNo: string;
  /** The unguessable part of the address of its bank pages. */
  readonly token: string;
  readonly model: FpxModel;
  readonly bankId: string;
  /** The AR exactly as it was received. */
  readonly request: FpxFields;
  readonly fpxTxnId: string;
  readonly receivedAtMs: number;
  readonly state: TransactionState;
  readonly loggedIn: boolean;
  /** The debit code that the bank stands by at this moment; AE tells this one. */
  readonly code?: string;
  readonly decidedAtMs?: number;
  readonly scheduled: readonly ScheduledDecision[];
  /** Id of the script that was bound to this payment. */
  readonly scriptId?: string;
  /** How many AE answers the script has disturbed so far. */
  readonly disturbedEnquiries: number;
}

/** What was said about one payment, in the order in which it was said. */
export interface MessageRecord {
  readonly atMs: number;
  readonly direction: "received" | "sent";
  readonly type: "AR" | "AC" | "AE";
  /** How it travelled: `browser` for AR, `enquiry` for AE and its answer. */
  readonly route: "browser" | "direct" | "indirect" | "enquiry";
  /** The raw form text. */
  readonly body: string;
  readonly answer?: MessageAnswer;
  readonly note?: string;
}

/** What the gateway answered to an AC; `status` 0 means that no answer came. */
export interface MessageAnswer {
  readonly status: number;
  readonly body: string;
  readonly acknowledged: boolean;
  readonly error?: string;
}

/** One direct AC that is resent until the gateway answers `OK`. */
export interface Delivery {
  readonly id: string;
  readonly orderNo: string;
  readonly body: string;
  readonly attempts: number;
  readonly dueAtMs: number;
  readonly state: "waiting" | "acknowledged" | "given_up";
  /** Waits for the buyer's browser to return first. */
  readonly held: boolean;
}

/** The state that follows from a debit code: `09` is still open, `99` waits for a checker, all else is over. */
export function stateAfter(code: string): TransactionState {
  if (code === "09") return "pending";
  if (code === "99") return "awaiting_approval";
  return "finished";
}

/** True while the exchange would still show the payment's bank pages to a repeated AR. */
export function isUnfinished(transaction: Transaction): boolean {
  return transaction.state !== "finished";
}

/**
 * A 16-digit FPX transaction id as seen in real messages: Malaysian `yyMMddHHmmss` and a four-digit number.
 * @param sequence any whole number; its last four digits are used.
 */
export function fpxTransactionId(atMs: number, sequence: number): string {
  return toFpxTime(new Date(atMs)).slice(2) + String(sequence % 10_000).padStart(4, "0");
}
