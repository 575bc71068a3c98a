import {
  attemptStatuses,
  certainties,
  locales,
  paymentFlags,
  paymentModels,
  paymentStatuses,
} from "@kineticpay/contract/payment";
import Type from "typebox";

const choice = <const T extends readonly string[]>(values: T, description: string) =>
  Type.Enum([...values], { type: "string", description });
const nullable = (type: "string") => Type.Union([Type.Null(), Type.Unsafe<string>({ type })]);

export const modelSchema = choice(paymentModels, '"b2c" for a personal account or "b2b1" for a company account');
export const localeSchema = choice(locales, '"en" or "ms"');
export const statusSchema = choice(paymentStatuses, `one of ${paymentStatuses.join(", ")}`);

const text = (maximum: number, description: string) =>
  Type.String({ minLength: 1, maxLength: maximum, format: "plain-text", description });
const url = (what: string) =>
  Type.String({
    maxLength: 2000,
    format: "web-url",
    description: `${what}: an absolute http or https address without credentials, such as "https://shop.example/orders/10001"`,
  });

export const buyerSchema = Type.Object(
  {
    name: Type.Optional(text(120, 'the buyer\'s name, up to 120 characters, such as "Siti binti Ahmad"')),
    email: Type.Optional(
      Type.String({
        maxLength: 254,
        format: "email-address",
        description: 'an e-mail address, such as "siti@example.com"',
      }),
    ),
    phone: Type.Optional(
      Type.String({ pattern: "^\\+?[0-9 ()-]{5,24}$", description: 'a telephone number, such as "+60 12-345 6789"' }),
    ),
  },
  { additionalProperties: false, description: "an object with name, email and phone, each optional" },
);

export const metadataSchema = Type.Record(
  Type.String({ minLength: 1, maxLength: 40 }),
  Type.Union([Type.String({ maxLength: 500, format: "paragraph" }), Type.Number(), Type.Boolean(), Type.Null()]),
  {
    maxProperties: 50,
    description: "an object of up to 50 names with text (up to 500 characters), numbers, booleans or null",
  },
);

export const descriptionSchema = Type.String({
  maxLength: 1000,
  format: "paragraph",
  description: "what is being paid for, up to 1,000 characters; the bank shows the first 30",
});
export const expiresInSchema = Type.Integer({
  minimum: 1,
  maximum: 2_592_000,
  description: "whole seconds from now, 1 to 2592000 (30 days)",
});
export const invoiceSchema = text(64, 'your own reference for what is paid, 1 to 64 characters, such as "10001"');
export const successUrlSchema = url("where the buyer goes after paying");
export const failureUrlSchema = url("where the buyer goes without having paid");
export const callbackUrlSchema = url("where this gateway posts events of the payment");

export const paymentParams = Type.Object({ id: Type.String() });

/** A payment as it is answered; `contract/payment.ts` says what each member means. */
export const paymentSchema = Type.Object({
  id: Type.String(),
  object: Type.Literal("payment"),
  collection: Type.String(),
  amount: Type.Integer(),
  currency: Type.Literal("MYR"),
  invoice: Type.String(),
  description: Type.String(),
  status: statusSchema,
  certainty: choice(certainties, "how sure the status is"),
  next_check_at: nullable("string"),
  flags: Type.Array(choice(paymentFlags, "what a person should know")),
  model: nullable("string"),
  bank: nullable("string"),
  buyer: Type.Object({
    name: Type.Optional(Type.String()),
    email: Type.Optional(Type.String()),
    phone: Type.Optional(Type.String()),
  }),
  success_url: Type.String(),
  failure_url: Type.String(),
  callback_url: nullable("string"),
  checkout_url: Type.String(),
  locale: localeSchema,
  metadata: Type.Unsafe<Record<string, unknown>>({ type: "object", additionalProperties: true }),
  attempts: Type.Array(
    Type.Object({
      id: Type.String(),
      number: Type.Integer(),
      status: choice(attemptStatuses, "where the attempt stands"),
      model: modelSchema,
      bank: Type.String(),
      bank_name: Type.String(),
      rail_code: Type.String(),
      reason: Type.String(),
      message: Type.String(),
      buyer_message: Type.Object({ en: Type.String(), ms: Type.String() }),
      rail_transaction_id: Type.String(),
      order_number: Type.String(),
      created_at: Type.String(),
      concluded_at: nullable("string"),
    }),
  ),
  created_at: Type.String(),
  updated_at: Type.String(),
  expires_at: Type.String(),
  paid_at: nullable("string"),
});
