import { expect, it } from "vitest";
import type { LedgerKind } from "../ledger/posting.ts";
import type { Outcome, Verdict } from "../rails/rail.ts";
import { tellFigures } from "../testing/tell-figures.ts";
import { type Decision, decide, type Route } from "./decide.ts";
import type { Attempt, Payment } from "./payment.ts";

const now = new Date("2026-07-01T04:00:00Z");

/** What a bank network may say of an attempt, by the classes of `fpx.md` §3; "ZZ" stands in no table. */
const meanings: Readonly<Record<string, Outcome>> = {
  "00": "succeeded",
  "99": "awaiting_approval",
  "09": "pending",
  "51": "failed",
  "80": "failed",
  "96": "uncertain",
  ZZ: "pending",
};
const routes: readonly Route[] = ["direct", "indirect", "enquiry"];

interface Letter {
  /** Which attempt it is about. */
  readonly about: number;
  readonly code: string;
  readonly route: Route;
  readonly verdict: Verdict;
}

function lettersAbout(attempts: number): Letter[] {
  const verdict = (code: string, outcome: Outcome): Verdict => ({
    ...{ outcome, code, reason: `reason_${code}`, knownCode: code !== "ZZ", creditUnconfirmed: false, details: {} },
    transactionId: "2607011200000001",
  });
  return Array.from({ length: attempts }, (_, about) =>
    Object.entries(meanings).flatMap(([code, outcome]) =>
      routes.map((route) => ({ about, code, route, verdict: verdict(code, outcome) })),
    ),
  ).flat();
}

const attempt = {
  ...{ paymentId: "pay_1", merchantId: "mer_1", status: "in_flight", certainty: "unknown", railCode: "", reason: "" },
  ...{ railTransactionId: "", details: {}, uncertainCount: 0, notFoundCount: 0 },
  ...{ nextEnquiryAt: null, concludedAt: null, createdAt: now },
};
const payment = {
  ...{ id: "pay_1", merchantId: "mer_1", amountSen: 1250, status: "processing", certainty: "unknown", flags: [] },
  ...{ paidAttemptId: null, paidAt: null, updatedAt: now },
};

/** What is left over from the messages so far: all that the next decision can depend on, and what was heard. */
interface Heard {
  readonly payment: Payment;
  readonly attempts: readonly Attempt[];
  /** The attempts of which a trusted `00` was heard, the first first. */
  readonly successes: readonly number[];
  readonly booked: readonly LedgerKind[];
  readonly paidEvents: number;
}

function atFirst(count: number): Heard {
  const attempts = Array.from({ length: count }, (_, i) => ({ ...attempt, id: `att_${i}`, number: i + 1 }));
  return {
    ...{ payment: payment as unknown as Payment, attempts: attempts as unknown as Attempt[] },
    ...{ successes: [], booked: [], paidEvents: 0 },
  };
}

const isTrusted = (letter: Letter) => letter.route !== "indirect";
const isRefusal = (letter: Letter) => meanings[letter.code] === "failed" || meanings[letter.code] === "uncertain";

function hear(before: Heard, letter: Letter): { after: Heard; decision: Decision } {
  const { attempts } = before;
  const about = attempts[letter.about];
  if (about === undefined) throw new Error(`no attempt ${letter.about}`);
  const decision = decide({
    ...{ payment: before.payment, attempts, attempt: about, route: letter.route, verdict: letter.verdict, now },
    ...{ invoicePaidElsewhere: false, neverReachedAfterMs: 1_800_000 },
  });
  const isNew = letter.code === "00" && isTrusted(letter) && !before.successes.includes(letter.about);
  const after = {
    payment: decision.payment,
    attempts: attempts.with(letter.about, decision.attempt),
    successes: isNew ? [...before.successes, letter.about] : before.successes,
    booked: decision.booking === undefined ? before.booked : [...before.booked, decision.booking],
    paidEvents: before.paidEvents + decision.events.filter((type) => type === "payment.paid").length,
  };
  return { after, decision };
}

