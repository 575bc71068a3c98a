import { banks } from "@kineticpay/fpx/banks";
import type { FpxModel } from "@kineticpay/fpx/messages";
import { responseCode } from "@kineticpay/fpx/response-codes";
import { bankName } from "../bank-directory.ts";
import type { ExchangeStore } from "../exchange-store.ts";
import type { MessageRecord, Transaction } from "../transaction.ts";

/** A transaction in the words of the control API. */
export function describeTransaction(store: ExchangeStore, transaction: Transaction) {
  const { request, code } = transaction;
  return {
    seller_ex_order_no: transaction.orderNo,
    seller_order_no: request["fpx_sellerOrderNo"] ?? "",
    fpx_txn_id: transaction.fpxTxnId,
    model: transaction.model,
    bank_id: transaction.bankId,
    bank_name: bankName(transaction.model, transaction.bankId),
    amount: request["fpx_txnAmount"] ?? "",
    state: transaction.state,
    code: code ?? null,
    meaning: code === undefined ? null : responseCode(code).meaning,
    received_at: isoTime(transaction.receivedAtMs),
    decided_at: transaction.decidedAtMs === undefined ? null : isoTime(transaction.decidedAtMs),
    bank_path: `/bank/${transaction.token}`,
    script_id: transaction.scriptId ?? null,
    direct_waiting: store.deliveries(transaction.orderNo).filter((one) => one.state === "waiting").length,
  };
}

/** The same with every message that was sent or received about it. */
export function describeWithMessages(store: ExchangeStore, transaction: Transaction) {
  return {
    ...describeTransaction(store, transaction),
    request: transaction.request,
    scheduled: transaction.scheduled.map(({ code, atMs }) => ({ code, at: isoTime(atMs) })),
    deliveries: store.deliveries(transaction.orderNo).map(({ id, state, attempts, dueAtMs, held }) => ({
      id,
      state,
      attempts,
      due_at: isoTime(dueAtMs),
      waits_for_browser: held,
    })),
    messages: store.messages(transaction.orderNo).map(describeMessage),
  };
}

/** Every bank of both models and whether it is online. */
export function describeBanks(store: ExchangeStore) {
  const models: readonly FpxModel[] = ["b2c", "b2b1"];
  return models.flatMap((model) =>
    banks(model).map(({ id, name }) => ({ model, bank_id: id, name, online: store.isOnline(model, id) })),
  );
}

function describeMessage({ atMs, ...message }: MessageRecord) {
  return { at: isoTime(atMs), ...message };
}

function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}
