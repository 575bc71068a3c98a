import type { FpxModel } from "@kineticpay/fpx/messages";
import { type Journal, type JournalRecord, openJournal } from "./journal.ts";
import type { Script } from "./script.ts";
import type { Delivery, MessageRecord, Transaction } from "./transaction.ts";

/** Everything the exchange remembers, in memory and, line by line, in the journal. */
export interface ExchangeStore {
  transaction(orderNo: string): Transaction | undefined;
  transactionByToken(token: string): Transaction | undefined;
  /** By the exchange order number, else the newest with that seller order number. */
  find(anyOrderNo: string): Transaction | undefined;
  /** Oldest first. */
  transactions(): Transaction[];
  /** The number at the end of the FPX id that was given last. */
  lastSequence(): number;
  messages(orderNo: string): readonly MessageRecord[];
  deliveries(orderNo: string): readonly Delivery[];
  waitingDeliveries(): Delivery[];
  scripts(): Script[];
  isOnline(model: FpxModel, bankId: string): boolean;

  saveTransaction(transaction: Transaction): void;
  /** Changes the newest stored version; does nothing when the transaction is gone. */
  changeTransaction(orderNo: string, change: Partial<Transaction>): void;
  addMessage(orderNo: string, message: MessageRecord): void;
  saveDelivery(delivery: Delivery): void;
  saveScript(script: Script): void;
  clearScripts(): void;
  setOnline(model: FpxModel, bankId: string, online: boolean): void;
  /** Forgets transactions, scripts and bank toggles. */
  reset(): void;
  close(): void;
}

const transactionsKept = 10_000;
const messagesKeptPerTransaction = 200;

interface State {
  lastSequence: number;
  readonly transactions: Map<string, Transaction>;
  readonly orderNoByToken: Map<string, string>;
  readonly messages: Map<string, MessageRecord[]>;
  readonly deliveries: Map<string, Delivery[]>;
  readonly scripts: Map<string, Script>;
  readonly offline: Set<string>;
}

type Fact =
  | { kind: "transaction"; value: Transaction }
  | { kind: "message"; orderNo: string; value: MessageRecord }
  | { kind: "delivery"; value: Delivery }
  | { kind: "script"; value: Script }
  | { kind: "scripts_cleared" }
  | { kind: "bank"; model: FpxModel; bankId: string; online: boolean }
  | { kind: "reset" };

/**
 * Opens the store; with a journal file it begins with what that file tells.
 * The oldest transactions are forgotten beyond 10,000, the oldest messages beyond 200 a transaction.
 * @throws the file system's error when the journal cannot be read or written.
 */
export function openExchangeStore(journalFile: string | undefined): ExchangeStore & { unreadableLines: number } {
  const state: State = {
    lastSequence: 0,
    transactions: new Map(),
    orderNoByToken: new Map(),
    messages: new Map(),
    deliveries: new Map(),
    scripts: new Map(),
    offline: new Set(),
  };
  const journal = openJournal(
    journalFile,
    (record) => apply(state, record as Fact & JournalRecord),
    () => snapshot(state),
  );
  return { ...readers(state), ...writers(state, journal), unreadableLines: journal.unreadableLines };
}

function readers(state: State) {
  return {
    transaction: (orderNo: string) => state.transactions.get(orderNo),
    transactionByToken: (token: string) => state.transactions.get(state.orderNoByToken.get(token) ?? ""),
    find(anyOrderNo: string) {
      const exact = state.transactions.get(anyOrderNo);
      return exact ?? [...state.transactions.values()].findLast((one) => sellerOrderNo(one) === anyOrderNo);
    },
    transactions: () => [...state.transactions.values()],
    lastSequence: () => state.lastSequence,
    messages: (orderNo: string) => state.messages.get(orderNo) ?? [],
    deliveries: (orderNo: string) => state.deliveries.get(orderNo) ?? [],
    waitingDeliveries: () => [...state.deliveries.values()].flat().filter((one) => one.state === "waiting"),
    scripts: () => [...state.scripts.values()],
    isOnline: (model: FpxModel, bankId: string) => !state.offline.has(`${model}:${bankId}`),
  };
}