/** What a message does to the attempt that it is about, held against `fpx.md` §2.6. */
function faultsOfAttempt(was: Attempt, letter: Letter, { attempt: is, cases }: Decision): (string | false)[] {
  const isNews = cases.includes("contradiction");
  const succeeds = letter.code === "00" && isTrusted(letter);
  const refusedOtherwise = isRefusal(letter) && letter.code !== was.railCode;
  const disagrees = {
    succeeded: isRefusal(letter),
    failed: isTrusted(letter) ? refusedOtherwise : letter.code === "00",
    in_flight: false,
    awaiting_approval: false,
  };
  const isKept = is.status === was.status && is.railCode === was.railCode && is.concludedAt === was.concludedAt;
  const isFinal = was.status === "succeeded" || (was.status === "failed" && !succeeds);
  return [
    (is.status === "succeeded") !== (succeeds || was.status === "succeeded") &&
      "it succeeds by a trusted success alone",
    isFinal && !isKept && "what is final stays as it was concluded",
    isNews !== disagrees[was.status] && "what contradicts the conclusion goes to a person, and nothing else does",
    isNews && letter.route !== "enquiry" && is.nextEnquiryAt === null && "a contradiction is asked about at once",
    !isTrusted(letter) && is.status !== was.status && "the browser ends no attempt",
    /ZZ|09/.test(letter.code) && is.status !== was.status && "a pending or unknown code ends nothing",
    letter.code === "ZZ" && isTrusted(letter) && !cases.includes("unknown_code") && "an unknown code goes to a person",
  ];
}

/** What a message does to the payment and its books, held against the same and decision 7. */
function faultsOfPayment(before: Heard, letter: Letter, after: Heard, decision: Decision): (string | false)[] {
  const { successes, booked, payment: is } = after;
  const isPaid = successes.length > 0;
  const owed: readonly LedgerKind[] = successes.map((_, i) => (i === 0 ? "payment" : "duplicate"));
  const isSame = is.paidAt === before.payment.paidAt && is.paidAttemptId === before.payment.paidAttemptId;
  return [
    (is.status === "paid") !== isPaid && "it is paid exactly when a trusted success was heard",
    isPaid && is.paidAttemptId !== `att_${successes[0]}` && "the first success paid it",
    before.payment.status === "paid" && !isSame && "how and when it was paid stays",
    JSON.stringify(booked) !== JSON.stringify(owed) && "each success is booked once, the second as owed to the buyer",
    after.paidEvents !== (isPaid ? 1 : 0) && "it is told of as paid once",
    is.flags.includes("duplicate_success") !== successes.length > 1 && "a second success is flagged",
    !isTrusted(letter) && is.status !== before.payment.status && "the browser settles nothing",
    !isTrusted(letter) && decision.events.length > 0 && "the browser tells nothing",
  ];
}

/** Follows every order of so many messages; gives what was found at fault, how many orders there are, and at what cost. */
function followOrders(attempts: number, longest: number) {
  const letters = lettersAbout(attempts);
  // Orders that lead to the same are followed as one, with their number, so that all of them are judged and none is drawn.
  let level = new Map([["", { heard: atFirst(attempts), orders: 1, example: "" }]]);
  const faults = new Set<string>();
  let orders = 0;
  let decisions = 0;
  for (let length = 1; length <= longest; length += 1) {
    const next: typeof level = new Map();
    for (const { heard, orders: ways, example } of level.values()) {
      for (const letter of letters) {
        decisions += 1;
        const was = heard.attempts[letter.about] as Attempt;
        const { after, decision } = hear(heard, letter);
        const way = `${example} ${letter.about}:${letter.code}/${letter.route}`;
        const found = [...faultsOfAttempt(was, letter, decision), ...faultsOfPayment(heard, letter, after, decision)];
        for (const fault of found) if (fault !== false && faults.size < 20) faults.add(`${way}: ${fault}`);
        const key = JSON.stringify(after);
        const known = next.get(key);
        next.set(key, { heard: after, orders: (known?.orders ?? 0) + ways, example: known?.example ?? way });
        orders += ways;
      }
    }
    level = next;
  }
  const all = letters.length * ((letters.length ** longest - 1) / (letters.length - 1));
  return { faults: [...faults], orders, all, decisions };
}

