import { bankOutage } from "./bank-outage.ts";
import { businessApproved, businessRejected } from "./business.ts";
import { duplicate, lateSuccess } from "./late-and-twice.ts";
import { messageLost, messageTwice, paid, paidTabClosed, pendingThenPaid, returnFirst } from "./paid.ts";
import type { Scenario } from "./scenario.ts";
import { buyerCancels, cancelled, expired, failedThenPaid, insufficientFunds, sessionTimeout } from "./unpaid.ts";

/** Every scenario, in the order in which they are listed. */
export const scenarios: readonly Scenario[] = [
  paid,
  paidTabClosed,
  pendingThenPaid,
  returnFirst,
  messageLost,
  messageTwice,
  insufficientFunds,
  buyerCancels,
  sessionTimeout,
  failedThenPaid,
  lateSuccess,
  duplicate,
  businessApproved,
  businessRejected,
  expired,
  cancelled,
  bankOutage,
];
