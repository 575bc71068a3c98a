import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "../config.ts";
import { alterAccess } from "../testing/alter-access.ts";
import { callApi } from "../testing/call-api.ts";
import { sendTo } from "../testing/test-app.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { buildApp } from "./app.ts";

/** What stands between the caller and the gateway, and which of it the gateway is told to believe. */
const paths = {
  direct: "192.0.2.1",
  "one proxy": "127.0.0.1,::1",
  "two proxies": "127.0.0.1,::1,10.0.0.0/8,fd00::/8",
} as const;
type PathName = keyof typeof paths;

/** How the machine next to the gateway connects, and as what the gateway sees it. */
const peers = {
  v4: { listen: "127.0.0.1", connect: "127.0.0.1", seen: "127.0.0.1" },
  v6: { listen: "::1", connect: "::1", seen: "::1" },
  mapped: { listen: "::", connect: "127.0.0.1", seen: "127.0.0.1" },
} as const;
type PeerName = keyof typeof peers;

/** Callers as a proxy writes them down, and the one form in which they are compared. */
const callers = [
  ["203.0.113.66", "203.0.113.66"],
  ["2001:db8::66", "2001:db8::66"],
  ["2001:DB8:0:0:0:0:0:66", "2001:db8::66"],
  ["::ffff:203.0.113.66", "203.0.113.66"],
] as const;

/** The address that the key's list lets in, and that a stranger would like to be. */
const wanted = "198.51.100.7";

/** Headers that a stranger can write, to be taken for the wanted address. */
const claims: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  nothing: {},
  "X-Forwarded-For": { "x-forwarded-for": wanted },
  "a long X-Forwarded-For": { "x-forwarded-for": `${wanted}, ${wanted}, 10.0.0.9, 127.0.0.1` },
  Forwarded: { forwarded: `for=${wanted};proto=https;by=10.0.0.1` },
  "X-Real-IP": { "x-real-ip": wanted },
  "headers of other services": { "cf-connecting-ip": wanted, "true-client-ip": wanted, "x-client-ip": wanted },
  "all of them": {
    "x-forwarded-for": `${wanted}, ::ffff:${wanted}`,
    forwarded: `for=${wanted}`,
    "x-real-ip": wanted,
    "x-forwarded-host": wanted,
    via: `1.1 ${wanted}`,
  },
};

let core: TestCore;
const ports = new Map<string, number>();
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  core = await openTestCore();
  for (const [path, trusted] of Object.entries(paths)) {
    for (const [peer, { listen }] of Object.entries(peers)) {
      const { trustedProxies } = readConfig({ KINETICPAY_TRUSTED_PROXIES: trusted });
      const app = buildApp({ ...core.gateway, config: { ...core.gateway.config, trustedProxies } });
      await app.listen({ host: listen, port: 0, ipv6Only: listen === "::1" });
      ports.set(`${path} ${peer}`, (app.server.address() as AddressInfo).port);
      closing.push(() => app.close());
    }
  }
  await alterAccess(core.gateway, "update api_keys set ip_allow_list = $1", [[wanted]]);
});
afterAll(async () => {
  for (const close of closing) await close();
  await core.close();
});

/** The headers as they leave the last proxy: each appends whom it was called by, and passes on the rest. */
function through(path: PathName, caller: string, claim: Readonly<Record<string, string>>): Record<string, string> {
  if (path === "direct") return { ...claim };
  const chain = [claim["x-forwarded-for"], caller, ...(path === "two proxies" ? ["10.0.0.2"] : [])];
  return { ...claim, "x-forwarded-for": chain.filter((part) => part !== undefined).join(", ") };
}

async function whoami(path: PathName, peer: PeerName, headers: Readonly<Record<string, string>>) {
  const port = ports.get(`${path} ${peer}`) ?? 0;
  const send = sendTo({ host: peers[peer].connect, port });
  const with_ = (raw: Parameters<typeof send>[0]) => send({ ...raw, headers: { ...raw.headers, ...headers } });
  const key = core.merchant.apiKey.key;
  const shown = await callApi({ send: with_ }, key, "GET", "/api/v2/whoami");
  const ping = await callApi({ send: with_ }, key, "GET", "/api/v2/ping");
  return { shown: shown.body as { address?: string; address_allowed?: boolean }, ping };
}

const cells = (Object.keys(paths) as PathName[]).flatMap((path) =>
  (Object.keys(peers) as PeerName[]).flatMap((peer) =>
    callers.flatMap(([caller, canonical]) =>
      Object.entries(claims).map(([name, claim]) => ({ path, peer, caller, canonical, name, claim })),
    ),
  ),
);

describe("the address of a caller", () => {
  it("is looked at in more than 200 ways", () => {
    expect(cells.length).toBeGreaterThan(200);
  });

  it.each(cells)("is not what a stranger claims: $path, $peer peer, $caller, claiming $name", async (cell) => {
    const { shown, ping } = await whoami(cell.path, cell.peer, through(cell.path, cell.caller, cell.claim));
    const seen = cell.path === "direct" ? peers[cell.peer].seen : cell.canonical;
    expect(shown).toMatchObject({ address: seen, address_allowed: false });
    expect(ping.status).toBe(401);
    expect(ping.body).toMatchObject({ code: "ip_not_allowed", meta: { address: seen, list: "key" } });
    expect(ping.text).not.toContain(wanted);
  });

  it.each(cells.filter((cell) => cell.path !== "direct" && cell.name === "nothing" && cell.caller === callers[0][0]))(
    "is believed from a trusted proxy: $path, $peer peer",
    async ({ path, peer }) => {
      for (const written of [wanted, `::ffff:${wanted}`]) {
        const { shown, ping } = await whoami(path, peer, through(path, written, {}));
        expect(shown).toMatchObject({ address: wanted, address_allowed: true });
        expect(ping.status).toBe(200);
      }
    },
  );

  it.each(["", " ", ", 10.0.0.2", "unknown", "_hidden", "198.51.100.7:4711", "[2001:db8::66]", "198.51.100.07", "<b>"])(
    "is on no list when a proxy passes on %j",
    async (written) => {
      const { shown, ping } = await whoami("one proxy", "v4", { "x-forwarded-for": `${wanted}, ${written}` });
      expect(shown.address_allowed).toBe(false);
      expect(ping.body).toMatchObject({ code: "ip_not_allowed" });
      expect(shown.address).not.toBe(wanted);
    },
  );
});

describe("the list of trusted proxies", () => {
  it.each([
    "true",
    "*",
    "loopback",
    "1",
    "0.0.0.0/0",
    "::/0",
    "10.0.0.0/33",
    "proxy.example",
    "10.0.0.1,",
    "fe80::1%eth0",
  ])("refuses %j, which would trust strangers or mean nothing", (text) => {
    expect(() => readConfig({ KINETICPAY_TRUSTED_PROXIES: text })).toThrow(/KINETICPAY_TRUSTED_PROXIES must be/);
  });
});
