import { describe, expect, test } from "vitest";
import { readRepository } from "./source-files.ts";
import { waysOut } from "./ways-out.ts";

const judged = (text: string, path = "packages/server/src/callbacks/planted.ts") => waysOut([{ path, text }]);

describe("the gateway", () => {
  test("calls out through its one outbound client and nothing else", () => {
    expect(waysOut(readRepository())).toEqual([]);
  });
});

describe("the check itself", () => {
  test.each([
    ["undici", `import { request } from "undici";`],
    ["undici's own connector", `import buildConnector from "undici/lib/core/connect.js";`],
    ["http", `import { request } from "node:http";`],
    ["http without its prefix", `import http from "http";`],
    ["https", `import * as https from "node:https";`],
    ["a plain socket", `import { connect } from "node:net";`],
    ["a socket beside something harmless", `import { isIP, Socket } from "node:net";`],
    ["all of net", `import net from "node:net";`],
    ["TLS", `import { connect } from "node:tls";`],
    ["datagrams", `import { createSocket } from "node:dgram";`],
    ["a look-up of names", `import { lookup } from "node:dns/promises";`],
    ["a module handed on", `export { request } from "node:https";`],
    ["a module loaded later", `const { request } = await import("node:https");`],
    ["a module required", `const { request } = createRequire(import.meta.url)("x"); require("node:https");`],
    ["a module asked of the process", `process.getBuiltinModule("node:https").request("http://x");`],
    ["another database client", `import pg from "pg";`],
    ["another Redis client", `import { createClient } from "@redis/client";`],
    ["a package that nobody has looked at", `import axios from "axios";`],
    ["fetch", `await fetch("http://shop.example");`],
    ["fetch by another name", `await globalThis.fetch("http://shop.example");`],
    ["a web socket", `new WebSocket("ws://shop.example");`],
  ])("sees %s", (_what, text) => {
    expect(judged(text)).toHaveLength(1);
  });

  test.each([
    ["types", `import type { IncomingMessage } from "node:http";`],
    ["what only reads addresses", `import { isIPv4, isIPv6 } from "node:net";`],
    ["our own", `import { OutboundError } from "../seams/outbound.ts";`],
    ["a method of that name", `await store.fetch("x");`],
  ])("lets %s pass", (_what, text) => {
    expect(judged(text)).toEqual([]);
  });

  test("lets each door be used only where it belongs", () => {
    const text = `import { request } from "undici";`;
    expect(judged(text, "packages/server/src/seams/outbound/planted.ts")).toEqual([]);
    expect(judged(text, "packages/server/src/seams/outbound-planted.ts")).toHaveLength(1);
    expect(judged(`import pg from "pg";`, "packages/server/src/db/planted.ts")).toEqual([]);
  });
});
