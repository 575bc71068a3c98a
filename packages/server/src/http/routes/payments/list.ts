import { array, boolean, literal, object, optional, string } from "@kineticpay/contract/json-schema";
import type { PaymentStatus } from "@kineticpay/contract/payment";
import { paymentSchema, statusSchema } from "@kineticpay/contract/payment-schema";
import { paymentView } from "../../../payments/payment-view.ts";
import { readPayments } from "../../../payments/read-payments.ts";
import type { Route } from "../../route.ts";
import { invoiceSchema } from "./payment-schema.ts";

interface Query {
  readonly limit?: string;
  readonly starting_after?: string;
  readonly status?: PaymentStatus;
  readonly invoice?: string;
  readonly created_after?: string;
  readonly created_before?: string;
}

const defaultLimit = 20;
const time = (edge: string) =>
  optional(
    string({
      format: "moment",
      description: `only payments created ${edge} this time, such as "2026-01-31T16:00:00Z"`,
    }),
  );

const query = object(
  {
    limit: optional(string({ pattern: "^([1-9][0-9]?|100)$", description: "a whole number from 1 to 100" })),
    starting_after: optional(
      string({
        pattern: "^pay_[0-9A-HJKMNP-TV-Z]{26}$",
        description: "the id of the last payment of the page before",
      }),
    ),
    status: optional(statusSchema),
    invoice: optional(invoiceSchema),
    created_after: time("after"),
    created_before: time("before"),
  },
  { additionalProperties: false },
);

/** Payments of the key's collection, newest first. */
export const list: Route<unknown, Query> = {
  method: "GET",
  url: "/api/v2/payments",
  summary: "List payments",
  scope: "payments:read",
  query,
  answer: object({ object: literal("list"), data: array(paymentSchema), has_more: boolean() }),
  errors: ["fields_invalid"],
  handle: async ({ gateway, caller, query: asked }) => {
    const page = await readPayments(gateway, {
      collectionId: caller.collectionId,
      limit: asked.limit === undefined ? defaultLimit : Number(asked.limit),
      startingAfter: asked.starting_after ?? null,
      status: asked.status ?? null,
      invoice: asked.invoice ?? null,
      createdAfter: asked.created_after === undefined ? null : new Date(asked.created_after),
      createdBefore: asked.created_before === undefined ? null : new Date(asked.created_before),
    });
    return {
      object: "list",
      data: page.items.map((item) => paymentView(gateway, item.payment, item.attempts)),
      has_more: page.hasMore,
    };
  },
};
