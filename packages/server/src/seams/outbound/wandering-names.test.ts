import { afterAll, beforeAll, expect, it } from "vitest";
import { type CountingListeners, openCountingListeners } from "../../testing/counting-listeners.ts";
import { type NameServer, openNameServer } from "../../testing/name-server.ts";
import { createOutbound, type Outbound, OutboundError } from "../outbound.ts";
import { askNameServers } from "./name-lookup.ts";

/** Here 127.0.0.1 stands for a shop that may be called, and ::1 for what must never be. */
const shop = "127.0.0.1";
const inside = "::1";

let listeners: CountingListeners;
let nameServer: NameServer;
let outbound: Outbound;
beforeAll(async () => {
  listeners = await openCountingListeners([shop, inside]);
  nameServer = await openNameServer((name, asked) => {
    const turn = asked % 2 === 0 ? shop : "10.9.8.7";
    if (name === "steady.test") return { a: [shop] };
    // What a program that looks a name up, checks it, and then connects by name would fall for.
    if (name === "turning.test") return { a: [turn] };
    if (name === "turning6.test") return asked % 2 === 0 ? { a: [shop] } : { a: [shop], aaaa: [inside] };
    if (name === "both.test") return { a: [shop], aaaa: [inside] };
    return undefined;
  });
  outbound = createOutbound({ privateTargets: [shop], lookup: askNameServers([nameServer.address]) });
});
afterAll(async () => {
  await outbound.close();
  await nameServer.close();
  await listeners.close();
});

async function call(name: string): Promise<string> {
  const url = `http://${name}:${listeners.port}/`;
  try {
    const answer = await outbound.post({
      name: "callbacks.deliver",
      url,
      headers: {},
      body: "",
      timeoutMs: 2_000,
      maximumBytes: 100,
    });
    return String(answer.status);
  } catch (error) {
    return error instanceof OutboundError ? error.kind : String(error);
  }
}

it("connects to the address that it checked, however the name server answers the next time", async () => {
  expect(await call("steady.test")).toBe("200");
  const questions = nameServer.questions();
  expect(await call("turning.test")).toBe("200");
  // One look-up of both families, and none after the check.
  expect(nameServer.questions() - questions).toBe(2);
  expect([await call("turning.test"), await call("turning.test")]).toEqual(["target_refused", "200"]);
  expect(listeners.take()).toEqual({ [shop]: 3 });
});

it("refuses a name as soon as one of its addresses may not be called, in whichever family it appears", async () => {
  expect(await call("both.test")).toBe("target_refused");
  expect(await call("turning6.test")).toBe("200");
  expect(await call("turning6.test")).toBe("target_refused");
  expect(listeners.take()).toEqual({ [shop]: 1 });
});

it("tells whoever aimed it what is wrong, but not what a private name server knows", async () => {
  const refused: unknown[] = [];
  const told = createOutbound({
    privateTargets: "off",
    lookup: askNameServers([nameServer.address]),
    onRefused: (each) => refused.push(each),
  });
  const post = (url: string) =>
    told.post({ name: "callbacks.deliver", url, headers: {}, body: "", timeoutMs: 2_000, maximumBytes: 0 });
  await expect(post("http://steady.test/")).rejects.toMatchObject({
    kind: "target_refused",
    message: "steady.test leads to an address that is not on the public internet (loopback)",
  });
  await expect(post("http://169.254.169.254/latest")).rejects.toMatchObject({
    kind: "target_refused",
    message: "169.254.169.254 is an address that is not on the public internet (link-local)",
  });
  expect(refused).toEqual([
    { host: "steady.test", address: shop },
    { host: "169.254.169.254", address: "169.254.169.254" },
  ]);
  await told.close();
});
