import { isIPv4, isIPv6 } from "node:net";
import ipaddr from "ipaddr.js";

/**
 * The network that an address is counted under: an IPv4 address alone, also where it comes mapped into IPv6; of IPv6 the
 * /64, since one household or server has a whole one to choose addresses from. Whatever is no address is `unknown`.
 */
export function networkOf(address: string | undefined): string {
  // A socket that is closed already has none, and a proxy may pass on anything.
  if (address === undefined) return "unknown";
  const plain = address.startsWith("::ffff:") ? address.slice(7) : address;
  if (isIPv4(plain)) return plain;
  if (!isIPv6(address)) return "unknown";
  const parsed = ipaddr.IPv6.parse(address.split("%")[0] ?? address);
  if (parsed.isIPv4MappedAddress()) return parsed.toIPv4Address().toString();
  const first = parsed.parts.slice(0, 4).map((part) => part.toString(16));
  return `${first.join(":")}::/64`;
}
