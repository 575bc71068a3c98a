import { isIPv4 } from "node:net";
import fc from "fast-check";
import { expect, it } from "vitest";
import { canonicalAddress, canonicalRange, listAllows } from "./address-range.ts";

it.each([
  ["203.0.113.7", "203.0.113.7"],
  ["203.0.113.7/32", "203.0.113.7"],
  ["203.0.113.0/24", "203.0.113.0/24"],
  ["0.0.0.0/0", "0.0.0.0/0"],
  ["::ffff:203.0.113.7", "203.0.113.7"],
  ["::FFFF:CB00:7107", "203.0.113.7"],
  ["::ffff:203.0.113.0/120", "203.0.113.0/24"],
  ["::ffff:0:0/96", "0.0.0.0/0"],
  ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
  ["2001:db8::/48", "2001:db8::/48"],
  ["2001:db8:0:0:1::1/128", "2001:db8::1:0:0:1"],
  ["::/0", "::/0"],
])("stores %s in the one form %s", (text, stored) => {
  expect(canonicalRange(text)).toBe(stored);
  expect(canonicalRange(stored)).toBe(stored);
});

it.each([
  "",
  " 203.0.113.7",
  "203.0.113.7 ",
  "203.0.113",
  "203.0.113.07",
  "0xcb.0.113.7",
  "3405803783",
  "203.0.113.256",
  "203.0.113.7/",
  "203.0.113.7/33",
  "203.0.113.0/024",
  "203.0.113.0/-1",
  "203.0.113.0/24/24",
  "203.0.113.7/24",
  "203.0.113.0/255.255.255.0",
  "203.0.113.0-203.0.113.9",
  "203.0.113.*",
  "2001:db8::/129",
  "2001:db8::1/64",
  "2001:db8:::1",
  "::ffff:203.0.113.0/95",
  "fe80::1%eth0",
  "localhost",
  "shop.example",
  "[::1]",
  "203.0.113.7:443",
  "203.0.113.7\n",
])("refuses %j, which may mean something else to another reader", (text) => {
  expect(canonicalRange(text)).toBeUndefined();
});

it("takes a mapped address for the IPv4 address it is, on either side", () => {
  for (const entry of ["198.51.100.7", "198.51.100.0/24", "::ffff:198.51.100.7"]) {
    for (const seen of ["198.51.100.7", "::ffff:198.51.100.7", "::ffff:c633:6407"]) {
      expect(listAllows([entry], seen), `${entry} and ${seen}`).toBe(true);
    }
    expect(listAllows([entry], "::ffff:203.0.113.7"), entry).toBe(false);
  }
});

it("keeps the families apart: all of IPv6 holds no IPv4 address, nor the other way round", () => {
  expect(listAllows(["::/0"], "198.51.100.7")).toBe(false);
  expect(listAllows(["::/0"], "::ffff:198.51.100.7")).toBe(false);
  expect(listAllows(["0.0.0.0/0"], "2001:db8::1")).toBe(false);
});

it("lets everything in while a list is empty, and nothing that cannot be read once it is not", () => {
  for (const seen of ["203.0.113.7", "unknown", "", "203.0.113.7:4711", "203.0.113.7, 10.0.0.1"]) {
    expect(listAllows([], seen)).toBe(true);
    expect(listAllows(["0.0.0.0/0", "::/0"], seen)).toBe(seen === "203.0.113.7");
  }
});

it("leaves out the name of a network interface, which only the gateway's own machine knows", () => {
  expect(canonicalAddress("fe80::1%eth0")).toBe("fe80::1");
  expect(listAllows(["fe80::/10"], "fe80::1%eth0")).toBe(true);
});

/** An address as a number, by a way of reading it that shares nothing with the code under test. */
function numberOf(address: string): bigint {
  if (isIPv4(address)) return address.split(".").reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
  const [head = "", tail] = address.split("::");
  const words = (text: string) => (text === "" ? [] : text.split(":"));
  const left = words(head);
  const right = tail === undefined ? [] : words(tail);
  const gap = tail === undefined ? 0 : 8 - left.length - right.length;
  const all = [...left, ...Array.from({ length: gap }, () => "0"), ...right];
  return all.reduce((sum, word) => (sum << 16n) | BigInt(`0x${word}`), 0n);
}

const v4 = (value: bigint) => [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join(".");
const v6 = (value: bigint) =>
  Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16)).join(":");

it("holds exactly the addresses that share a range's prefix", () => {
  const family = fc.constantFrom({ width: 32, write: v4 }, { width: 128, write: v6 });
  const cases = family.chain(({ width, write }) => {
    const number = fc.bigInt({ min: 0n, max: (1n << BigInt(width)) - 1n });
    return fc.record({
      write: fc.constant(write),
      width: fc.constant(width),
      base: number,
      seen: number,
      bits: fc.nat(width),
      near: fc.boolean(),
    });
  });
  fc.assert(
    fc.property(cases, ({ write, width, base, seen, bits, near }) => {
      const free = BigInt(width - bits);
      const first = (base >> free) << free;
      // Half of the addresses are drawn from the range itself: nearly all of the rest lie outside.
      const other = near ? first | (seen & ((1n << free) - 1n)) : seen;
      const range = canonicalRange(`${write(first)}/${bits}`);
      if (range === undefined) {
        // The one range that has no canonical form: around the mapped addresses, wider than them.
        expect(write(first).startsWith("0:0:0:0:0:ffff:")).toBe(true);
        return;
      }
      const mapped = (value: bigint) => width === 128 && value >> 32n === 0xffffn;
      if (mapped(first) || mapped(other)) return;
      expect(numberOf(range.split("/")[0] ?? "")).toBe(first);
      expect(listAllows([range], write(other))).toBe(other >> free === first >> free);
    }),
    { numRuns: 2_000 },
  );
});
