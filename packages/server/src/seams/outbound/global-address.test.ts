import { networkInterfaces } from "node:os";
import { describe, expect, it } from "vitest";
import { whyNotGlobal } from "./global-address.ts";
import { targetPolicy } from "./target-policy.ts";

/** First and last addresses of every block that IANA's registries of special purpose call not globally reachable. */
const notGlobal: Readonly<Record<string, readonly string[]>> = {
  "0.0.0.0/8": ["0.0.0.0", "0.255.255.255"],
  "10.0.0.0/8": ["10.0.0.0", "10.255.255.255"],
  "100.64.0.0/10": ["100.64.0.0", "100.127.255.255"],
  "127.0.0.0/8": ["127.0.0.0", "127.255.255.255"],
  "169.254.0.0/16": ["169.254.0.0", "169.254.255.255"],
  "172.16.0.0/12": ["172.16.0.0", "172.31.255.255"],
  "192.0.0.0/24": ["192.0.0.0", "192.0.0.255"],
  "192.0.2.0/24": ["192.0.2.0", "192.0.2.255"],
  "192.88.99.0/24": ["192.88.99.0", "192.88.99.255"],
  "192.168.0.0/16": ["192.168.0.0", "192.168.255.255"],
  "198.18.0.0/15": ["198.18.0.0", "198.19.255.255"],
  "198.51.100.0/24": ["198.51.100.0", "198.51.100.255"],
  "203.0.113.0/24": ["203.0.113.0", "203.0.113.255"],
  "224.0.0.0/4": ["224.0.0.0", "239.255.255.255"],
  "240.0.0.0/4": ["240.0.0.0", "255.255.255.254", "255.255.255.255"],
  "azure's host": ["168.63.129.16", "::ffff:168.63.129.16"],
  "::/96": ["::", "::1", "::2", "::7f00:1", "::808:808", "::ffff:ffff"],
  "::ffff:0:0/96 before a private address": ["::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "::ffff:0:0", "::ffff:10.0.0.1"],
  "::ffff:0:0:0/96": ["::ffff:0:7f00:1", "::ffff:0:808:808"],
  "64:ff9b::/96 before a private address": ["64:ff9b::127.0.0.1", "64:ff9b::a00:1", "64:ff9b::169.254.169.254"],
  "64:ff9b:1::/48": ["64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff"],
  "100::/64": ["100::", "100::ffff:ffff:ffff:ffff"],
  "2001::/23": ["2001::", "2001:0:7f00:1::", "2001:2::1", "2001:10::1", "2001:20::1", "2001:1ff:ffff::"],
  "2001:db8::/32": ["2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"],
  "2002::/16": ["2002::", "2002:7f00:1::", "2002:808:808::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  "3fff::/20": ["3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"],
  "5f00::/16": ["5f00::", "5f00:ffff::"],
  "fc00::/7": ["fc00::", "fd00:ec2::254", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  "fe80::/10": ["fe80::", "fe80::1%eth0", "febf:ffff::1"],
  "fec0::/10": ["fec0::", "feff:ffff::1"],
  "ff00::/8": ["ff02::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  "what IANA has not given out": [
    "200::1",
    "400::1",
    "1000::1",
    "1fff:ffff::1",
    "4000::1",
    "8000::1",
    "e000::1",
    "fe00::1",
  ],
  "what is no address": ["", "localhost", "127.1", "0x7f.1", "1.2.3.4.5", "::1::", "8.8.8.8/32", "[::1]"],
};

const global = [
  ..."1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 168.63.129.15".split(
    " ",
  ),
  ..."169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255 192.169.0.0 198.17.255.255".split(
    " ",
  ),
  ..."198.20.0.0 203.0.112.255 203.0.114.0 223.255.255.255 2001:200::1 2001:4860:4860::8888 2404:6800:4001::1".split(
    " ",
  ),
  ..."2606:4700::1111 2a00::1 3ffe:ffff::1 ::ffff:8.8.8.8 64:ff9b::8.8.8.8".split(" "),
];

describe.each(Object.entries(notGlobal))("of %s", (_range, addresses) => {
  it.each(addresses)("%s is not an address of the public internet", (address) => {
    expect(whyNotGlobal(address)).toMatch(/^[a-z' -]+$/);
    expect(targetPolicy("off").whyRefused(address)).toBeDefined();
  });
});

it.each(global)("%s is an address of the public internet", (address) => {
  expect(whyNotGlobal(address)).toBeUndefined();
  expect(targetPolicy("off").whyRefused(address)).toBeUndefined();
});

describe("the operator's word", () => {
  const policy = targetPolicy(["10.20.0.0/16", "127.0.0.1", "fd00:1234::/32"]);

  it.each(["10.20.0.1", "10.20.255.255", "::ffff:10.20.0.1", "127.0.0.1", "fd00:1234::9"])(
    "lets %s through",
    (address) => expect(policy.whyRefused(address)).toBeUndefined(),
  );

  it.each(["10.21.0.1", "127.0.0.2", "::1", "fd00:1235::1", "169.254.169.254", "not an address"])(
    "leaves %s refused",
    (address) => expect(policy.whyRefused(address)).toBeDefined(),
  );

  it("lets every address through where it says so, and none of this machine's own by default", () => {
    const own = Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address));
    expect(own.length).toBeGreaterThan(0);
    for (const address of [...own, "169.254.169.254"]) {
      expect(targetPolicy("on").whyRefused(address), address).toBeUndefined();
      expect(targetPolicy("off").whyRefused(address), address).toBeDefined();
    }
  });
});
