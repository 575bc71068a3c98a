import { isKineticPayError } from "kineticpay";
import { type Check, fault, ok } from "./check.ts";
import { refusal } from "./check-key.ts";

/** That the API of the key's collection is switched on. */
export const checkSwitch: Check = {
  name: "switch",
  async look({ whoami }) {
    if (whoami === undefined) return undefined;
    const { id, name, api_enabled } = whoami.collection;
    if (api_enabled) return ok("switch", `the API of ${name} is on`);
    return fault("switch", `the API of ${name} is switched off`, `npm run operator -- api enable ${id}`, {
      code: "api_not_enabled",
    });
  },
};

/** That calls may come from here. */
export const checkAddress: Check = {
  name: "address",
  async look({ whoami }) {
    if (whoami === undefined) return undefined;
    const { address, address_allowed, key } = whoami;
    if (address_allowed) return ok("address", `calls from ${address} are let in`);
    const fix = `npm run operator -- allow-list add ${key.id} ${address}; or the collection's list, if that is the one`;
    return fault("address", `this machine is seen as ${address}, which is on no allow-list of the key`, fix, {
      code: "ip_not_allowed",
    });
  },
};

/** That an ordinary call is answered, which is what all the others are about. */
export const checkCall: Check = {
  name: "call",
  async look({ client, whoami, context }) {
    if (client === undefined || whoami === undefined) return undefined;
    // What stops every call was found above, and is not told twice.
    if (!whoami.collection.api_enabled || !whoami.address_allowed) return undefined;
    try {
      const began = performance.now();
      await client.ping({ signal: context.signal });
      return ok("call", `a call is answered in ${Math.round(performance.now() - began)} ms`);
    } catch (error) {
      return refusal("call", error);
    }
  },
};

/** That the gateway reaches the bank network. */
export const checkBanks: Check = {
  name: "banks",
  async look({ client, whoami, context }) {
    if (client === undefined || whoami === undefined) return undefined;
    if (!whoami.collection.api_enabled || !whoami.address_allowed || !whoami.key.scopes.includes("payments:read")) {
      return undefined;
    }
    try {
      const { data } = await client.banks.list({}, { signal: context.signal });
      const offline = data.filter((bank) => !bank.online).map((bank) => bank.name);
      const rest = offline.length === 0 ? "all online" : `offline: ${offline.join(", ")}`;
      return ok("banks", `${data.length} banks, ${rest}`);
    } catch (error) {
      const isOurs = isKineticPayError(error) && (error.status ?? 0) >= 500;
      return refusal(
        "banks",
        error,
        isOurs ? "wait, or ask who runs the gateway; payments go on when FPX is back" : undefined,
      );
    }
  },
};
