import { paymentSchema } from "@kineticpay/contract/payment-schema";
import { paymentView } from "../../../payments/payment-view.ts";
import { readPayment } from "../../../payments/read-payments.ts";
import { requeryPayment } from "../../../payments/requery-payment.ts";
import type { Route } from "../../route.ts";
import { paymentParams } from "./payment-schema.ts";

export const requery: Route<{ id: string }> = {
  method: "POST",
  url: "/api/v2/payments/:id/requery",
  summary: "Ask the bank network now",
  scope: "payments:write",
  params: paymentParams,
  answer: paymentSchema,
  errors: ["resource_missing", "bank_timeout", "bank_offline", "bank_bad_response"],
  check: ({ gateway, caller, params }) => readPayment(gateway, caller.collectionId, params.id),
  handle: async ({ gateway, caller, params }) => {
    const { payment, attempts } = await requeryPayment(gateway, caller.collectionId, params.id);
    return paymentView(gateway, payment, attempts);
  },
};
