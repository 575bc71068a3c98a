import type { Zone } from "./name-server.ts";

/** An address that a merchant may have given to be called, aimed at what is not on the public internet. */
export interface HostileTarget {
  readonly url: string;
  /** The address at which a connection arrives when everything is allowed; undefined where none can be made. */
  readonly reaches?: string;
}

/** Hosts as they may be written, by the address that they mean. */
const literals: Readonly<Record<string, readonly string[]>> = {
  "127.0.0.1": [
    ..."127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0X7F000001 017700000001 0x7f.1 0x7f.0.1 0x7f.0.0.1 0177.1".split(
      " ",
    ),
    ..."0177.0.1 0177.0.0.1 0177.0x0.0.1 00000177.0.0.1 0x0000007f.0.0.1 127.0.0.01 127.0.0.0x1 127.0x000001".split(
      " ",
    ),
    ..."127.0000000000001 0x7F.0x0.0x0.0x1 127.0.0.1. 0x7f000001. 2130706433.".split(" "),
    // Digits and dots of other scripts, which a URL's parser reads as ours.
    "１２７.０.０.１",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "127．0．0．1",
    "127｡0｡0｡1",
    "𝟏𝟐𝟕.𝟎.𝟎.𝟏",
    "０ｘ7ｆ.1",
    "127\u00ad.0.0.1",
    "%31%32%37.0.0.1",
    "127%2e0%2e0%2e1",
    // Means "this machine" to Linux.
    ..."0.0.0.0 0 0x0 00 0.0 0.0.0 000.000.000.000 0.".split(" "),
    ..."[::ffff:127.0.0.1] [::FFFF:127.0.0.1] [::ffff:7f00:1] [::ffff:7f00:0001] [0:0:0:0:0:ffff:127.0.0.1]".split(" "),
    ..."[0000:0000:0000:0000:0000:ffff:7f00:0001] [0::ffff:7f00:1]".split(" "),
  ],
  "127.0.0.2": ["127.0.0.2", "127.2", "2130706434", "0x7f.2", "[::ffff:127.0.0.2]"],
  "127.1.2.3": ["127.1.2.3", "127.66051", "0177.01.02.03", "0x7f010203"],
  "127.255.255.254": ["127.255.255.254", "127.16777214", "2147483646", "[::ffff:7fff:fffe]"],
  "::1": [
    ..."[::1] [0:0:0:0:0:0:0:1] [0000:0000:0000:0000:0000:0000:0000:0001] [::0001] [0::1] [::0:1] [0:0::1]".split(" "),
    ..."[::0.0.0.1] [::] [::0] [0:0:0:0:0:0:0:0] [::0.0.0.0]".split(" "),
  ],
  // What a machine holds only where somebody gives it such an address.
  "10.0.0.1": ["10.0.0.1", "10.1", "167772161", "0xa000001", "012.0.0.1", "[::ffff:10.0.0.1]"],
  "10.255.255.254": ["10.255.255.254"],
  "172.16.0.1": ["172.16.0.1", "0xac.0x10.1", "[::ffff:ac10:1]"],
  "172.31.255.254": ["172.31.255.254"],
  "192.168.0.1": ["192.168.0.1", "192.168.1", "3232235521", "[::ffff:192.168.0.1]"],
  "169.254.169.254": [
    ..."169.254.169.254 2852039166 0xa9fea9fe 0251.0376.0251.0376 169.254.43518 [::ffff:169.254.169.254]".split(" "),
    "[::ffff:a9fe:a9fe]",
  ],
  "169.254.170.2": ["169.254.170.2"],
  "100.64.0.1": ["100.64.0.1", "100.4194305"],
  "100.100.100.200": ["100.100.100.200"],
  "168.63.129.16": ["168.63.129.16", "2822734096"],
  "192.0.0.192": ["192.0.0.192"],
  "192.0.2.1": ["192.0.2.1"],
  "192.88.99.1": ["192.88.99.1"],
  "198.18.0.1": ["198.18.0.1"],
  "198.19.255.254": ["198.19.255.254"],
  "198.51.100.1": ["198.51.100.1"],
  "203.0.113.1": ["203.0.113.1"],
  "240.0.0.1": ["240.0.0.1"],
  "fd00:ec2::254": ["[fd00:ec2::254]", "[fd00:0ec2:0:0:0:0:0:0254]"],
  "fc00::1": ["[fc00::1]"],
  "fec0::1": ["[fec0::1]"],
  "64:ff9b::7f00:1": ["[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]"],
  "64:ff9b::a00:1": ["[64:ff9b::10.0.0.1]"],
  "64:ff9b:1::7f00:1": ["[64:ff9b:1::127.0.0.1]"],
  "2002:7f00:1::1": ["[2002:7f00:1::1]"],
  "2002:a00:1::1": ["[2002:a00:1::1]"],
  "2001:0:7f00:1::1": ["[2001:0:7f00:1::1]"],
  "2001:db8::1": ["[2001:db8::1]"],
  "3fff::1": ["[3fff::1]"],
  "5f00::1": ["[5f00::1]"],
  "4000::1": ["[4000::1]"],
  "100::1": ["[100::1]"],
  "::7f00:1": ["[::127.0.0.1]", "[::7f00:1]"],
  "::ffff:0:7f00:1": ["[::ffff:0:127.0.0.1]"],
};

