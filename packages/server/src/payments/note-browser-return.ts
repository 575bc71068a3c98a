import type { Gateway } from "../gateway.ts";
import type { Attempt } from "./payment.ts";
import { markBrowserReturned } from "./store.ts";

/**
 * Notes that the buyer's browser is being sent back to the shop for this attempt.
 * @returns true the first time; a buyer who comes again is shown our page instead of being sent away once more
 */
export function noteBrowserReturn(gateway: Gateway, attempt: Attempt): Promise<boolean> {
  return markBrowserReturned(gateway.db, attempt.id, gateway.clock.now());
}
