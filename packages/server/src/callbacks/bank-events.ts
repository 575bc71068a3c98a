import type { BankStatusView } from "@kineticpay/contract/bank-status";
import type { Tx } from "../db/db.ts";
import { type Recorder, recordEvent } from "./outbox.ts";

/**
 * Records that a bank went offline or came back, in the transaction that keeps its history, and plans the deliveries to
 * every merchant's endpoints that hear of banks. The caller wakes "deliver" after the commit.
 * @param bank as it is now; nothing of any merchant is in it
 * @returns the event's id
 */
export function recordBankStatusEvent(recorder: Recorder, tx: Tx, bank: BankStatusView): Promise<string> {
  const { id, object, model, name, online, since, previous_since } = bank;
  return recordEvent(recorder, tx, {
    type: online ? "bank.online" : "bank.offline",
    merchantId: null,
    collectionId: null,
    // Member by member: whatever else the caller's object holds stays here.
    data: { id, object, model, name, online, since, previous_since } satisfies BankStatusView,
  });
}
