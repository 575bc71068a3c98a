import { closed, optional } from "@kineticpay/contract/json-schema";
import type { BuyerView } from "@kineticpay/contract/payment";
import { paymentSchema } from "@kineticpay/contract/payment-schema";
import { updatePaymentDetails } from "../../../payments/change-payment.ts";
import { paymentView } from "../../../payments/payment-view.ts";
import type { Route } from "../../route.ts";
import { buyerSchema, descriptionSchema, expiresInSchema, metadataSchema, paymentParams } from "./payment-schema.ts";

interface Body {
  readonly description?: string;
  readonly metadata?: Record<string, string | number | boolean | null>;
  readonly buyer?: BuyerView;
  readonly expires_in?: number;
}

const body = closed({
  description: optional(descriptionSchema),
  metadata: optional(metadataSchema),
  buyer: optional(buyerSchema),
  expires_in: optional(expiresInSchema),
});

/** Changes an unpaid payment. What is given replaces what was there, whole. */
export const update: Route<{ id: string }, unknown, Body> = {
  method: "PATCH",
  url: "/api/v2/payments/:id",
  summary: "Change an unpaid payment",
  scope: "payments:write",
  params: paymentParams,
  body,
  answer: paymentSchema,
  errors: [
    "json_malformed",
    "body_too_large",
    "media_type_unsupported",
    "fields_invalid",
    "resource_missing",
    "state_not_allowed",
  ],
  handle: async ({ gateway, caller, params, body: input }) => {
    const { payment, attempts } = await updatePaymentDetails(gateway, caller.collectionId, params.id, {
      ...(input.description === undefined ? {} : { description: input.description }),
      ...(input.metadata === undefined ? {} : { metadata: input.metadata }),
      ...(input.buyer === undefined ? {} : { buyer: input.buyer }),
      ...(input.expires_in === undefined ? {} : { expiresInS: input.expires_in }),
    });
    return paymentView(gateway, payment, attempts);
  },
};
