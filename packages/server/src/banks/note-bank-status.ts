import type { BankStatusView } from "@kineticpay/contract/bank-status";
import { newId } from "@kineticpay/contract/ids";
import { recordBankStatusEvent } from "../callbacks/bank-events.ts";
import type { Gateway } from "../gateway.ts";
import type { BankList } from "../rails/rail.ts";
import {
  type BankStatus,
  type BankStatusChange,
  currentStatuses,
  insertChange,
  lockStatuses,
} from "./bank-status-store.ts";

type Said = BankList & { readonly asOf: Date };

/** What a list says that was not known before. A list that another process has overtaken says nothing new. */
function newsIn(gateway: Gateway, list: Said, known: readonly BankStatus[]): BankStatusChange[] {
  const held = new Map(known.map((status) => [status.bankId, status]));
  const news: BankStatusChange[] = [];
  for (const { id: bankId, online } of list.banks) {
    const before = held.get(bankId);
    if (before !== undefined && (before.online === online || before.since >= list.asOf)) continue;
    news.push({
      id: newId("bankStatusChange", list.asOf.getTime(), gateway.random.bytes(10)),
      rail: gateway.rail.name,
      model: list.model,
      bankId,
      online,
      since: list.asOf,
      previousSince: before?.since ?? null,
    });
  }
  return news;
}

/**
 * Keeps what a list of the network says of banks, where it says something new, and records the events of it, once however
 * many processes hear it. A list that the network did not give says nothing.
 * @returns the changes that this call has kept
 */
export async function noteBankStatus(gateway: Gateway, list: BankList): Promise<readonly BankStatusChange[]> {
  const { asOf } = list;
  if (asOf === undefined) return [];
  const said: Said = { ...list, asOf };
  const rail = gateway.rail.name;
  // Nearly always nothing is new; a lock would be taken for nothing.
  if (newsIn(gateway, said, await currentStatuses(gateway.db, rail, list.model)).length === 0) return [];
  const kept = await gateway.db.transaction("banks.note_status", async (tx) => {
    await lockStatuses(tx, rail, list.model);
    const news = newsIn(gateway, said, await currentStatuses(tx, rail, list.model));
    for (const change of news) {
      await insertChange(tx, change);
      if (isTold(change)) await recordBankStatusEvent(gateway, tx, viewOf(gateway, change));
    }
    return news;
  });
  if (kept.some(isTold)) gateway.wakeups.wake("deliver");
  return kept;
}

/** That a bank is online is no event when it is the first that was ever heard of it. */
const isTold = (change: BankStatusChange) => !change.online || change.previousSince !== null;

function viewOf(gateway: Gateway, change: BankStatusChange): BankStatusView {
  return {
    id: change.bankId,
    object: "bank",
    model: change.model,
    name: gateway.rail.bankName(change.model, change.bankId),
    online: change.online,
    since: change.since.toISOString(),
    previous_since: change.previousSince?.toISOString() ?? null,
  };
}
