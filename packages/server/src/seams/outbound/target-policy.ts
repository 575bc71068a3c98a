import { BlockList, isIPv4 } from "node:net";
import { networkInterfaces } from "node:os";
import { whyNotGlobal } from "./global-address.ts";

/** Which targets that are not on the public internet may be called: none, all, or those in these CIDR ranges. */
export type PrivateTargets = "off" | "on" | readonly string[];

/** Decides by address alone: what a name looks like says nothing of where it leads. */
export interface TargetPolicy {
  /** Why this address must not be connected to, in a word or two; undefined when it may be. */
  whyRefused(address: string): string | undefined;
}

const familyOf = (address: string) => (isIPv4(address) ? "ipv4" : "ipv6");

function rangesOf(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = "", prefix] = entry.split("/");
    if (prefix === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(prefix), familyOf(address));
  }
  return list;
}

/**
 * A connection to the machine's own public address never leaves it, and so passes by the firewall that guards the services
 * behind that address.
 */
function isOwn(address: string): boolean {
  const own = new BlockList();
  for (const each of Object.values(networkInterfaces()).flatMap((found) => found ?? [])) {
    own.addAddress(each.address, familyOf(each.address));
  }
  return own.check(address, familyOf(address));
}

/** Lets through what is on the public internet and on another machine, and of the rest what the operator has allowed. */
export function targetPolicy(privateTargets: PrivateTargets): TargetPolicy {
  if (privateTargets === "on") return { whyRefused: () => undefined };
  const allowed = rangesOf(privateTargets === "off" ? [] : privateTargets);
  return {
    whyRefused(text) {
      const address = text.split("%")[0] ?? "";
      const why = whyNotGlobal(address);
      if (why === "not an address") return why;
      if (allowed.check(address, familyOf(address))) return undefined;
      return why ?? (isOwn(address) ? "gateway's own machine" : undefined);
    },
  };
}
