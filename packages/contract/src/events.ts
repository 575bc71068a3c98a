/** Every event that the gateway records. An event is written in the same transaction as the fact it tells. */
export const eventCatalogue = {
  "payment.created": "A payment was asked for.",
  "payment.updated": "Its description, metadata, buyer, addresses or expiry were changed.",
  "payment.processing": "The buyer was sent to a bank; the outcome is not known yet.",
  "payment.awaiting_approval": "A company's maker has paid; its approver has yet to approve.",
  "payment.paid": "The bank network confirmed the money. Sent once per payment.",
  "payment.attempt_failed": "One attempt ended without money moving; the buyer may try again.",
  "payment.expired": "Nobody paid in time.",
  "payment.cancelled": "The merchant withdrew the payment.",
  "payment.late_success":
    "The money of an expired or cancelled payment arrived after all. Decide whether to deliver or refund.",
  "payment.duplicate_success":
    "A second payment of money arrived for what was already paid. It is owed back to the buyer.",
} as const;

export type EventType = keyof typeof eventCatalogue;
export const eventTypes = Object.keys(eventCatalogue) as readonly EventType[];
