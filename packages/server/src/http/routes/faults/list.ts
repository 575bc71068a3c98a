import { array, boolean, literal, object } from "@kineticpay/contract/json-schema";
import { listRules } from "../../../faults/rules.ts";
import type { Route } from "../../route.ts";
import { faultSchema, faultView } from "./fault-schema.ts";

/** The faults that are asked for now, in the order in which they are tried. */
export const listFaults: Route = {
  method: "GET",
  url: "/api/v2/sandbox/faults",
  summary: "List faults that are asked for, in the sandbox",
  scope: "payments:read",
  sandboxOnly: true,
  answer: object({ object: literal("list"), data: array(faultSchema), has_more: boolean() }),
  errors: [],
  handle: async ({ gateway, caller }) => ({
    object: "list",
    data: (await listRules(gateway, caller.collectionId)).map(faultView),
    has_more: false,
  }),
};
