import { isIPv4, isIPv6 } from "node:net";
import ipaddr from "ipaddr.js";

type Address = ReturnType<typeof ipaddr.parse>;

/** How an entry of an allow-list is written, for messages. */
export const addressRangeForm =
  'an IPv4 or IPv6 address or a CIDR range whose address is its first, such as "203.0.113.7", "203.0.113.0/24" or "2001:db8::/48"';

export const mostRanges = 100;

const bitsOf = { ipv4: 32, ipv6: 128 } as const;
/** Bits in front of the IPv4 address inside ::ffff:a.b.c.d. */
const mappedBits = 96;

/** Only what every reader takes for the same address: no octal or short IPv4 forms, which some readers take for another. */
function parseAddress(text: string): Address | undefined {
  if (!isIPv4(text) && !(isIPv6(text) && !text.includes("%"))) return undefined;
  return ipaddr.parse(text);
}

function isMapped(address: Address): boolean {
  return address.kind() === "ipv6" && (address as ipaddr.IPv6).isIPv4MappedAddress();
}

function unmapped(address: Address): Address {
  return isMapped(address) ? (address as ipaddr.IPv6).toIPv4Address() : address;
}

/** The shortest form that is the same for everybody (RFC 5952 for IPv6). */
function written(address: Address): string {
  return address.kind() === "ipv6" ? (address as ipaddr.IPv6).toRFC5952String() : address.toString();
}

/**
 * An address in the one form that it is compared and stored in; `::ffff:a.b.c.d` is `a.b.c.d`, and the name of a network
 * interface is left out. Undefined for whatever is not an address.
 */
export function canonicalAddress(text: string): string | undefined {
  const address = parseAddress(text.trim().replace(/%[0-9A-Za-z._-]+$/, ""));
  return address === undefined ? undefined : written(unmapped(address));
}

interface Range {
  readonly first: Address;
  readonly bits: number;
}

function parseRange(text: string): Range | undefined {
  const [head = "", prefix, ...rest] = text.split("/");
  const address = parseAddress(head);
  if (address === undefined || rest.length > 0) return undefined;
  if (prefix !== undefined && !/^(0|[1-9][0-9]{0,2})$/.test(prefix)) return undefined;
  const bits = prefix === undefined ? bitsOf[address.kind()] : Number(prefix);
  if (bits > bitsOf[address.kind()]) return undefined;
  // A shorter prefix would reach beyond the mapped addresses, and then means nothing that can be said of IPv4.
  if (isMapped(address) && bits < mappedBits) return undefined;
  return isMapped(address) ? { first: unmapped(address), bits: bits - mappedBits } : { first: address, bits };
}

/** True when no bit is set behind the prefix: 203.0.113.7/24 may mean one address or 256, so it is not taken. */
function isFirst(range: Range): boolean {
  const bytes = range.first.toByteArray();
  return bytes.every((byte, index) => {
    const fixed = Math.min(8, Math.max(0, range.bits - index * 8));
    return (byte & (0xff >> fixed)) === 0;
  });
}

/** An entry of an allow-list in its one stored form, a single address without a prefix. Undefined when it is not one. */
export function canonicalRange(text: string): string | undefined {
  const range = parseRange(text);
  if (range === undefined || !isFirst(range)) return undefined;
  const first = written(range.first);
  return range.bits === bitsOf[range.first.kind()] ? first : `${first}/${range.bits}`;
}

/** True for text that may be an entry of an allow-list. */
export function isAddressRange(text: string): boolean {
  return canonicalRange(text) !== undefined;
}

/**
 * Whether a list lets an address in. An empty list lets everything in; with entries, what cannot be read as an address is
 * in none of them. IPv6 ranges hold no IPv4 address.
 */
export function listAllows(list: readonly string[], address: string): boolean {
  if (list.length === 0) return true;
  const canonical = canonicalAddress(address);
  if (canonical === undefined) return false;
  const seen = ipaddr.parse(canonical);
  return list.some((entry) => {
    const range = parseRange(entry);
    return range !== undefined && range.first.kind() === seen.kind() && seen.match(range.first, range.bits);
  });
}
