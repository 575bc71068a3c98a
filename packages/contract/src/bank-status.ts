import { boolean, literal, nullable, object, string } from "./json-schema.ts";
import type { PaymentModel } from "./payment.ts";
import { modelSchema } from "./payment-schema.ts";

/** What the bank network says of a bank, for buyers of one model. */
export interface BankStatusView {
  /** The network's id of the bank, as payments name it. */
  readonly id: string;
  readonly object: "bank";
  readonly model: PaymentModel;
  readonly name: string;
  readonly online: boolean;
  /** When the gateway learnt of this state. */
  readonly since: string;
  /** Since when the state before had lasted; null when the gateway does not know. */
  readonly previous_since: string | null;
}

export const bankStatusSchema = object({
  id: string(),
  object: literal("bank"),
  model: modelSchema,
  name: string(),
  online: boolean(),
  since: string(),
  previous_since: nullable("string"),
});
