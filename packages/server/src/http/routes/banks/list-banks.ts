import { array, boolean, closed, literal, nullable, object, optional, string } from "@kineticpay/contract/json-schema";
import type { PaymentModel } from "@kineticpay/contract/payment";
import { modelSchema } from "@kineticpay/contract/payment-schema";
import type { Route } from "../../route.ts";

/** The banks a buyer can pay from now, in the order that FPX wants them shown. */
export const listBanks: Route<unknown, { model?: PaymentModel }> = {
  method: "GET",
  url: "/api/v2/banks",
  summary: "List banks and whether they are online",
  scope: "payments:read",
  query: closed({ model: optional(modelSchema) }),
  answer: object({
    object: literal("list"),
    model: string(),
    as_of: nullable("string"),
    data: array(object({ object: literal("bank"), id: string(), name: string(), online: boolean() })),
    has_more: boolean(),
  }),
  errors: ["fields_invalid"],
  handle: async ({ gateway, query }) => {
    const list = await gateway.rail.banks(query.model ?? "b2c");
    return {
      object: "list",
      model: list.model,
      as_of: list.asOf?.toISOString() ?? null,
      data: list.banks.map((bank) => ({ object: "bank", id: bank.id, name: bank.name, online: bank.online })),
      has_more: false,
    };
  },
};
