import { errorCodes } from "@kineticpay/contract/errors/catalogue";
import { array, boolean, literal, object } from "@kineticpay/contract/json-schema";
import type { PublicRoute } from "../../route.ts";
import { errorProperties, errorView } from "./error-schema.ts";

/** Every error there is, for programs that want to know them all beforehand. */
export const listErrors: PublicRoute = {
  method: "GET",
  url: "/api/v2/errors",
  summary: "List every error code",
  scope: undefined,
  public: true,
  answer: object({ object: literal("list"), data: array(object(errorProperties)), has_more: boolean() }),
  errors: [],
  handle: async ({ gateway }) => ({
    object: "list",
    data: errorCodes.map((code) => errorView(gateway, code)),
    has_more: false,
  }),
};
