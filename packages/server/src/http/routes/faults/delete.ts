import { array, literal, object, string } from "@kineticpay/contract/json-schema";
import { deleteRules } from "../../../faults/rules.ts";
import { orMissing } from "../../actor.ts";
import type { Route } from "../../route.ts";

/** Takes a rule back, or with `all` every rule of the collection. */
export const deleteFault: Route<{ id: string }> = {
  method: "POST",
  url: "/api/v2/sandbox/faults/:id/delete",
  summary: "Take back a fault, or all of them, in the sandbox",
  scope: "payments:write",
  sandboxOnly: true,
  params: object({ id: string({ description: 'the id of a rule, or "all"' }) }),
  answer: object({ object: literal("deleted_faults"), deleted: array(string()) }),
  errors: ["resource_missing"],
  handle: async ({ gateway, caller, params, request }) => {
    const isAll = params.id === "all";
    const deleted = await deleteRules(gateway, caller.collectionId, isAll ? null : params.id);
    request.server.faultRules?.forget();
    if (!isAll) orMissing(deleted[0], "fault", params.id);
    return { object: "deleted_faults", deleted };
  },
};
