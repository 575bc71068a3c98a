import { paymentSchema } from "@kineticpay/contract/payment-schema";
import { paymentView } from "../../../payments/payment-view.ts";
import { readPayment } from "../../../payments/read-payments.ts";
import type { Route } from "../../route.ts";
import { paymentParams } from "./payment-schema.ts";

export const get: Route<{ id: string }> = {
  method: "GET",
  url: "/api/v2/payments/:id",
  summary: "Read a payment",
  scope: "payments:read",
  params: paymentParams,
  answer: paymentSchema,
  errors: ["resource_missing"],
  handle: async ({ gateway, caller, params }) => {
    const { payment, attempts } = await readPayment(gateway, caller.collectionId, params.id);
    return paymentView(gateway, payment, attempts);
  },
};
