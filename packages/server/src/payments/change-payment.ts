import type { Meta } from "@kineticpay/contract/errors/entry";
import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import type { BuyerView } from "@kineticpay/contract/payment";
import type { Tx } from "../db/db.ts";
import type { Gateway } from "../gateway.ts";
import { applyChange, closed } from "./apply.ts";
import { isInFlight, isUnpaid, type PaymentWithAttempts } from "./payment.ts";
import { readPayment } from "./read-payments.ts";
import { attemptsOf, lockPayment } from "./store.ts";

export interface PaymentChange {
  readonly description?: string;
  readonly metadata?: Meta;
  readonly buyer?: BuyerView;
  /** Seconds from now. */
  readonly expiresInS?: number;
}

function refuse(found: PaymentWithAttempts, action: string, allowed: readonly string[], detail = ""): GatewayError {
  const { id, status } = found.payment;
  return new GatewayError("state_not_allowed", { meta: { payment: id, status, action, allowed, detail } });
}

async function locked(
  gateway: Gateway,
  id: string,
  work: (found: PaymentWithAttempts, tx: Tx) => Promise<PaymentWithAttempts>,
): Promise<PaymentWithAttempts> {
  const result = await gateway.db.transaction("payments.change", async (tx) => {
    const payment = await lockPayment(tx, id);
    if (payment === undefined) throw new Error(`payment ${id} vanished`);
    return work({ payment, attempts: await attemptsOf(tx, [id]) }, tx);
  });
  gateway.wakeups.wake("deliver");
  return result;
}

/**
 * Changes what may change of an unpaid payment.
 * @throws GatewayError resource_missing, state_not_allowed
 */
export async function updatePaymentDetails(
  gateway: Gateway,
  collectionId: string,
  id: string,
  change: PaymentChange,
): Promise<PaymentWithAttempts> {
  await readPayment(gateway, collectionId, id);
  return locked(gateway, id, async (found, tx) => {
    if (!isUnpaid(found.payment)) throw refuse(found, "changed", ["open", "processing", "awaiting_approval"]);
    const now = gateway.clock.now();
    const { expiresInS, ...rest } = change;
    const expiry = expiresInS === undefined ? {} : { expiresAt: new Date(now.getTime() + expiresInS * 1000) };
    const payment = await applyChange(
      gateway,
      tx,
      { ...found.payment, ...rest, ...expiry, updatedAt: now },
      found.attempts,
      ["payment.updated"],
    );
    return { payment, attempts: found.attempts };
  });
}

/**
 * Withdraws a payment that nobody is paying. Cancelling a cancelled payment changes nothing and succeeds.
 * @throws GatewayError resource_missing, state_not_allowed
 */
export async function cancelPayment(gateway: Gateway, collectionId: string, id: string): Promise<PaymentWithAttempts> {
  await readPayment(gateway, collectionId, id);
  return locked(gateway, id, async (found, tx) => {
    if (found.payment.status === "cancelled") return found;
    if (!isUnpaid(found.payment)) throw refuse(found, "cancelled", ["open"]);
    if (found.attempts.some(isInFlight)) {
      throw refuse(
        found,
        "cancelled",
        ["open"],
        "a buyer is at the bank, and the money may already be moving; requery it, and cancel once the attempt has ended",
      );
    }
    const payment = closed(found.payment, "cancelled", gateway.clock.now());
    return {
      payment: await applyChange(gateway, tx, payment, found.attempts, ["payment.cancelled"]),
      attempts: found.attempts,
    };
  });
}