/** Hosts that no connection can be made to, or that are no hosts. */
const unreachable = [
  ..."255.255.255.255 224.0.0.1 239.255.255.250 0.1.2.3 [ff02::1] [ff01::1] [fe80::1] [fe80::1%25lo] [::1%25lo]".split(
    " ",
  ),
  ..."[::1%lo] 256.0.0.1 127.0.0.1.5 [::ffff:127.0.0.1.1] 127.0.0.1%00.shop.test 127.0.0.1%20 nowhere.test".split(" "),
];

/** Whole addresses that one reader takes for another host than the next; all mean 127.0.0.1. PORT stands for the port. */
const spellings = [
  "http://user:secret@127.0.0.1:PORT/",
  "http://shop.test@127.0.0.1:PORT/",
  "http://shop.test:443@127.0.0.1:PORT/",
  "http://shop.test%00@127.0.0.1:PORT/",
  "http://127.0.0.1:PORT\\@shop.test/",
  "http://127.0.0.1:PORT#@shop.test/",
  "http://127.0.0.1:PORT?@shop.test/",
  "http://127.0.0.1:PORT/?next=http://shop.test/",
  "http:\\\\127.0.0.1:PORT\\",
  "http:127.0.0.1:PORT/",
  "http:/127.0.0.1:PORT/",
  "http:////127.0.0.1:PORT/",
  "HTTP://127.0.0.1:PORT/",
  "  http://127.0.0.1:PORT/",
  "ht\ntp://127.0\t.0.1:PORT/",
  "http://127.0.0.1:00PORT/",
  "https://127.0.0.1:PORT/",
  "https://127.1:PORT/",
] as const;

/** Names by the address that they lead to; `zoneOf` answers for them. */
const names: Readonly<Record<string, readonly string[]>> = {
  "127.0.0.1": [
    ..."localhost LOCALHOST localhost. LocalHost. shop.localhost a.b.localhost ｌｏｃａｌｈｏｓｔ loc%61lhost".split(
      " ",
    ),
    ..."127.0.0.1.nip.test 127-0-0-1.nip.test 7f000001.nip.test shop.127.0.0.1.nip.test shop-127-0-0-1.nip.test".split(
      " ",
    ),
    ..."loop4.test loop4.test. LOOP4.TEST ｌｏｏｐ４.test loop4。test %6coop4.test lo\u00adop4.test bücher.test".split(
      " ",
    ),
    ..."under_score.test alias.test zero.test mapped.test localhost.localdomain host.docker.internal".split(" "),
    ..."private-first.test mixed-families.test last-of-many.test".split(" "),
  ],
  "::1": ["loop6.test", "ip6-localhost", "unspecified6.test", "https-only6.test"],
  "10.0.0.1": ["10.0.0.1.nip.test", "intranet.test"],
  "169.254.169.254": ["169-254-169-254.nip.test", "metadata.google.internal", "instance-data"],
};

