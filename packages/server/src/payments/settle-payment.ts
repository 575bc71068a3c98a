import { newId } from "@kineticpay/contract/ids";
import type { RunStatement, SharedWrite } from "../db/db.ts";
import type { Gateway } from "../gateway.ts";
import type { LedgerEntry } from "../ledger/post.ts";
import { type LedgerKind, postingsFor } from "../ledger/posting.ts";
import type { RailMessage } from "../rails/rail.ts";
import { changeTo } from "./apply.ts";
import { decide, type Route } from "./decide.ts";
import type { Attempt, Payment } from "./payment.ts";
import { type FoundOrder, findOrders, lockInvoiceOf } from "./store.ts";
import { wakeToTell } from "./wake-to-tell.ts";
import {
  type Change,
  changeRow,
  type DecidedChange,
  type Written,
  writeIfUnchanged,
  writeUnderLock,
} from "./write-changes.ts";

export interface Settled {
  readonly effect: string;
  readonly payment: Payment;
  readonly attempt: Attempt;
}

/** A message, and whose it is to settle. */
interface Settling {
  readonly gateway: Gateway;
  readonly route: Route;
  readonly message: RailMessage;
}

/** What a message changes, and what its bringer is told of it. */
interface Judgement {
  readonly change: Change;
  readonly settled: Settled;
}

/** Which of the facts that left with the buyer the message repeats otherwise. */
function differingFacts(attempt: Attempt, message: RailMessage): string[] {
  return Object.keys(attempt.facts).filter((name) => attempt.facts[name] !== message.facts[name]);
}

/** The message as it is kept. */
function kept({ gateway, route, message }: Settling, attempt: Attempt, effect: string) {
  const at = gateway.clock.now();
  const id = newId("message", at.getTime(), gateway.random.bytes(10));
  return { id, attemptId: attempt.id, route, message, effect, at };
}

function booked({ clock, random }: Gateway, kind: LedgerKind, attempt: Attempt, payment: Payment): LedgerEntry {
  const at = clock.now();
  const id = newId("transaction", at.getTime(), random.bytes(10));
  const postings = postingsFor(kind, attempt.rail, payment.merchantId, payment.amountSen);
  return { id, merchantId: payment.merchantId, paymentId: payment.id, attemptId: attempt.id, kind, postings, at };
}

/** Authentic, yet about another sum or another seller: kept, shown to a person, and believed in nothing. */
function setAside(settling: Settling, { attempt, payment }: FoundOrder, differing: readonly string[]): Judgement {
  const { route, message } = settling;
  const effect = "facts_differ";
  const detail = {
    route,
    code: message.verdict.code,
    differing,
    sent: differing.map((name) => attempt.facts[name] ?? ""),
    received: differing.map((name) => message.facts[name] ?? ""),
  };
  const { merchantId, paymentId, id: attemptId } = attempt;
  return {
    change: {
      message: kept(settling, attempt, effect),
      events: [],
      cases: [{ merchantId, paymentId, attemptId, kind: effect, detail }],
    },
    settled: { effect, payment, attempt },
  };
}

/** What a message changes of what was found. It is pure but for the clock and the ids. */
function judge(settling: Settling, found: FoundOrder): Judgement {
  const { gateway, route, message } = settling;
  const differing = differingFacts(found.attempt, message);
  if (differing.length > 0) return setAside(settling, found, differing);
  const { effect, attempt, payment, booking, events, cases } = decide({
    payment: found.payment,
    attempts: found.attempts,
    attempt: found.attempt,
    route,
    verdict: message.verdict,
    invoicePaidElsewhere: found.isPaidElsewhere,
    now: gateway.clock.now(),
    neverReachedAfterMs: gateway.config.neverReachedAfterS * 1000,
  });
  const after = found.attempts.map((each) => (each.id === attempt.id ? attempt : each));
  const change = changeTo(gateway, payment, after, events, attempt);
  const about = { merchantId: payment.merchantId, paymentId: payment.id, attemptId: attempt.id };
  const detail = { code: message.verdict.code, route, order_number: attempt.orderNumber };
  return {
    change: {
      ...change,
      message: kept(settling, attempt, effect),
      attempt,
      entry: booking === undefined ? undefined : booked(gateway, booking, attempt, payment),
      cases: cases.map((kind) => ({ ...about, kind, detail })),
    },
    settled: { effect, payment: change.payment, attempt },
  };
}

