import { paymentSchema } from "@kineticpay/contract/payment-schema";
import { cancelPayment } from "../../../payments/change-payment.ts";
import { paymentView } from "../../../payments/payment-view.ts";
import type { Route } from "../../route.ts";
import { paymentParams } from "./payment-schema.ts";

export const cancel: Route<{ id: string }> = {
  method: "POST",
  url: "/api/v2/payments/:id/cancel",
  summary: "Withdraw a payment that nobody is paying",
  scope: "payments:write",
  params: paymentParams,
  answer: paymentSchema,
  errors: ["resource_missing", "state_not_allowed"],
  handle: async ({ gateway, caller, params }) => {
    const { payment, attempts } = await cancelPayment(gateway, caller.collectionId, params.id);
    return paymentView(gateway, payment, attempts);
  },
};
