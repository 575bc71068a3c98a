import { accessMutants } from "./list/access.ts";
import { bankMessageMutants } from "./list/bank-messages.ts";
import { clientMutants } from "./list/client.ts";
import { idempotencyMutants } from "./list/idempotency.ts";
import { paymentMutants } from "./list/payments.ts";
import { refusalMutants } from "./list/refusals.ts";
import { settlementMutants } from "./list/settlements.ts";
import { storageMutants } from "./list/storage.ts";
import { webhookMutants } from "./list/webhooks.ts";
import type { Mutant } from "./mutant.ts";

/** Every defect that the tests must notice. */
export const mutants: readonly Mutant[] = [
  ...paymentMutants,
  ...settlementMutants,
  ...bankMessageMutants,
  ...accessMutants,
  ...idempotencyMutants,
  ...storageMutants,
  ...webhookMutants,
  ...clientMutants,
  ...refusalMutants,
];
