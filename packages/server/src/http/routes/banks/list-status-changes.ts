import { array, boolean, closed, literal, nullable, object, optional, string } from "@kineticpay/contract/json-schema";
import type { PaymentModel } from "@kineticpay/contract/payment";
import { modelSchema } from "@kineticpay/contract/payment-schema";
import type { BankStatusChange } from "../../../banks/bank-status-store.ts";
import { readStatusChanges } from "../../../banks/read-bank-status.ts";
import type { Gateway } from "../../../gateway.ts";
import type { Route } from "../../route.ts";
import { defaultPage, limitSchema } from "../page-schema.ts";

interface Query {
  readonly model?: PaymentModel;
  readonly limit?: string;
  readonly starting_after?: string;
}

const query = closed({
  model: optional(modelSchema),
  limit: limitSchema,
  starting_after: optional(
    string({
      pattern: "^bsc_[0-9A-HJKMNP-TV-Z]{26}$",
      description: "the id of the last change of the page before",
    }),
  ),
});

const changeSchema = object({
  id: string(),
  object: literal("bank_status_change"),
  bank: string(),
  model: modelSchema,
  name: string(),
  online: boolean(),
  since: string(),
  previous_since: nullable("string"),
});

const changeView = (gateway: Gateway, change: BankStatusChange) => ({
  id: change.id,
  object: "bank_status_change",
  bank: change.bankId,
  model: change.model,
  name: gateway.rail.bankName(change.model, change.bankId),
  online: change.online,
  since: change.since.toISOString(),
  previous_since: change.previousSince?.toISOString() ?? null,
});

/** When a bank went offline and came back, newest first. */
export const listStatusChanges: Route<{ id: string }, Query> = {
  method: "GET",
  url: "/api/v2/banks/:id/status_changes",
  summary: "List when a bank went offline and came back",
  scope: "payments:read",
  params: object({ id: string() }),
  query,
  answer: object({ object: literal("list"), data: array(changeSchema), has_more: boolean() }),
  errors: ["fields_invalid", "resource_missing"],
  handle: async ({ gateway, params, query: asked }) => {
    const page = await readStatusChanges(gateway, {
      bankId: params.id,
      model: asked.model ?? null,
      limit: asked.limit === undefined ? defaultPage : Number(asked.limit),
      startingAfter: asked.starting_after ?? null,
    });
    return { object: "list", data: page.items.map((each) => changeView(gateway, each)), has_more: page.hasMore };
  },
};
