import type { PaymentModel } from "@kineticpay/contract/payment";
import Type from "typebox";
import type { Route } from "../../route.ts";
import { modelSchema } from "../payments/payment-schema.ts";

/** The banks a buyer can pay from now, in the order that FPX wants them shown. */
export const listBanks: Route<unknown, { model?: PaymentModel }> = {
  method: "GET",
  url: "/api/v2/banks",
  summary: "List banks and whether they are online",
  scope: "payments:read",
  query: Type.Object({ model: Type.Optional(modelSchema) }, { additionalProperties: false }),
  answer: Type.Object({
    object: Type.Literal("list"),
    model: Type.String(),
    as_of: Type.Union([Type.String(), Type.Null()]),
    data: Type.Array(
      Type.Object({ object: Type.Literal("bank"), id: Type.String(), name: Type.String(), online: Type.Boolean() }),
    ),
    has_more: Type.Boolean(),
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