/**
 * `by_itself`: nothing of it was written, because its payment, or another of its invoice, is locked or has changed meanwhile, or
 * is another message's in the same statement, or because no judgement could be made. Under a lock it will be, or fail alone.
 */
type Outcome = Settled | "no_such_order" | "by_itself";

function judgeIfPossible(
  settling: Settling,
  order: FoundOrder,
): (DecidedChange & Pick<Judgement, "settled">) | undefined {
  const { collectionId, invoice } = order.payment;
  try {
    const { change, settled } = judge(settling, order);
    return { change: changeRow(settling.gateway, change), settled, version: order.version, collectionId, invoice };
  } catch {
    // Its bringer hears of it, from a second try under a lock; the others are no part of it.
    return undefined;
  }
}

const nothing: Written = { versions: new Set(), owed: 0 };

/**
 * Settles messages of different orders in two statements: one reads, and one writes what was decided about those whose payments
 * have not changed in between. No lock is held while anything is decided.
 * @param patienceMs how long to wait for a lock that one of them needs; undefined for as long as a statement may take
 */
async function settleUnlocked(write: RunStatement, all: readonly Settling[], patienceMs?: number): Promise<Outcome[]> {
  const numbers = all.map(({ message }) => message.orderNumber);
  const orders = await findOrders(write, numbers);
  const taken = new Set<string>();
  const judged = all.map((settling) => {
    const order = orders.get(settling.message.orderNumber);
    if (order === undefined) return "no_such_order";
    if (taken.has(order.version)) return "by_itself";
    taken.add(order.version);
    return judgeIfPossible(settling, order) ?? "by_itself";
  });
  const changes = judged.filter((each) => typeof each !== "string");
  const written = changes.length === 0 ? nothing : await writeIfUnchanged(write, changes, patienceMs);
  wakeToTell(all[0]?.gateway, written.owed);
  return judged.map((each) => {
    if (typeof each === "string") return each;
    return written.versions.has(each.version) ? each.settled : "by_itself";
  });
}

/** Nobody waits longer than this for a lock that only another's message needs. For a payment's lock nobody waits at all. */
const patienceMs = 200;

/** Messages that come at the same moment, of different orders. */
export const settlements: SharedWrite<Settling, Outcome> = {
  name: "payments.settle",
  apart: ({ message }) => message.orderNumber,
  async alone(write, settling) {
    const [outcome = "by_itself"] = await settleUnlocked(write, [settling]);
    return outcome;
  },
  together: (write, all) => settleUnlocked(write, all, patienceMs),
};

/**
 * Settles one message under the locks of its invoice's payments, for which it waits. Of two payments that are confirmed at the
 * same moment the second has to see the first, or both would count as owed to the merchant.
 */
async function settleUnderLock(settling: Settling): Promise<Settled> {
  const { db } = settling.gateway;
  const { orderNumber } = settling.message;
  const { settled, owed } = await db.transaction(settlements.name, async (tx) => {
    await lockInvoiceOf(tx, orderNumber);
    const read: RunStatement = (text, values) => tx.query(text, values);
    const order = (await findOrders(read, [orderNumber])).get(orderNumber);
    if (order === undefined) throw new Error(`order ${orderNumber} vanished`);
    const { change, settled } = judge(settling, order);
    return { settled, owed: await writeUnderLock(tx, changeRow(settling.gateway, change)) };
  });
  wakeToTell(settling.gateway, owed);
  return settled;
}

/**
 * The one door. Server message, browser return and enquiry all end here: the message, the change of state, the books,
 * the event and the callback commit together or not at all, under a lock on the payment.
 * @returns undefined when no attempt has the message's order number; then nothing was stored
 */
export async function settlePayment(
  gateway: Gateway,
  route: Route,
  message: RailMessage,
): Promise<Settled | undefined> {
  const settling = { gateway, route, message };
  const outcome = await gateway.db.share(settlements, settling);
  if (outcome === "no_such_order") return undefined;
  const settled = outcome === "by_itself" ? await settleUnderLock(settling) : outcome;
  if (settled.effect === "facts_differ") {
    const about = { route, order: message.orderNumber, code: message.verdict.code, payment: settled.payment.id };
    gateway.log.error(about, "an authentic bank message differs from what was sent; it was not believed, see its case");
  }
  if (settled.attempt.nextEnquiryAt !== null) gateway.wakeups.wake("requery");
  return settled;
}