function writers(state: State, journal: Journal) {
  const record = (fact: Fact): void => {
    apply(state, fact);
    journal.append(fact);
  };
  return {
    saveTransaction: (value: Transaction) => record({ kind: "transaction", value }),
    changeTransaction(orderNo: string, change: Partial<Transaction>) {
      const present = state.transactions.get(orderNo);
      if (present !== undefined) record({ kind: "transaction", value: { ...present, ...change } });
    },
    addMessage: (orderNo: string, value: MessageRecord) => record({ kind: "message", orderNo, value }),
    saveDelivery: (value: Delivery) => record({ kind: "delivery", value }),
    saveScript: (value: Script) => record({ kind: "script", value }),
    clearScripts: () => record({ kind: "scripts_cleared" }),
    setOnline: (model: FpxModel, bankId: string, online: boolean) => record({ kind: "bank", model, bankId, online }),
    reset: () => record({ kind: "reset" }),
    close: () => journal.close(),
  };
}

function apply(state: State, fact: Fact): void {
  if (fact.kind === "transaction") putTransaction(state, fact.value);
  else if (fact.kind === "message") addMessage(state, fact.orderNo, fact.value);
  else if (fact.kind === "delivery") putDelivery(state, fact.value);
  else if (fact.kind === "script") state.scripts.set(fact.value.id, fact.value);
  else if (fact.kind === "scripts_cleared") state.scripts.clear();
  else if (fact.kind === "bank") setOnline(state, fact);
  else if (fact.kind === "reset") forgetAll(state);
}

function setOnline(
  state: State,
  { model, bankId, online }: { model: FpxModel; bankId: string; online: boolean },
): void {
  if (online) state.offline.delete(`${model}:${bankId}`);
  else state.offline.add(`${model}:${bankId}`);
}

function forgetAll(state: State): void {
  for (const part of [state.transactions, state.orderNoByToken, state.messages, state.deliveries]) part.clear();
  state.scripts.clear();
  state.offline.clear();
}

function putTransaction(state: State, transaction: Transaction): void {
  if (!state.transactions.has(transaction.orderNo)) state.lastSequence = Number(transaction.fpxTxnId.slice(-4));
  state.transactions.set(transaction.orderNo, transaction);
  state.orderNoByToken.set(transaction.token, transaction.orderNo);
  if (state.transactions.size <= transactionsKept) return;
  const oldest = state.transactions.values().next().value;
  if (oldest === undefined) return;
  state.transactions.delete(oldest.orderNo);
  state.orderNoByToken.delete(oldest.token);
  state.messages.delete(oldest.orderNo);
  state.deliveries.delete(oldest.orderNo);
}

function addMessage(state: State, orderNo: string, message: MessageRecord): void {
  if (!state.transactions.has(orderNo)) return;
  const messages = state.messages.get(orderNo) ?? [];
  messages.push(message);
  if (messages.length > messagesKeptPerTransaction) messages.shift();
  state.messages.set(orderNo, messages);
}

function putDelivery(state: State, delivery: Delivery): void {
  if (!state.transactions.has(delivery.orderNo)) return;
  const others = (state.deliveries.get(delivery.orderNo) ?? []).filter((one) => one.id !== delivery.id);
  state.deliveries.set(delivery.orderNo, [...others, delivery]);
}

function* snapshot(state: State): Generator<Fact> {
  for (const key of state.offline) {
    const [model, bankId = ""] = key.split(":");
    yield { kind: "bank", model: model as FpxModel, bankId, online: false };
  }
  for (const value of state.scripts.values()) yield { kind: "script", value };
  for (const value of state.transactions.values()) yield { kind: "transaction", value };
  for (const [orderNo, messages] of state.messages) {
    for (const value of messages) yield { kind: "message", orderNo, value };
  }
  for (const deliveries of state.deliveries.values()) {
    for (const value of deliveries) yield { kind: "delivery", value };
  }
}

function sellerOrderNo(transaction: Transaction): string | undefined {
  return transaction.request["fpx_sellerOrderNo"];
}
