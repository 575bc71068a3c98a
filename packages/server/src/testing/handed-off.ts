import { beginAttempt } from "../payments/begin-attempt.ts";
import { createPayment, type NewPayment } from "../payments/create-payment.ts";
import type { Attempt } from "../payments/payment.ts";
import { newPayment } from "./new-payment.ts";
import type { TestCore } from "./test-core.ts";

/** A payment of the test's merchant whose buyer has just been sent to a bank. */
export async function handedOff(core: TestCore, change: Partial<NewPayment> = {}): Promise<Attempt> {
  const { payment } = await createPayment(core.gateway, core.owner, newPayment(change));
  const begun = await beginAttempt(core.gateway, payment.checkoutId, {
    bankId: "MB2U0227",
    model: "b2c",
    locale: "en",
    confirmed: true,
  });
  if (begun.kind !== "handed_off") throw new Error(`the buyer was not sent to a bank: ${begun.kind}`);
  return begun.attempt;
}
