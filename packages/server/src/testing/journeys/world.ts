import type { TestGateway } from "../test-gateway.ts";
import type { TestShop } from "../test-shop.ts";
import type { Traveller } from "../traveller.ts";

/** What a journey goes through. */
export interface World {
  readonly test: TestGateway;
  readonly traveller: Traveller;
  readonly merchantKey: string;
  /** Where webhooks arrive. */
  readonly shop: TestShop;
}

/** A request for a payment that would be accepted. */
export function paymentBody(invoice: string, change: Readonly<Record<string, unknown>> = {}) {
  return {
    amount: 1250,
    invoice,
    description: "Two tickets",
    success_url: "https://shop.example/thanks",
    failure_url: "https://shop.example/again",
    ...change,
  };
}

/** Tries again until it succeeds, or fails for ten seconds. */
export async function eventually(attempt: () => Promise<unknown>): Promise<void> {
  const deadlineMs = performance.now() + 10_000;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Has the form of an id, and names nothing. */
export const nothing = (prefix: string) => `${prefix}_01KG9Q2W0000000000000000ZZ`;
