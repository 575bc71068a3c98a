import type { Mutant } from "../mutant.ts";

const payments = "packages/server/src/payments";
const decide = `${payments}/decide.ts`;
const everyOrder = `${payments}/decide.test.ts`;
const model = `${payments}/payment-model.test.ts`;
const settling = `${payments}/settle-payment.test.ts`;

/** What a payment becomes. */
export const paymentMutants: readonly Mutant[] = [
  {
    name: "browser-settles",
    defect: "What the buyer's browser brings is believed like a message of the exchange",
    changes: [
      {
        file: decide,
        find: '  if (situation.route === "indirect") return onBrowser(situation);\n',
        replace: "",
      },
    ],
    tests: [everyOrder],
  },
  {
    name: "paid-downgraded-by-failure",
    defect: "A refusal after the success turns the attempt, and so the payment, into one that failed",
    changes: [
      {
        file: decide,
        find: `function onFailed(situation: Situation): Decision {
  const { attempt, verdict, now } = situation;
  if (attempt.status === "succeeded") return contradiction(situation);`,
        replace: `function onFailed(situation: Situation): Decision {
  const { attempt, verdict, now } = situation;`,
      },
    ],
    tests: [everyOrder],
  },
  {
    name: "paid-downgraded-by-trigger",
    defect: "The database lets a paid payment become unpaid again",
    changes: [
      {
        file: "packages/server/migrations/0010_buyer_data.sql",
        find: "if old.status = 'paid' and (new.status <> 'paid' or",
        replace: "if old.status = 'paid' and (false or",
      },
    ],
    tests: ["packages/server/src/db/payments-guard.test.ts"],
  },
  {
    name: "pending-overwrites-final",
    defect: "A pending message that comes late makes a concluded attempt undecided again",
    changes: [
      {
        file: decide,
        find: '  if (attempt.status !== "in_flight") return decision(situation, { effect: "ignored", cases });\n',
        replace: "",
      },
    ],
    tests: [everyOrder],
  },
  {
    name: "contradiction-unheard",
    defect: "A message that contradicts what was concluded is dropped in silence",
    changes: [
      {
        file: decide,
        find: '{ effect: "contradicts", attempt: ask, cases: ["contradiction"] }',
        replace: '{ effect: "contradicts", attempt: ask }',
      },
    ],
    tests: [everyOrder],
  },
  {
    name: "late-success-dropped",
    defect: "Money that arrives for an expired or cancelled payment is not booked",
    changes: [
      {
        file: decide,
        find: "  const late = !isUnpaid(payment);\n",
        replace: '  const late = !isUnpaid(payment);\n  if (late) return decision(situation, { effect: "ignored" });\n',
      },
    ],
    tests: [settling],
  },
  {
    name: "late-success-unflagged",
    defect: "Money that arrives for an expired or cancelled payment is booked, and nobody is told that it was late",
    changes: [
      {
        file: decide,
        find: 'cases: [...(late ? (["late_success"] as const) : []),',
        replace: "cases: [",
      },
    ],
    tests: [settling],
  },
  {
    name: "duplicate-booked-for-merchant",
    defect: "What a buyer pays a second time is owed to the merchant instead of to the buyer",
    changes: [{ file: decide, find: '      booking: "duplicate",', replace: '      booking: "payment",' }],
    tests: [settling],
  },
  {
    name: "sibling-booked-for-merchant",
    defect: "Late money for an invoice that another payment has paid is owed to the merchant a second time",
    changes: [
      { file: decide, find: '    booking: again ? "duplicate" : "payment",', replace: '    booking: "payment",' },
    ],
    tests: [settling],
  },
  {
    name: "uncertain-closed-at-once",
    defect: "A code that leaves open whether money moved ends the attempt at once",
    changes: [
      { file: decide, find: "const uncertainEnquiriesToClose = 2;", replace: "const uncertainEnquiriesToClose = 0;" },
    ],
    tests: [everyOrder, model],
  },
  {
    name: "given-up-after-one-denial",
    defect: "An attempt that the exchange does not know yet is given up at the first denial",
    changes: [
      { file: decide, find: "const notFoundEnquiriesToClose = 3;", replace: "const notFoundEnquiriesToClose = 1;" },
    ],
    tests: [settling, model],
  },
  {
    name: "vanished-order-fails",
    defect: "An order that the exchange once numbered and now denies is given up, and not shown to a person",
    changes: [
      {
        file: decide,
        find: 'if (attempt.railTransactionId !== "" || verdict.transactionId !== "" || attempt.status === "awaiting_approval") {',
        replace: "if (false) {",
      },
    ],
    tests: [settling],
  },
  {
    name: "expiry-with-buyer-at-bank",
    defect: "A payment expires while its buyer is at the bank",
    changes: [
      {
        file: `${payments}/expire-due.ts`,
        find: 'payment.status !== "open" || ',
        replace: "",
      },
      {
        file: `${payments}/expire-due.ts`,
        find: "    if (attempts.some(isInFlight)) return false;\n",
        replace: "",
      },
      {
        file: `${payments}/expire-due.ts`,
        find: "where status = 'open' and expires_at",
        replace: "where status in ('open', 'processing', 'awaiting_approval') and expires_at",
      },
    ],
    tests: [settling],
  },
  {
    name: "paid-invoice-given-out",
    defect: "An invoice that late money has paid is given out again while another payment of it is open",
    changes: [
      {
        file: `${payments}/create-payment.ts`,
        find: 'const paid = live.status === "paid" ? live.id : await findPaidSibling(tx, live);',
        replace: 'const paid = live.status === "paid" ? live.id : undefined;',
      },
    ],
    tests: [`${payments}/create-payment.test.ts`],
  },
  {
    name: "cancelled-with-buyer-at-bank",
    defect: "A payment can be cancelled while its buyer is at the bank",
    changes: [
      {
        file: `${payments}/change-payment.ts`,
        find: "    if (found.attempts.some(isInFlight)) {",
        replace: "    if (false) {",
      },
    ],
    tests: [`${payments}/create-payment.test.ts`],
  },
  {
    name: "second-attempt-unwarned",
    defect: "A buyer whose first attempt is undecided is sent to a bank again without a warning",
    changes: [
      {
        file: `${payments}/begin-attempt.ts`,
        find: '  if (last !== undefined && !input.confirmed) return { kind: "undecided", attempt: last };\n',
        replace: "",
      },
    ],
    tests: [model, "packages/server/src/http/checkout"],
  },
  {
    name: "requery-waits-for-lock",
    defect: "A process that looks for attempts to ask about waits for another one's (no SKIP LOCKED)",
    changes: [
      { file: `${payments}/requery-due.ts`, find: "limit $2 for update skip locked`", replace: "limit $2 for update`" },
    ],
    tests: [`${payments}/requery-side-by-side.test.ts`],
  },
  {
    name: "requery-without-lock",
    defect: "Two processes that find the same attempt due both ask about it",
    changes: [{ file: `${payments}/requery-due.ts`, find: "limit $2 for update skip locked`", replace: "limit $2`" }],
    tests: [`${payments}/requery-side-by-side.test.ts`],
  },
  {
    name: "requery-in-step",
    defect: "Enquiries that were planned together stay together: the jitter is gone",
    changes: [
      { file: `${payments}/requery-schedule.ts`, find: "const jitterShare = 0.1;", replace: "const jitterShare = 0;" },
    ],
    tests: [`${payments}/requery-schedule.test.ts`],
  },
  {
    name: "one-fails-all",
    defect: "A payment that the schema refuses fails all that are written with it",
    changes: [
      {
        file: "packages/server/src/db/shared-statements.ts",
        find: "const ofOneAlone = /^(22|23|55P03$|40P01$)/;",
        replace: "const ofOneAlone = /^(55P03$|40P01$)/;",
      },
    ],
    tests: ["packages/server/src/payments/insert-payments.test.ts"],
  },
  {
    name: "waits-with-another",
    defect: "A payment waits for the lock that another one needs, only because both came at the same moment",
    changes: [
      {
        file: "packages/server/src/payments/insert-payments.ts",
        find: "const patienceMs = 50;",
        replace: "const patienceMs = 2_900;",
      },
    ],
    tests: ["packages/server/src/payments/insert-payments.test.ts"],
  },
  {
    name: "payment-without-its-record",
    defect: "Of calls that come at once, one whose key has been used gets a payment all the same",
    changes: [
      {
        file: "packages/server/src/payments/insert-payments.ts",
        find: 'onlyIf: "i.request_id in (select request_id from record)",',
        replace: 'onlyIf: "true",',
      },
    ],
    tests: ["packages/server/src/payments/insert-payments.test.ts"],
  },
  {
    name: "never-looked-again",
    defect: "A buyer whom the exchange had not heard of for half an hour is never asked about again",
    changes: [
      { file: decide, find: "        nextEnquiryAt: new Date(now.getTime() + neverReachedAfterMs),\n", replace: "" },
    ],
    tests: [`${payments}/given-up.test.ts`],
  },
  {
    name: "no-last-look",
    defect: "A buyer who reached the exchange hours later is not found a day after setting out",
    changes: [
      {
        file: `${payments}/requery-due.ts`,
        find: ": lateLookAt(attempt, now, fault === undefined);",
        replace: ": null;",
      },
    ],
    tests: [`${payments}/given-up.test.ts`],
  },
  {
    name: "late-look-lost",
    defect: "A late look at a buyer who was given up is not taken again where the network was away just then",
    changes: [
      {
        file: `${payments}/requery-due.ts`,
        find: "if (fault === undefined || scheduled === null) return scheduled;",
        replace: "if (fault === undefined || !isInFlight(attempt)) return scheduled;",
      },
    ],
    tests: [`${payments}/given-up.test.ts`],
  },
  {
    name: "contradiction-asked-once",
    defect: "The question that a contradiction raises is not asked again where the network did not answer it",
    changes: [
      {
        file: `${payments}/requery-due.ts`,
        find: "if (!isInFlight(attempt) && (!wasPlanned || !gateway.rail.canEnquire(attempt.sent))) return null;",
        replace: 'if (!isInFlight(attempt) && attempt.reason !== "never_reached_bank") return null;',
      },
    ],
    tests: [`${payments}/requery-again.test.ts`],
  },
  {
    name: "repeat-tells-nobody",
    defect: "A call that is repeated without its callback address switches the callbacks of its payment off",
    changes: [
      {
        file: `${payments}/create-payment.ts`,
        find: "callbackUrl: callbackUrl ?? keptUrl }",
        replace: "callbackUrl }",
      },
    ],
    tests: [`${payments}/create-payment.test.ts`],
  },
  {
    name: "due-while-looking",
    defect: "An order that falls due while others are asked about waits for the next round",
    changes: [
      {
        file: `${payments}/requery-due.ts`,
        find: "const lookAgain = !isStopping && underway.size > 0;",
        replace: "const lookAgain = false;",
      },
    ],
    tests: [`${payments}/requery-again.test.ts`],
  },
  {
    name: "late-looks-without-end",
    defect: "What the network never answers about is asked about for ever",
    changes: [
      { file: `${payments}/requery-schedule.ts`, find: "isAnswered || ageMs >= lateLooksEndMs", replace: "isAnswered" },
    ],
    tests: [`${payments}/given-up.test.ts`],
  },
  {
    name: "known-after-all-forgotten",
    defect: "An attempt that was given up and is known to the exchange after all stays failed, and is not asked about",
    changes: [
      {
        file: decide,
        find: 'if (attempt.railTransactionId !== "" || verdict.transactionId !== "") return reopened(situation);',
        replace: "",
      },
    ],
    tests: [`${payments}/decide.test.ts`, `${payments}/given-up.test.ts`],
  },
  {
    name: "refused-after-all-a-case",
    defect: "The bank's refusal of a buyer who was given up is shown to the operator as a contradiction",
    changes: [
      {
        file: decide,
        find: '  if (route !== "indirect" && verdict.outcome === "failed") return explained(situation);\n',
        replace: '  if (route !== "indirect" && verdict.outcome === "failed") return decideByOutcome(situation);\n',
      },
    ],
    tests: [`${payments}/decide.test.ts`],
  },
  {
    name: "late-look-unwritten",
    defect: "A late look whose answer could not be written down counts as taken",
    changes: [
      {
        file: `${payments}/requery-due.ts`,
        find: "fault = error instanceof EnquiryFailed ? error : { isTransportFault: true };",
        replace: "fault = error instanceof EnquiryFailed ? error : undefined;",
      },
    ],
    tests: [`${payments}/given-up.test.ts`],
  },
  {
    name: "erased-before-the-last-look",
    defect: "A buyer's data is erased while the exchange is still to be asked, which wants it repeated",
    changes: [
      {
        file: "packages/server/migrations/0017_erasure_after_looks.sql",
        find: "a.next_enquiry_at is not null)",
        replace: "a.next_enquiry_at is not null and false)",
      },
    ],
    tests: [`${payments}/given-up.test.ts`],
  },
  {
    name: "plan-overwritten",
    defect: "A buyer who comes back while the network is being asked waits for the schedule",
    changes: [
      {
        file: `${payments}/requery-due.ts`,
        find: "case when date_trunc('milliseconds', next_enquiry_at) is not distinct from $3 then",
        replace: "case when $3::timestamptz is null or true then",
      },
    ],
    tests: [`${payments}/requery-due.test.ts`],
  },
];
