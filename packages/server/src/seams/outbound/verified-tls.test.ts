import { createServer, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";
import { connect, type SecureVersion } from "node:tls";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { type CertificateAuthority, newAuthority, selfSigned } from "../../testing/tls-certificates.ts";
import { createOutbound, type Outbound } from "../outbound.ts";

const dayMs = 86_400_000;
const daysFromNow = (days: number) => new Date(Date.now() + days * dayMs);

let authority: CertificateAuthority;
let stranger: CertificateAuthority;
let outbound: Outbound;
const cleanups: (() => unknown)[] = [];
beforeAll(async () => {
  authority = await newAuthority("An authority that is believed");
  stranger = await newAuthority("An authority that nobody knows");
  outbound = createOutbound({ privateTargets: "on", authorities: [authority.certificate] });
});
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});
afterAll(() => outbound.close());

interface SecureShop {
  readonly port: number;
  /** Names that callers asked for. */
  readonly names: (string | false)[];
  /** Requests that got through. */
  readonly received: string[];
}

async function openSecureShop(options: ServerOptions): Promise<SecureShop> {
  const names: (string | false)[] = [];
  const received: string[] = [];
  const server = createServer(options, (request, response) => {
    received.push(request.headers.host ?? "");
    response.end("OK");
  });
  server.on("secureConnection", (socket) => names.push(socket.servername ?? false));
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => server.close());
  return { port: (server.address() as AddressInfo).port, names, received };
}

const post = (port: number, from = outbound) =>
  from.post({
    name: "callbacks.deliver",
    url: `https://localhost:${port}/callback`,
    headers: {},
    body: "secret",
    timeoutMs: 5_000,
    maximumBytes: 100,
  });

it("delivers over TLS 1.2 and 1.3 to the name that the certificate is for, and asks for that name", async () => {
  const identity = await authority.issue(["localhost"]);
  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    const shop = await openSecureShop({ ...identity, minVersion: version, maxVersion: version });
    expect(await post(shop.port)).toMatchObject({ status: 200, body: "OK" });
    expect(shop).toMatchObject({ names: ["localhost"], received: [`localhost:${shop.port}`] });
  }
});

it.each([
  [
    "has expired",
    () => authority.issue(["localhost"], { from: daysFromNow(-90), until: daysFromNow(-1) }),
    "CERT_HAS_EXPIRED",
  ],
  [
    "is not valid yet",
    () => authority.issue(["localhost"], { from: daysFromNow(1), until: daysFromNow(90) }),
    "CERT_NOT_YET_VALID",
  ],
  ["vouches for itself", () => selfSigned("localhost"), "DEPTH_ZERO_SELF_SIGNED_CERT"],
  ["is for another name", () => authority.issue(["shop.example"]), "ERR_TLS_CERT_ALTNAME_INVALID"],
  ["comes from an unknown authority", () => stranger.issue(["localhost"]), "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
] as const)("sends nothing to a server whose certificate %s", async (_what, identity, code) => {
  const shop = await openSecureShop(await identity());
  await expect(post(shop.port)).rejects.toMatchObject({
    kind: "unreachable",
    message: `the connection failed: ${code}`,
  });
  expect(shop.received).toEqual([]);
});

/** Whether a server speaks that version at all, to somebody who asks for it. */
function speaks(port: number, version: SecureVersion): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const old = { minVersion: version, maxVersion: version, ciphers: "DEFAULT@SECLEVEL=0", rejectUnauthorized: false };
    const socket = connect({ port, host: "127.0.0.1", ...old }, () => {
      resolve(socket.getProtocol());
      socket.destroy();
    }).once("error", reject);
  });
}

it.each(["TLSv1", "TLSv1.1"] as const)("sends nothing over %s", async (version) => {
  const identity = await authority.issue(["localhost"]);
  const old = { minVersion: version, maxVersion: version, ciphers: "DEFAULT@SECLEVEL=0" };
  const shop = await openSecureShop({ ...identity, ...old });
  expect(await speaks(shop.port, version)).toBe(version);
  await expect(post(shop.port)).rejects.toMatchObject({ kind: "unreachable" });
  expect(shop.received).toEqual([]);
});

it("verifies also where the environment says not to", async () => {
  const shop = await openSecureShop(await selfSigned("localhost"));
  const before = process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
  process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
  const lax = createOutbound({ privateTargets: "on" });
  try {
    await expect(post(shop.port, lax)).rejects.toMatchObject({ kind: "unreachable" });
  } finally {
    if (before === undefined) delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
    else process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = before;
    await lax.close();
  }
  expect(shop.received).toEqual([]);
});
