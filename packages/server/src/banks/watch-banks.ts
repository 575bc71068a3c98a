import { paymentModels } from "@kineticpay/contract/payment";
import type { Gateway } from "../gateway.ts";

/**
 * Looks at every bank from time to time, so that their history has no holes at night, when no buyer looks. What is new in a
 * list is kept wherever it was asked for.
 * @returns 0, since there is never more to look at
 */
export async function watchBanks(gateway: Gateway): Promise<number> {
  if (gateway.config.bankWatchIntervalS === 0) return 0;
  await Promise.all(paymentModels.map((model) => gateway.rail.banks(model)));
  return 0;
}
