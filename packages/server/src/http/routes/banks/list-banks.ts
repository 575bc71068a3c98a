import { array, boolean, closed, literal, nullable, object, optional, string } from "@kineticpay/contract/json-schema";
import type { PaymentModel } from "@kineticpay/contract/payment";
import { modelSchema } from "@kineticpay/contract/payment-schema";
import { offlineSince } from "../../../banks/read-bank-status.ts";
import { bankFault } from "../../../payments/bank-fault.ts";
import type { Route } from "../../route.ts";

const bankSchema = object({
  object: literal("bank"),
  id: string(),
  name: string(),
  online: boolean(),
  offline_since: nullable("string"),
});

/**
 * The banks a buyer can pay from now, in the order that FPX wants them shown. What FPX said within the last minute is told
 * while it cannot be asked; after that the caller hears so. Checkout pages show every bank then, as a guess that a buyer can
 * try; a program would take it for a fact.
 */
export const listBanks: Route<unknown, { model?: PaymentModel }> = {
  method: "GET",
  url: "/api/v2/banks",
  summary: "List banks and whether they are online",
  scope: "payments:read",
  query: closed({ model: optional(modelSchema) }),
  answer: object({
    object: literal("list"),
    model: string(),
    as_of: string(),
    data: array(bankSchema),
    has_more: boolean(),
  }),
  errors: ["fields_invalid", "bank_bad_response", "bank_offline", "bank_timeout"],
  handle: async ({ gateway, query }) => {
    const list = await gateway.rail.banks(query.model ?? "b2c");
    if (list.asOf === undefined) throw bankFault(list.fault ?? { reason: "unreachable" }, "request for banks", null);
    const since = await offlineSince(gateway, list);
    return {
      object: "list",
      model: list.model,
      as_of: list.asOf.toISOString(),
      data: list.banks.map(({ id, name, online }) => ({
        object: "bank",
        id,
        name,
        online,
        offline_since: since.get(id)?.toISOString() ?? null,
      })),
      has_more: false,
    };
  },
};
