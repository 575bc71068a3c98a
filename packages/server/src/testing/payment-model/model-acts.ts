import { enquire, isFlying, type Model, type ModelPayment, paidFor } from "./model.ts";

/** What shops, buyers and the clock do to payments, by the same rules as `model.ts` and just as little of the gateway's. */
export interface Wish {
  readonly invoice: string;
  readonly amountSen: number;
  readonly protocol: "v2" | "wire";
  readonly expiresInS: number;
}

const isUnpaid = (payment: ModelPayment) => payment.ended === undefined;
const isUndecided = (payment: ModelPayment) => payment.attempts.some(isFlying);

function end(payment: ModelPayment, how: "expired" | "cancelled"): void {
  payment.ended = how;
  payment.events.push(`payment.${how}`);
}

/** One invoice has one live payment (decision 11); a paid invoice has no other. */
export function create(model: Model, wish: Wish): string {
  const { invoice, amountSen, protocol, expiresInS } = wish;
  if (amountSen < 100) return "amount_out_of_range";
  if (paidFor(model, invoice) !== undefined) return "invoice_already_paid";
  const live = model.payments.find((each) => each.invoice === invoice && isUnpaid(each));
  if (live !== undefined) {
    const isOver = live.expiresAt <= model.now && !isUndecided(live);
    const isReplaced = live.amountSen !== amountSen && protocol === "wire" && !isUndecided(live);
    if (!isOver && !isReplaced && live.amountSen !== amountSen) return "invoice_conflict";
    if (!isOver && !isReplaced) {
      if (live.protocol !== protocol && !isUndecided(live)) {
        live.protocol = protocol;
        live.events.push("payment.updated");
      }
      return "done";
    }
    end(live, isOver ? "expired" : "cancelled");
  }
  const books = { exchange: 0, merchant: 0, returns: 0 };
  const expiresAt = model.now + expiresInS * 1000;
  const nothing = { ended: undefined, flags: [], attempts: [] };
  model.payments.push({
    ...{ invoice, amountSen, protocol, expiresAt, books },
    ...nothing,
    events: ["payment.created"],
  });
  return "done";
}

export interface Choice {
  readonly bank: string;
  readonly isOnline: boolean;
  /** The buyer has read the warning. */
  readonly confirmed: boolean;
}

/** @param order in which the answers about undecided attempts come in */
export function begin(model: Model, payment: ModelPayment, choice: Choice, order: readonly number[]): string {
  const { bank, isOnline, confirmed } = choice;
  if (!isUnpaid(payment)) return "closed";
  const last = payment.attempts.at(-1);
  const isTwin = last?.status === "in_flight" && last.bank === bank && !last.numbered;
  if (isTwin && !confirmed && model.now - last.begunAt < 10_000) return "handed_off";
  for (const i of order) {
    const attempt = payment.attempts[i];
    if (attempt !== undefined && isFlying(attempt)) enquire(model, payment, attempt);
  }
  if (!isOnline) return "bank_unavailable";
  if (isUndecided(payment) && !confirmed) return "undecided";
  if (!isUnpaid(payment)) return "closed";
  const isPaidElsewhere = paidFor(model, payment.invoice) !== undefined;
  if (isPaidElsewhere || payment.expiresAt <= model.now) {
    if (!isUndecided(payment)) end(payment, isPaidElsewhere ? "cancelled" : "expired");
    return "closed";
  }
  // Told of every attempt, also of one beside another.
  payment.events.push("payment.processing");
  payment.attempts.push({
    ...{ status: "in_flight", code: "", hinted: false, numbered: false, doubts: 0, denials: 0, givenUp: false },
    ...{ begunAt: model.now, bank, atBank: "76", cases: [] },
  });
  return "handed_off";
}

export function cancel(payment: ModelPayment): string {
  if (payment.ended === "cancelled") return "done";
  if (!isUnpaid(payment) || isUndecided(payment)) return "state_not_allowed";
  end(payment, "cancelled");
  return "done";
}

export function prolong(model: Model, payment: ModelPayment, expiresInS: number): string {
  if (!isUnpaid(payment)) return "state_not_allowed";
  payment.expiresAt = model.now + expiresInS * 1000;
  payment.events.push("payment.updated");
  return "done";
}

/** Nothing expires of which the exchange may yet say that it was paid. */
export function expire(model: Model): void {
  for (const payment of model.payments) {
    if (isUnpaid(payment) && !isUndecided(payment) && payment.expiresAt <= model.now) end(payment, "expired");
  }
}

/** Which attempts a merchant's requery asks about: those undecided, else the newest refused. */
export function askedAbout(payment: ModelPayment): number[] {
  const numbers = payment.attempts.map((_, i) => i);
  const those = (holds: (i: number) => boolean) => numbers.filter(holds).slice(-3);
  const flying = those((i) => payment.attempts[i] !== undefined && isFlying(payment.attempts[i]));
  return flying.length > 0 ? flying : those((i) => payment.attempts[i]?.status === "failed");
}
