import { isLoopback } from "../access/base-url.ts";
import { clientOf } from "../access/connect.ts";
import { findAccess } from "../access/find-access.ts";
import { keyHint, keyMode } from "../access/key-text.ts";
import { CliError } from "../cli-error.ts";
import { type Check, fault, ok, warning } from "./check.ts";

/** Which gateway and key the command would use, and that the key cannot be read by others. */
export const checkProfile: Check = {
  name: "profile",
  async look(patient) {
    try {
      const access = await findAccess(patient.context);
      patient.access = access;
      patient.client = clientOf(access);
      const isBothWays = access.source === "KINETICPAY_API_KEY" && patient.context.settings.profile !== undefined;
      const seen = `${access.baseUrl}, key ${keyHint(access.apiKey)} from ${access.source}`;
      if (isBothWays) {
        const fix = "unset one of KINETICPAY_API_KEY and KINETICPAY_PROFILE: the key is used, and the profile is not";
        return warning("profile", seen, fix);
      }
      if (keyMode(access.apiKey) === "live" && isLoopback(access.baseUrl)) {
        return warning(
          "profile",
          `${seen}: a live key for a gateway on this machine`,
          "kineticpay profiles list, and choose another",
        );
      }
      return ok("profile", seen);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      return fault("profile", error.message, error.next ?? "kineticpay profiles list", { code: error.code });
    }
  },
};