/** Written with a public address before the private one: a packet would go out to it first if all were allowed. */
const publicFirst = ["public-first.test", "public-a-private-aaaa.test", "private-in-the-middle.test"];

/**
 * @param port where the listeners are
 * @returns every form; the URLs differ from each other
 */
export function hostileTargets(port: number): HostileTarget[] {
  const urlOf = (host: string) => `${host.startsWith("https") ? "https" : "http"}://${host}:${port}/callback`;
  const aimed = [literals, names].flatMap((each) =>
    Object.entries(each).flatMap(([reaches, hosts]) => hosts.map((host) => ({ url: urlOf(host), reaches }))),
  );
  const spelt = spellings.map((url) => ({ url: url.replace("PORT", String(port)), reaches: "127.0.0.1" }));
  return [...aimed, ...spelt, ...[...unreachable, ...publicFirst].map((host) => ({ url: urlOf(host) }))];
}

/** Every address that a listener must hold for all of the targets to be seen arriving. */
export const reachedAddresses: readonly string[] = [...new Set([...Object.keys(literals), ...Object.keys(names)])];

const publicAddresses = ["93.184.215.14", "203.119.1.1", "1.1.1.1"] as const;
const [one, two, three] = publicAddresses;
const many = Array.from({ length: 12 }, (_, i) => `8.8.4.${i + 1}`);

const fixed: Readonly<Record<string, ReturnType<Zone>>> = {
  "loop4.test": { a: ["127.0.0.1"] },
  "loop6.test": { aaaa: ["::1"] },
  "https-only6.test": { aaaa: ["::1"] },
  "xn--bcher-kva.test": { a: ["127.0.0.1"] },
  "under_score.test": { a: ["127.0.0.1"] },
  "alias.test": { alias: "localhost", a: ["127.0.0.1"] },
  "zero.test": { a: ["0.0.0.0"] },
  "mapped.test": { aaaa: ["::ffff:127.0.0.1"] },
  "unspecified6.test": { aaaa: ["::"] },
  "localhost.localdomain": { a: ["127.0.0.1"] },
  "ip6-localhost": { aaaa: ["::1"] },
  "host.docker.internal": { a: ["127.0.0.1"] },
  "intranet.test": { a: ["10.0.0.1"] },
  "metadata.google.internal": { a: ["169.254.169.254"] },
  "instance-data": { a: ["169.254.169.254"] },
  "private-first.test": { a: ["127.0.0.1", one, two] },
  "mixed-families.test": { a: ["127.0.0.1"], aaaa: ["2606:4700:4700::1111"] },
  "last-of-many.test": { a: ["127.0.0.1", ...many] },
  "public-first.test": { a: [one, "127.0.0.1"] },
  "public-a-private-aaaa.test": { a: [two], aaaa: ["::1"] },
  "private-in-the-middle.test": { a: [...many, "10.0.0.1", three] },
};

/** A wildcard zone as nip.io and sslip.io serve it, where a name says which address it has. */
function nip(name: string): string | undefined {
  const spoken = /(?:^|[.-])(\d+)[.-](\d+)[.-](\d+)[.-](\d+)\.nip\.test$/.exec(name);
  if (spoken !== null) return spoken.slice(1).join(".");
  const hex = /(?:^|[.-])([0-9a-f]{8})\.nip\.test$/.exec(name)?.[1];
  return hex === undefined ? undefined : [...Buffer.from(hex, "hex")].join(".");
}

/** The zone of the names above. */
export const hostileZone: Zone = (name) => {
  const spoken = nip(name);
  return spoken === undefined ? fixed[name] : { a: [spoken] };
};
