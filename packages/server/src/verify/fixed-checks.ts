import { accountEventChecks } from "./account-event-checks.ts";
import { bookChecks } from "./book-checks.ts";
import { chainChecks } from "./chain-checks.ts";
import type { Check } from "./check.ts";
import { erasureChecks } from "./erasure-checks.ts";
import { eventChecks } from "./event-checks.ts";
import { ownerChecks } from "./owner-checks.ts";
import { paymentChecks } from "./payment-checks.ts";

/** Every check that is the same for all databases. */
export const fixedChecks: readonly Check[] = [
  ...bookChecks,
  ...paymentChecks,
  ...eventChecks,
  ...accountEventChecks,
  ...ownerChecks,
  ...erasureChecks,
  ...chainChecks,
];
