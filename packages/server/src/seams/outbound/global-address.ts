import { isIPv4, isIPv6 } from "node:net";
import ipaddr from "ipaddr.js";

/** The one block from which IANA gives out global unicast addresses of IPv6 (RFC 4291 §2.4; its registry of address space). */
const globalIpv6: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse("2000::"), 3];

/** The prefix under which networks without IPv4 reach it (RFC 6052 §2.1); the last four bytes are the IPv4 address. */
const translatedPrefix: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse("64:ff9b::"), 96];

/** Global by its number, but answered by the host of an Azure machine: its metadata and agents' interface. */
const azureHost = "168.63.129.16";

/** How the ranges of ipaddr.js are named to a reader; one that is not here is shown as it is called there. */
const rangeNames: Readonly<Record<string, string>> = {
  unspecified: "unspecified",
  loopback: "loopback",
  private: "private network",
  linkLocal: "link-local",
  uniqueLocal: "private network",
  deprecatedSiteLocal: "private network",
  carrierGradeNat: "carrier's network",
  multicast: "multicast",
  broadcast: "broadcast",
};

const nameOf = (range: string) => rangeNames[range] ?? "reserved range";

function whyIpv4(address: ipaddr.IPv4): string | undefined {
  const range = address.range();
  if (range !== "unicast") return nameOf(range);
  return address.toString() === azureHost ? "cloud provider's host" : undefined;
}

/** The IPv4 address that a connection to this address arrives at. */
function ipv4Within(address: ipaddr.IPv6): ipaddr.IPv4 | undefined {
  if (!address.isIPv4MappedAddress() && !address.match(translatedPrefix)) return undefined;
  return new ipaddr.IPv4(address.toByteArray().slice(12));
}

function whyIpv6(address: ipaddr.IPv6): string | undefined {
  const inner = ipv4Within(address);
  if (inner !== undefined) return whyIpv4(inner);
  const range = address.range();
  // ipaddr.js takes ::/96 and all that nobody has named yet for unicast; IANA has given out only this block.
  if (range === "unicast") return address.match(globalIpv6) ? undefined : nameOf("reserved");
  return nameOf(range);
}

/**
 * Why an address is not one of the public internet: undefined for global unicast, else the name of its range. 6to4 and
 * Teredo, which hide an IPv4 address within, are not; whatever is no address is not either.
 * @param text as a socket or a name server writes it, with or without the name of a network interface
 */
export function whyNotGlobal(text: string): string | undefined {
  const plain = text.split("%")[0] ?? "";
  if (isIPv4(plain)) return whyIpv4(ipaddr.IPv4.parse(plain));
  if (isIPv6(plain)) return whyIpv6(ipaddr.IPv6.parse(plain));
  return "not an address";
}
