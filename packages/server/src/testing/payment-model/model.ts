/**
 * The rules of a payment told a second time: from `fpx.md` §2.5 and §2.6, decisions 5, 7, 11 and 13 and the guides, and
 * without a look at the gateway's code. Small and mutable on purpose. What the gateway does is held against it.
 */
export type Route = "direct" | "indirect" | "enquiry";

/** What a code says of the money (`fpx.md` §3). A code in no table is undecided, and never a refusal. */
const meanings: Readonly<Record<string, string>> = {
  ...{ "00": "paid", "51": "refused", "1C": "refused", "96": "doubtful", "76": "unheard_of", "99": "to_approve" },
  ...{ "09": "undecided", A0: "undecided" },
};
const inNoTable = new Set(["A0"]);

export interface ModelAttempt {
  status: "in_flight" | "awaiting_approval" | "succeeded" | "failed";
  code: string;
  /** The browser's word, or a doubtful code, says what may become of it. */
  hinted: boolean;
  /** The exchange has once given it a number. */
  numbered: boolean;
  doubts: number;
  denials: number;
  /** It failed because the exchange knew nothing of it for half an hour, and not because anybody said that it failed. */
  givenUp: boolean;
  readonly begunAt: number;
  readonly bank: string;
  /** What an enquiry would be told: a code, nothing at all, or nonsense. */
  atBank: string;
  cases: string[];
}

export interface ModelPayment {
  readonly invoice: string;
  readonly amountSen: number;
  protocol: "v2" | "wire";
  ended: "paid" | "expired" | "cancelled" | undefined;
  expiresAt: number;
  flags: string[];
  events: string[];
  books: { exchange: number; merchant: number; returns: number };
  attempts: ModelAttempt[];
}

export interface Model {
  now: number;
  payments: ModelPayment[];
}

const day = 24 * 60 * 60_000;
export const isFlying = ({ status }: ModelAttempt) => status === "in_flight" || status === "awaiting_approval";

export function statusOf({ ended, attempts }: ModelPayment): string {
  if (ended !== undefined) return ended;
  if (attempts.some(({ status }) => status === "in_flight")) return "processing";
  return attempts.some(isFlying) ? "awaiting_approval" : "open";
}

export function certaintyOf(payment: ModelPayment): string {
  const status = statusOf(payment);
  if (status === "awaiting_approval") return "provisional";
  if (status !== "processing") return "final";
  return payment.attempts.findLast((each) => each.status === "in_flight")?.hinted === true ? "provisional" : "unknown";
}

const note = (list: string[], word: string) => {
  if (!list.includes(word)) list.push(word);
};
export const paidFor = (model: Model, invoice: string) =>
  model.payments.find((each) => each.invoice === invoice && each.ended === "paid");

/** Money came: it is booked whatever else is so, for the merchant the first time, as owed to the buyer after that. */
function receive(model: Model, payment: ModelPayment, attempt: ModelAttempt, creditCode: string): void {
  const isLate = payment.ended === "expired" || payment.ended === "cancelled";
  const isSecond = paidFor(model, payment.invoice) !== undefined;
  if (payment.ended !== "paid") payment.events.push("payment.paid");
  for (const [holds, what] of [
    [isLate, "late_success"],
    [isSecond, "duplicate_success"],
  ] as const) {
    if (!holds) continue;
    note(payment.flags, what);
    note(attempt.cases, what);
    payment.events.push(`payment.${what}`);
  }
  if (creditCode !== "" && creditCode !== "00") {
    note(payment.flags, "credit_unconfirmed");
    note(attempt.cases, "credit_unconfirmed");
  }
  payment.ended = "paid";
  payment.books.exchange += payment.amountSen;
  payment.books[isSecond ? "returns" : "merchant"] -= payment.amountSen;
}

function refuse(payment: ModelPayment, attempt: ModelAttempt): void {
  attempt.status = "failed";
  payment.events.push("payment.attempt_failed");
}

/** The browser's word settles nothing (decision 5); against what is settled it is a case for a person. */
function hearBrowser(attempt: ModelAttempt, meaning: string): void {
  if (attempt.status === "succeeded") {
    if (meaning === "refused" || meaning === "doubtful") note(attempt.cases, "contradiction");
  } else if (attempt.status === "failed") {
    if (meaning === "paid") note(attempt.cases, "contradiction");
  } else if (meaning !== "undecided" && meaning !== "doubtful" && meaning !== "unheard_of") attempt.hinted = true;
}

