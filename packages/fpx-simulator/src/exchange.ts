import type { KeyObject } from "node:crypto";
import { type FpxDigest, sign, verify } from "@kineticpay/fpx/checksum";
import { authorisationFields, confirmationFields, encodeForm, type FpxFields } from "@kineticpay/fpx/messages";
import type { ExchangeStore } from "./exchange-store.ts";
import type { Outbound } from "./outbound.ts";
import { findScript, type Script } from "./script.ts";
import type { Timers } from "./timers.ts";
import type { MessageRecord, Transaction } from "./transaction.ts";

/** Where the simulator says what it does; pino's loggers fit. */
export interface SimulatorLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** The pretend exchange, assembled once; every part of the simulator works on this record. */
export interface Exchange {
  readonly exchangeId: string;
  /** When given, only these seller ids are known. */
  readonly sellerIds?: readonly string[];
  readonly privateKey: KeyObject;
  readonly certificateDirectory: string;
  readonly merchantKey: KeyObject;
  readonly digest: FpxDigest;
  readonly resendDelaysMs: readonly number[];
  readonly resendLimit: number;
  readonly clock: { now(): number };
  readonly log: SimulatorLog;
  readonly store: ExchangeStore;
  readonly outbound: Outbound;
  readonly timers: Timers;
}

/** An AC with the exchange's signature. */
export function signConfirmation(exchange: Exchange, fields: FpxFields): FpxFields {
  return sign(fields, confirmationFields, exchange.privateKey, exchange.digest);
}

/** The raw form text of a signed AC. */
export function signedConfirmation(exchange: Exchange, fields: FpxFields): string {
  return encodeForm(signConfirmation(exchange, fields));
}

/** What speaks against an AR or AE: undefined when it is signed by our merchant and names a seller we know. */
export function faultOfRequest(exchange: Exchange, fields: FpxFields, type: "AR" | "AE"): string | undefined {
  if (fields["fpx_msgType"] !== type) return `fpx_msgType is not ${type}`;
  if (!verify(fields, authorisationFields, exchange.merchantKey, exchange.digest)) {
    return "fpx_checkSum does not verify with the merchant's public key";
  }
  if (fields["fpx_sellerExId"] !== exchange.exchangeId) return "fpx_sellerExId is not known here";
  const knownSeller = exchange.sellerIds?.includes(fields["fpx_sellerId"] ?? "") ?? true;
  return knownSeller ? undefined : "fpx_sellerId is not known here";
}

/** Notes what was said about a payment, at the present time. */
export function noteMessage(exchange: Exchange, orderNo: string, message: Omit<MessageRecord, "atMs">): void {
  exchange.store.addMessage(orderNo, { atMs: exchange.clock.now(), ...message });
}

/**
 * The script for a payment. The first time one is found it is bound to the payment and counted as used, so that a
 * script keeps holding for the payment after its `times` are used up.
 */
export function scriptOf(exchange: Exchange, transaction: Transaction): Script | undefined {
  const { store } = exchange;
  const present = store.transaction(transaction.orderNo);
  const scripts = store.scripts();
  if (present?.scriptId !== undefined) return scripts.find((script) => script.id === present.scriptId);
  const sellerOrderNo = transaction.request["fpx_sellerOrderNo"] ?? "";
  const script = findScript(scripts, { orderNo: transaction.orderNo, sellerOrderNo, bankId: transaction.bankId });
  if (script === undefined) return undefined;
  store.saveScript({ ...script, used: script.used + 1 });
  store.changeTransaction(transaction.orderNo, { scriptId: script.id });
  return script;
}
