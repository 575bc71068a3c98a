import { isIPv6 } from "node:net";
import ipaddr from "ipaddr.js";

/**
 * The network that an address is counted under: an IPv4 address alone, also where it comes mapped into IPv6; of IPv6 the
 * /64, since one household or server has a whole one to choose addresses from.
 */
export function networkOf(address: string): string {
  const plain = address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
  if (!plain.includes(":") || !isIPv6(plain)) return plain;
  const parsed = ipaddr.IPv6.parse(plain.split("%")[0] ?? plain);
  if (parsed.isIPv4MappedAddress()) return parsed.toIPv4Address().toString();
  const first = parsed.parts.slice(0, 4).map((part) => part.toString(16));
  return `${first.join(":")}::/64`;
}
