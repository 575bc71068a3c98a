import { closed, integer, literal, optional, string } from "@kineticpay/contract/json-schema";
import type { BuyerView, Locale, PaymentModel } from "@kineticpay/contract/payment";
import { localeSchema, modelSchema, paymentSchema } from "@kineticpay/contract/payment-schema";
import { createPayment, createPaymentAtOnce, type NewPayment } from "../../../payments/create-payment.ts";
import { paymentView } from "../../../payments/payment-view.ts";
import type { Call, Route } from "../../route.ts";
import {
  buyerSchema,
  callbackUrlSchema,
  descriptionSchema,
  expiresInSchema,
  failureUrlSchema,
  invoiceSchema,
  metadataSchema,
  successUrlSchema,
} from "./payment-schema.ts";

interface Body {
  readonly amount: number;
  readonly currency?: "MYR";
  readonly invoice: string;
  readonly description?: string;
  readonly buyer?: BuyerView;
  readonly bank?: string;
  readonly model?: PaymentModel;
  readonly success_url: string;
  readonly failure_url: string;
  readonly callback_url?: string;
  readonly expires_in?: number;
  readonly metadata?: Record<string, string | number | boolean | null>;
  readonly locale?: Locale;
}

export const dayS = 24 * 60 * 60;

const body = closed({
  amount: integer({
    minimum: 1,
    maximum: 1_000_000_000,
    description: "a whole number of sen: 1250 is RM 12.50",
  }),
  currency: optional(literal("MYR", { description: 'always "MYR", or left out' })),
  invoice: invoiceSchema,
  description: optional(descriptionSchema),
  buyer: optional(buyerSchema),
  bank: optional(
    string({
      maxLength: 20,
      pattern: "^[A-Za-z0-9]*$",
      description: 'an FPX bank id from GET /api/v2/banks, such as "MB2U0227"',
    }),
  ),
  model: optional(modelSchema),
  success_url: successUrlSchema,
  failure_url: failureUrlSchema,
  callback_url: optional(callbackUrlSchema),
  expires_in: optional(expiresInSchema),
  metadata: optional(metadataSchema),
  locale: optional(localeSchema),
});

function newPayment({ gateway, body: input }: Call<unknown, unknown, Body>): NewPayment {
  return {
    protocol: "v2",
    amountSen: input.amount,
    invoice: input.invoice,
    description: input.description ?? "",
    model: input.model ?? null,
    bankId: input.bank === undefined || input.bank === "" ? null : gateway.rail.resolveBankId(input.bank),
    buyer: input.buyer ?? {},
    successUrl: input.success_url,
    failureUrl: input.failure_url,
    callbackUrl: input.callback_url ?? null,
    expiresInS: input.expires_in ?? dayS,
    locale: input.locale ?? "en",
    metadata: input.metadata ?? {},
  };
}

/** Asks for a payment. The same invoice and amount again return the payment that is there. */
export const create: Route<unknown, unknown, Body> = {
  method: "POST",
  url: "/api/v2/payments",
  summary: "Ask for a payment",
  scope: "payments:write",
  body,
  answer: paymentSchema,
  errors: [
    "json_malformed",
    "body_too_large",
    "media_type_unsupported",
    "fields_invalid",
    "amount_out_of_range",
    "invoice_already_paid",
    "invoice_conflict",
  ],
  handle: async (call) => {
    const { payment, attempts } = await createPayment(call.gateway, call.caller, newPayment(call));
    return paymentView(call.gateway, payment, attempts);
  },
  atOnce: (call, keep) => createPaymentAtOnce(call.gateway, call.caller, newPayment(call), keep),
};
