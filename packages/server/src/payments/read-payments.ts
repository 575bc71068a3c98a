import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { isId } from "@kineticpay/contract/ids";
import { shownText } from "@kineticpay/contract/shown-text";
import type { Gateway } from "../gateway.ts";
import { findByCheckout, findByInvoice, findPayment } from "./find-payment.ts";
import type { PaymentWithAttempts } from "./payment.ts";
import { attemptsOf, findNearInvoice, type ListFilter, listPayments } from "./store.ts";

function missing(resource: string, id: string, nearest = ""): GatewayError {
  return new GatewayError("resource_missing", { meta: { resource, id, nearest } });
}

/**
 * One payment of a collection.
 * @throws GatewayError resource_missing, alike for what does not exist and for what belongs to another
 */
export async function readPayment(gateway: Gateway, collectionId: string, id: string): Promise<PaymentWithAttempts> {
  if (!isId("payment", id)) throw missing("payment", shownText(id));
  const found = await findPayment(gateway.db, collectionId, id);
  if (found === undefined) throw missing("payment", id);
  return found;
}

/**
 * What an invoice's status is asked of: the paid payment, else the newest.
 * @throws GatewayError resource_missing, which names an invoice that differs only by a prefix or suffix
 */
export async function readByInvoice(
  gateway: Gateway,
  collectionId: string,
  invoice: string,
): Promise<PaymentWithAttempts> {
  const found = await findByInvoice(gateway.db, collectionId, invoice);
  if (found === undefined) throw missing("invoice", invoice, await findNearInvoice(gateway.db, collectionId, invoice));
  return found;
}

/** The payment behind a checkout page; undefined when the address is wrong. */
export async function readByCheckout(gateway: Gateway, checkoutId: string): Promise<PaymentWithAttempts | undefined> {
  return /^cs_[0-9a-f]{40}$/.test(checkoutId) ? findByCheckout(gateway.db, checkoutId) : undefined;
}

export interface PaymentPage {
  readonly items: readonly PaymentWithAttempts[];
  readonly hasMore: boolean;
}

/** A page of a collection's payments, newest first, with their attempts, in two statements however long it is. */
export async function readPayments(gateway: Gateway, filter: ListFilter): Promise<PaymentPage> {
  const found = await listPayments(gateway.db, { ...filter, limit: filter.limit + 1 });
  const payments = found.slice(0, filter.limit);
  const attempts = await attemptsOf(
    gateway.db,
    payments.map((payment) => payment.id),
  );
  const items = payments.map((payment) => ({
    payment,
    attempts: attempts.filter((attempt) => attempt.paymentId === payment.id),
  }));
  return { items, hasMore: found.length > filter.limit };
}
