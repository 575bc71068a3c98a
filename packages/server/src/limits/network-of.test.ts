import { expect, it } from "vitest";
import { networkOf } from "./network-of.ts";

it.each([
  ["203.0.113.7", "203.0.113.7"],
  ["::ffff:203.0.113.7", "203.0.113.7"],
  ["::ffff:cb00:7107", "203.0.113.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:db8:1:2::", "2001:db8:1:2::/64"],
  ["2001:0DB8:0001:0002:ffff::1", "2001:db8:1:2::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  [undefined, "unknown"],
  ["not an address", "unknown"],
  ["203.0.113.7, 198.51.100.1", "unknown"],
])("counts %s under %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});

it("counts a /64 as one and its neighbour as another", () => {
  const last = networkOf("2001:db8::ffff:ffff:ffff:ffff");
  expect(networkOf("2001:db8::1")).toBe(last);
  expect(networkOf("2001:db8:0:1::1")).not.toBe(last);
});