for (const { about, attempts, longest } of [
  { about: "one attempt", attempts: 1, longest: 9 },
  { about: "two attempts", attempts: 2, longest: 5 },
]) {
  it(`keeps what is final in every order of up to ${longest} messages about ${about}, and shows a person what contradicts it`, () => {
    const { faults, orders, all, decisions } = followOrders(attempts, longest);
    tellFigures(`orders of messages about ${about}`, { orders, decisions });
    expect(faults).toEqual([]);
    expect(orders).toBe(all);
  });
}

/** What becomes of an attempt that was given up, by what is said and how it comes. */
const afterGivingUp: readonly [code: string, route: Route, status: string, effect: string][] = [
  ["00", "direct", "succeeded", "paid"],
  ["00", "enquiry", "succeeded", "paid"],
  ["00", "indirect", "in_flight", "reopened"],
  ["99", "direct", "awaiting_approval", "reopened"],
  ["99", "enquiry", "awaiting_approval", "reopened"],
  ["99", "indirect", "in_flight", "reopened"],
  ["09", "direct", "in_flight", "reopened"],
  ["09", "enquiry", "in_flight", "reopened"],
  ["09", "indirect", "in_flight", "reopened"],
  ["51", "direct", "failed", "explained"],
  ["51", "enquiry", "failed", "explained"],
  ["51", "indirect", "in_flight", "reopened"],
  ["96", "direct", "in_flight", "reopened"],
  ["96", "enquiry", "in_flight", "reopened"],
  ["96", "indirect", "in_flight", "reopened"],
  ["ZZ", "direct", "in_flight", "reopened"],
  ["ZZ", "enquiry", "in_flight", "reopened"],
  ["ZZ", "indirect", "in_flight", "reopened"],
];

it.each(afterGivingUp)(
  "of an attempt that was given up, %s by the %s route makes one that is %s (%s), and asks about what is undecided",
  (code, route, status, effect) => {
    const letter = lettersAbout(1).find((each) => each.code === code && each.route === route);
    if (letter === undefined) throw new Error(`no letter ${code}`);
    const before = atFirst(1);
    const givenUp = { ...attempt, ...{ id: "att_0", number: 1, status: "failed", certainty: "final", railCode: "76" } };
    const known = { ...givenUp, reason: "never_reached_bank", concludedAt: now, notFoundCount: 3, uncertainCount: 1 };
    const attempts = [known as unknown as Attempt];
    const open = { ...before.payment, status: "open", certainty: "final" } as Payment;
    const { decision } = hear({ ...before, payment: open, attempts }, letter);
    expect({ status: decision.attempt.status, effect: decision.effect }).toEqual({ status, effect });
    const isUndecided = status === "in_flight" || status === "awaiting_approval";
    expect(decision.attempt.nextEnquiryAt !== null).toBe(isUndecided);
    expect(decision.attempt.concludedAt === null).toBe(isUndecided);
    expect(decision.cases).toEqual(code === "ZZ" && route !== "indirect" ? ["unknown_code"] : []);
    const told = { succeeded: ["payment.paid"], awaiting_approval: ["payment.awaiting_approval"], failed: [] };
    expect(decision.events).toEqual(status in told ? told[status as keyof typeof told] : ["payment.processing"]);
    expect(decision.payment.status).toBe(
      { succeeded: "paid", failed: "open", in_flight: "processing" }[status] ?? "awaiting_approval",
    );
  },
);
