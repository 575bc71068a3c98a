import { isKineticPayError } from "kineticpay";
import { keyMode } from "../access/key-text.ts";
import { type Check, type Finding, fault, ok, warning } from "./check.ts";

const dayMs = 86_400_000;
const soonDays = 14;

/** What to do about a key that is not let in, shorter than its page. */
const cures: Readonly<Record<string, string>> = {
  key_missing: "kineticpay profiles add --help",
  key_malformed: "copy the whole key again: kineticpay profiles add",
  key_invalid: "take a key of this gateway; a sandbox that was begun anew has new ones in data/sandbox.json",
  key_wrong_mode: "take a key of this gateway's mode, or the address of the other gateway",
  key_revoked: "make a new key: npm run operator -- keys create col_…",
  key_expired: "make a new key: npm run operator -- keys create col_…, or roll one before it ends",
};

/** What the gateway refused, with its code and request. */
export function refusal(check: string, error: unknown, fix?: string): Finding {
  if (!isKineticPayError(error)) throw error;
  return fault(check, error.message, fix ?? cures[error.code] ?? `kineticpay errors ${error.code}`, {
    code: error.code,
    ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
  });
}

/** That the gateway knows the key, and for how long. */
export const checkKey: Check = {
  name: "key",
  async look(patient) {
    const { client, isReached, context } = patient;
    if (client === undefined || isReached !== true) return undefined;
    try {
      const who = await client.whoami({ signal: context.signal });
      patient.whoami = who;
      const named = who.key.name === "" ? who.key.hint : `${who.key.hint} "${who.key.name}"`;
      const seen = `${named} of ${who.merchant.name}, ${who.collection.name}`;
      const { expires_at: end } = who.key;
      if (end === null) return ok("key", seen);
      const days = Math.floor((Date.parse(end) - Date.now()) / dayMs);
      if (days >= soonDays) return ok("key", `${seen}, until ${end}`);
      return warning("key", `${seen}: it ends on ${end}`, "roll it before that: npm run operator -- keys roll");
    } catch (error) {
      if (isKineticPayError(error) && error.code === "connection_failed") return undefined;
      const isMode = isKineticPayError(error) && error.code === "key_wrong_mode";
      return refusal(isMode ? "mode" : "key", error);
    }
  },
};

/** That the key is for the kind of gateway that it is used at. */
export const checkMode: Check = {
  name: "mode",
  async look({ access, whoami }) {
    if (access === undefined || whoami === undefined) return undefined;
    const { mode } = whoami;
    if (keyMode(access.apiKey) !== undefined && keyMode(access.apiKey) !== mode) {
      return fault("mode", `a ${keyMode(access.apiKey)} key at a ${mode} gateway`, "take a key of this gateway's mode");
    }
    return ok("mode", mode === "live" ? "live: payments move real money" : "sandbox: no money moves");
  },
};

/** That the key may do what a shop needs. */
export const checkScopes: Check = {
  name: "scopes",
  async look({ whoami }) {
    if (whoami === undefined) return undefined;
    const { scopes } = whoami.key;
    const missing = ["payments:read", "payments:write"].filter((scope) => !scopes.includes(scope));
    if (missing.length === 0) return ok("scopes", scopes.join(", "));
    const fix =
      "give it the scope, or take another key: npm run operator -- keys create col_… --scopes payments:read,payments:write";
    return warning("scopes", `${scopes.join(", ") || "none"}; it lacks ${missing.join(", ")}`, fix);
  },
};
