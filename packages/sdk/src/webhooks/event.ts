import type {
  AccountEventType,
  BankEventType,
  EventType,
  PaymentEventType,
} from "@kineticpay/contract/events/catalogue";
import type { AnyEvent, EventView } from "@kineticpay/contract/events/event";

/** One type of event: `EventOf<"payment.paid">`. */
export type EventOf<T extends EventType> = EventView<T>;

/** Any event. `switch (event.type)` tells what `data` is; let types that you do not know pass, since more may be added. */
export type KineticPayEvent = AnyEvent;

/** Any event about a payment; its `data` is the payment. */
export type PaymentEvent = { readonly [T in PaymentEventType]: EventView<T> }[PaymentEventType];

/** Any event about a bank. */
export type BankEvent = { readonly [T in BankEventType]: EventView<T> }[BankEventType];

/** Any event about keys, collections and endpoints. */
export type AccountEvent = { readonly [T in AccountEventType]: EventView<T> }[AccountEventType];

/** True for an event about a payment. */
export function isPaymentEvent(event: KineticPayEvent): event is PaymentEvent {
  return event.type.startsWith("payment.");
}
