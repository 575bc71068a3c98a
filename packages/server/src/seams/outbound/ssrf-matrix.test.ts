import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CountingListeners, openCountingListeners } from "../../testing/counting-listeners.ts";
import { type HostileTarget, hostileTargets, hostileZone, reachedAddresses } from "../../testing/hostile-targets.ts";
import { type NameServer, openNameServer } from "../../testing/name-server.ts";
import { tellFigures } from "../../testing/tell-figures.ts";
import { createOutbound, type Outbound, OutboundError } from "../outbound.ts";
import { askNameServers } from "./name-lookup.ts";
import type { PrivateTargets } from "./target-policy.ts";

/**
 * Judged by the connections that arrive, never by what an address looks like. On an ordinary machine listeners stand on
 * 127.0.0.0/8 and ::1; `reliability/ssrf-network.mjs` gives a network of its own all the other addresses too.
 */
const everyAddress = process.env["SSRF_EVERY_ADDRESS"] === "required";

let listeners: CountingListeners;
let nameServer: NameServer;
let targets: readonly HostileTarget[];
const opened: Outbound[] = [];

beforeAll(async () => {
  listeners = await openCountingListeners(reachedAddresses);
  nameServer = await openNameServer(hostileZone);
  targets = hostileTargets(listeners.port);
});
afterAll(async () => {
  await Promise.all(opened.map((outbound) => outbound.close()));
  await nameServer.close();
  await listeners.close();
});

function open(privateTargets: PrivateTargets): Outbound {
  const outbound = createOutbound({ privateTargets, lookup: askNameServers([nameServer.address]) });
  opened.push(outbound);
  return outbound;
}

/** What came of a call, in a word. */
async function outcome(outbound: Outbound, url: string): Promise<string> {
  try {
    const call = { url, headers: {}, body: "a=1", timeoutMs: 2_000, maximumBytes: 100 };
    return `answered ${(await outbound.post({ name: "callbacks.deliver", ...call })).status}`;
  } catch (error) {
    if (error instanceof OutboundError) return error.kind;
    throw error;
  }
}

describe("by default", () => {
  it("no form of an address brings a single connection to a listener on this machine or a private network", async () => {
    const outbound = open("off");
    const seen: Record<string, readonly string[]> = {};
    for (const { url } of targets) seen[url] = [await outcome(outbound, url), ...Object.keys(listeners.take())];
    const reached = Object.entries(seen).filter(([, [, ...connections]]) => connections.length > 0);
    expect(reached).toEqual([]);
    expect(new Set(targets.map((target) => target.url)).size).toBe(targets.length);
    expect(targets.length).toBeGreaterThanOrEqual(120);
    // A form that leads somewhere was refused for where it leads, and not for being misread.
    const misread = targets.filter(({ url, reaches }) => reaches !== undefined && seen[url]?.[0] !== "target_refused");
    expect(misread).toEqual([]);
  });
});

describe("where the operator allows private targets", () => {
  it("the same forms do connect, each to the address that it means", async () => {
    const outbound = open("on");
    const aimed = targets.filter(({ reaches }) => reaches !== undefined && listeners.addresses.has(reaches));
    const astray: unknown[] = [];
    for (const { url, reaches } of aimed) {
      const came = await outcome(outbound, url);
      const arrived = listeners.take();
      if (Object.keys(arrived).join() !== reaches) astray.push({ url, reaches, came, arrived });
    }
    expect(astray).toEqual([]);
    const missing = reachedAddresses.filter((address) => !listeners.addresses.has(address));
    tellFigures("forms of addresses", { refused: targets.length, connectedWhenAllowed: aimed.length });
    if (everyAddress) expect(missing).toEqual([]);
    // Every machine has this one; a loopback of another shape leaves out what it does not have.
    expect(aimed.filter(({ reaches }) => reaches === "127.0.0.1").length).toBeGreaterThanOrEqual(80);
  });
});
