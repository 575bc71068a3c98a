import { array, integer, literal, nullable, object, oneOf, optional, string } from "./json-schema.ts";
import { attemptStatuses, certainties, locales, paymentFlags, paymentModels, paymentStatuses } from "./payment.ts";

export const modelSchema = oneOf(paymentModels, '"b2c" for a personal account or "b2b1" for a company account');
export const localeSchema = oneOf(locales, '"en" or "ms"');
export const statusSchema = oneOf(paymentStatuses, `one of ${paymentStatuses.join(", ")}`);

const attemptSchema = object({
  id: string(),
  number: integer(),
  status: oneOf(attemptStatuses, "where the attempt stands"),
  model: modelSchema,
  bank: string(),
  bank_name: string(),
  rail_code: string(),
  reason: string(),
  message: string(),
  buyer_message: object({ en: string(), ms: string() }),
  rail_transaction_id: string(),
  order_number: string(),
  created_at: string(),
  concluded_at: nullable("string"),
});

/** A payment as it is answered, and as events tell it; `payment.ts` says what each member means. */
export const paymentSchema = object({
  id: string(),
  object: literal("payment"),
  collection: string(),
  amount: integer(),
  currency: literal("MYR"),
  invoice: string(),
  description: string(),
  status: statusSchema,
  certainty: oneOf(certainties, "how sure the status is"),
  next_check_at: nullable("string"),
  flags: array(oneOf(paymentFlags, "what a person should know")),
  model: nullable("string"),
  bank: nullable("string"),
  buyer: object({
    name: optional(string()),
    email: optional(string()),
    phone: optional(string()),
  }),
  success_url: string(),
  failure_url: string(),
  callback_url: nullable("string"),
  checkout_url: string(),
  locale: localeSchema,
  metadata: object({}, { additionalProperties: true }),
  attempts: array(attemptSchema),
  created_at: string(),
  updated_at: string(),
  expires_at: string(),
  paid_at: nullable("string"),
});
