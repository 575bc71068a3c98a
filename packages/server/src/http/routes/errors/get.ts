import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { array, object, string } from "@kineticpay/contract/json-schema";
import { shownText } from "@kineticpay/contract/shown-text";
import { isErrorCode, readErrorPage } from "../../docs/error-pages.ts";
import { nearestErrorCode } from "../../docs/nearest-code.ts";
import type { PublicRoute } from "../../route.ts";
import { errorProperties, errorView } from "./error-schema.ts";

/** One error with all that its page says, so that a program, or somebody at a terminal, need not open a browser. */
export const getError: PublicRoute<{ code: string }> = {
  method: "GET",
  url: "/api/v2/errors/:code",
  summary: "Explain an error code",
  scope: undefined,
  public: true,
  params: object({ code: string() }),
  answer: object({ ...errorProperties, since: string(), sections: array(object({ title: string(), text: string() })) }),
  errors: ["route_unknown"],
  handle: async ({ gateway, params: { code } }) => {
    if (!isErrorCode(code)) {
      const near = nearestErrorCode(code);
      const nearest = near === "" ? "/api/v2/errors" : `/api/v2/errors/${near}`;
      const path = `/api/v2/errors/${shownText(code)}`;
      throw new GatewayError("route_unknown", { meta: { method: "GET", path, nearest } });
    }
    const page = await readErrorPage(code);
    return { ...errorView(gateway, code), since: page.facts["since"] ?? "", sections: page.sections };
  },
};