function deny(model: Model, payment: ModelPayment, attempt: ModelAttempt, isEnquiry: boolean): void {
  if (attempt.numbered || attempt.status === "awaiting_approval") note(attempt.cases, "vanished_at_exchange");
  else {
    attempt.denials += isEnquiry ? 1 : 0;
    if (attempt.denials < 3 || model.now - attempt.begunAt < 30 * 60_000) return;
    Object.assign(attempt, { code: "76", givenUp: true });
    refuse(payment, attempt);
  }
}

/** A trusted word about an attempt of which more was to be heard. */
function conclude(model: Model, payment: ModelPayment, attempt: ModelAttempt, code: string, isEnquiry: boolean): void {
  const meaning = meanings[code];
  if (meaning === "unheard_of") deny(model, payment, attempt, isEnquiry);
  else if (meaning === "refused" || meaning === "doubtful") {
    Object.assign(attempt, { code, hinted: true });
    attempt.doubts += meaning === "doubtful" && isEnquiry ? 1 : 0;
    if (meaning === "refused" || attempt.doubts === 2) refuse(payment, attempt);
  } else if (attempt.status === "in_flight") {
    Object.assign(attempt, { code, hinted: false });
    if (meaning === "to_approve") attempt.status = "awaiting_approval";
  }
}

export interface Said {
  readonly code: string;
  readonly creditCode: string;
  readonly numbered: boolean;
}

/**
 * What is said after all of a buyer who was given up: a refusal gives the true reason, and is told nobody twice. With anything else
 * but money the attempt is under way again, and what was said counts, if the exchange has given it a number.
 * @returns whether there is more to be done about it
 */
function takeUpAgain(payment: ModelPayment, attempt: ModelAttempt, route: Route, code: string): boolean {
  const meaning = meanings[code];
  if (route !== "indirect" && meaning === "paid") return true;
  if (route !== "indirect" && meaning === "refused") {
    Object.assign(attempt, { code, givenUp: false });
    return false;
  }
  if (!attempt.numbered) return false;
  attempt.givenUp = false;
  Object.assign(attempt, { status: "in_flight", code: "", hinted: false, doubts: 0 });
  if (payment.ended === undefined && (route === "indirect" || meaning !== "to_approve"))
    payment.events.push("payment.processing");
  return true;
}

/** An authentic message about an attempt, whose facts are those that were sent. */
export function hear(
  model: Model,
  payment: ModelPayment,
  attempt: ModelAttempt,
  route: Route,
  { code, creditCode, numbered }: Said,
): void {
  const before = statusOf(payment);
  const meaning = meanings[code] ?? "";
  attempt.numbered ||= numbered;
  if (inNoTable.has(code) && route !== "indirect") note(attempt.cases, "unknown_code");
  if (attempt.givenUp && !takeUpAgain(payment, attempt, route, code)) return;
  if (route === "indirect") hearBrowser(attempt, meaning);
  else if (meaning === "paid") {
    if (attempt.status === "succeeded") return;
    Object.assign(attempt, { status: "succeeded", code, givenUp: false });
    receive(model, payment, attempt, creditCode);
  } else if (isFlying(attempt)) conclude(model, payment, attempt, code, route === "enquiry");
  else if ((meaning === "refused" || meaning === "doubtful") && attempt.code !== code)
    note(attempt.cases, "contradiction");
  if (before !== "awaiting_approval" && statusOf(payment) === "awaiting_approval")
    payment.events.push("payment.awaiting_approval");
}

/** Authentic, but about another sum or currency: believed in nothing. */
export function hearOtherFacts(attempt: ModelAttempt): void {
  note(attempt.cases, "facts_differ");
}

/** Asks the exchange about an attempt. */
export function enquire(model: Model, payment: ModelPayment, attempt: ModelAttempt): "heard" | "silent" | "garbage" {
  const { atBank } = attempt;
  if (atBank === "silent" || atBank === "garbage") return atBank;
  hear(model, payment, attempt, "enquiry", { code: atBank, creditCode: "", numbered: atBank !== "76" });
  return "heard";
}

/** The schedule's enquiry: a person is told of what has no outcome after a day. */
export function enquireOnSchedule(model: Model, payment: ModelPayment, attempt: ModelAttempt): void {
  enquire(model, payment, attempt);
  if (isFlying(attempt) && model.now - attempt.begunAt >= day) note(attempt.cases, "unresolved");
}
