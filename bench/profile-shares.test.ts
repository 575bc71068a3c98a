import { expect, test } from "vitest";
import { categoryOf, selfTimes } from "./profile-shares.mjs";

const node = (id: number, functionName: string, url: string) => ({
  id,
  callFrame: { functionName, url, lineNumber: 6 },
});

test("self time is what passes until the next sample, within the window, and waiting is none", () => {
  const profile = {
    nodes: [node(1, "(idle)", ""), node(2, "work", "file:///a.js"), node(3, "", "file:///b.js")],
    startTime: 1_000,
    samples: [2, 3, 1, 2, 2],
    timeDeltas: [10, 5, 7, 20, 4],
  };
  expect(selfTimes(profile, { fromUs: 1_000, toUs: 1_043 })).toEqual([
    { name: "work", url: "file:///a.js", line: 7, us: 9 },
    { name: "(anonymous)", url: "file:///b.js", line: 7, us: 7 },
  ]);
});

test.each([
  ["send", "file:///x/node_modules/pg-pool/index.js", "pg"],
  ["parse", "file:///x/node_modules/secure-json-parse/index.js", "secure-json-parse"],
  ["route", "file:///x/node_modules/@fastify/error/index.js", "fastify"],
  ["createPayment", "file:///x/packages/server/dist/payments/create-payment.js", "ours: server/payments"],
  ["verify", "file:///x/packages/fpx/dist/checksum.js", "ours: fpx"],
  ["resOnFinish", "node:_http_server", "node: http"],
  ["validate10", "", "ajv: the schemas' own functions"],
  ["writev", "", "node: writing to sockets"],
  ["runMicrotasks", "", "native functions"],
])("%s of %s counts as %s", (name, url, category) => {
  expect(categoryOf({ name, url, line: 1, us: 1 })).toBe(category);
});
