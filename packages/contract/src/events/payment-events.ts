import type { PaymentView } from "../payment.ts";
import { paymentSchema } from "../payment-schema.ts";
import type { CallbackFormat, EventEntry } from "./entry.ts";
import { exampleAttempt, examplePayment, failedAttempt, paidPayment, succeededAttempt } from "./examples.ts";

const secondAttempt = { number: 2, id: "att_01KG9Q2Z0C5V8G3S1N7Q9X4BTE", order_number: "KP01KG9Q2Z0C5V8G3S1N7Q9X4BTE" };

function paymentEvent(
  summary: string,
  recorded: string,
  callbacks: readonly CallbackFormat[],
  change: Partial<PaymentView>,
): EventEntry<PaymentView> {
  const example = { ...examplePayment, ...change };
  return { summary, recorded, audience: "collection", callbacks, dataName: "Payment", schema: paymentSchema, example };
}

/** What happens to payments and to their attempts. `data` is the payment as it is after the change. */
export const paymentEvents = {
  "payment.created": paymentEvent(
    "A payment was asked for.",
    "When a payment is created, over either API. Asking again for the same live payment records nothing.",
    [],
    {},
  ),
  "payment.updated": paymentEvent(
    "Its description, metadata, buyer, addresses or expiry were changed.",
    "When a PATCH changes an unpaid payment, or when the same payment is asked for again with other addresses.",
    [],
    { description: "Three tickets" },
  ),
  "payment.processing": paymentEvent(
    "The buyer was sent to a bank; the outcome is not known yet.",
    "For every attempt, when the buyer leaves for the bank. Once more for one that failed as `never_reached_bank`, if the network knows of it after all and the payment can still be paid. `attempt` names it.",
    [],
    {
      status: "processing",
      certainty: "unknown",
      next_check_at: "2026-01-31T04:02:30.000Z",
      attempts: [exampleAttempt],
    },
  ),
  "payment.awaiting_approval": paymentEvent(
    "A company's maker has paid; its approver has yet to approve.",
    "When an attempt from a company account waits for a second person, and no other attempt is at a bank.",
    ["v2"],
    {
      status: "awaiting_approval",
      certainty: "provisional",
      model: "b2b1",
      next_check_at: "2026-01-31T05:00:30.000Z",
      attempts: [
        { ...exampleAttempt, model: "b2b1", status: "awaiting_approval", rail_code: "99", reason: "pending_approval" },
      ],
    },
  ),
  "payment.paid": paymentEvent(
    "The bank network confirmed the money. Sent once per payment.",
    "When the network's word, and not the browser's, says that the money was taken. Never a second time.",
    ["v2", "wire"],
    paidPayment,
  ),
  "payment.attempt_failed": paymentEvent(
    "One attempt ended without money moving; the buyer may try again.",
    "For every attempt that is concluded without money. `attempt` names it, and its `reason` says why.",
    ["v2", "wire"],
    { attempts: [failedAttempt] },
  ),
  "payment.expired": paymentEvent(
    "Nobody paid in time.",
    "When `expires_at` has passed, no attempt is undecided, and the network has said that nothing was paid.",
    ["v2"],
    { status: "expired", updated_at: "2026-02-01T04:00:01.000Z" },
  ),
  "payment.cancelled": paymentEvent(
    "The merchant withdrew the payment.",
    "When a payment is cancelled, or on the wire protocol replaced by one of another amount.",
    ["v2"],
    { status: "cancelled", updated_at: "2026-01-31T04:05:00.000Z" },
  ),
  "payment.late_success": paymentEvent(
    "The money of an expired or cancelled payment arrived after all. Decide whether to deliver or refund.",
    "Right after the `payment.paid` of a payment that had ended unpaid.",
    ["v2"],
    { ...paidPayment, flags: ["late_success"] },
  ),
  "payment.duplicate_success": paymentEvent(
    "A second payment of money arrived for what was already paid. It is owed back to the buyer.",
    "For every attempt that succeeds after its payment, or another payment of the same invoice, was paid.",
    ["v2"],
    {
      ...paidPayment,
      flags: ["duplicate_success"],
      attempts: [succeededAttempt, { ...succeededAttempt, ...secondAttempt, rail_transaction_id: "2601311200000002" }],
    },
  ),
} as const satisfies Readonly<Record<string, EventEntry<PaymentView>>>;
