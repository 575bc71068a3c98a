import { entry } from "./entry.ts";

/** What to look at, by the form of the id alone: whether somebody else has such an object must not show. */
function adviceFor(resource: string, id: string): string {
  if (resource === "bank") return " GET /api/v2/banks lists the banks that there are.";
  if (resource === "payment" && !id.startsWith("pay_"))
    return " Ids of payments begin with pay_; GET /api/v2/payments?invoice=… finds one by its invoice.";
  return " Check it letter by letter, and that the key belongs to the collection that created it.";
}

/** 404: there is nothing at that address, or nothing that this key may see. */
export const notFoundErrors = {
  route_unknown: entry<{ method: string; path: string; nearest: string }>({
    type: "not_found_error",
    summary: "No route has this path.",
    retryable: false,
    message: (meta) =>
      `There is no ${meta.path} here.${meta.nearest === "" ? "" : ` Did you mean ${meta.nearest}?`} Check the path for a missing prefix (the API lives under /api/v2) or a typing slip.`,
  }),
  method_unknown: entry<{ method: string; path: string; allowed: readonly string[] }>({
    type: "not_found_error",
    summary: "The path exists, but not for this HTTP method.",
    retryable: false,
    message: (meta) =>
      `${meta.path} does not answer ${meta.method}. It answers ${meta.allowed.join(", ")}: use one of these, or check the path.`,
  }),
  resource_missing: entry<{ resource: string; id: string; nearest: string }>({
    type: "not_found_error",
    summary: "No such object exists for this key.",
    retryable: false,
    message: (meta) =>
      `There is no ${meta.resource} "${meta.id}" for this key.${meta.nearest === "" ? adviceFor(meta.resource, meta.id) : ` There is the ${meta.resource} "${meta.nearest}": your call seems to drop or add a prefix or suffix.`}`,
  }),
};
