import type { NewPayment } from "../payments/create-payment.ts";

/** A request for a payment, with what the test cares about. */
export function newPayment(change: Partial<NewPayment> = {}): NewPayment {
  return {
    protocol: "v2",
    amountSen: 1250,
    invoice: "10001",
    description: "Two tickets",
    model: null,
    bankId: null,
    buyer: {},
    successUrl: "https://shop.example/thanks",
    failureUrl: "https://shop.example/again",
    callbackUrl: "https://shop.example/callback",
    expiresInS: 86_400,
    locale: "en",
    metadata: {},
    ...change,
  };
}
