import { expect, it } from "vitest";
import { errorCodes, errorEntry, errorStatus } from "./catalogue.ts";
import type { Meta } from "./entry.ts";
import { errorBody } from "./error-body.ts";
import { GatewayError } from "./gateway-error.ts";

/** Stands for any value of meta and leaves a mark in the message, to see that everything dynamic comes from meta. */
const anyMeta = new Proxy({} as Meta, {
  get: (_target, name) =>
    ["scopes", "accepted", "paths", "allowed"].includes(String(name)) ? [`<${String(name)}>`] : `<${String(name)}>`,
});

it.each(errorCodes)("answers %s with a status of the closed set and a message that says what to do", (code) => {
  expect([401, 403, 404, 429, 500, 502, 503, 504]).toContain(errorStatus(code));
  const message = errorEntry(code).message(anyMeta);
  expect(message.length).toBeGreaterThan(60);
  expect(message).toMatch(/[.!?]$/);
  expect(message).not.toMatch(/undefined|NaN|\[object/);
});

it.each(errorCodes)("says of %s whether a repeat helps as the contract has it", (code) => {
  const status = errorStatus(code);
  const expected = status === 429 || (status >= 500 && code !== "bank_timeout");
  expect(errorEntry(code).retryable).toBe(expected);
});

it.each(errorCodes.filter((code) => [429, 503].includes(errorStatus(code))))(
  "tells after how long %s may be tried again",
  (code) => {
    expect(errorEntry(code).retryAfterS).toBeGreaterThan(0);
  },
);

it("gives every failure the same members, and lists the fields of a 403", () => {
  const error = new GatewayError("resource_missing", {
    meta: { resource: "payment", id: "pay_1", nearest: "" },
    cause: new Error("secret detail"),
  });
  const body = errorBody(error, "req_1", "https://gateway.example/docs/errors");
  expect(Object.keys(body).sort()).toEqual([
    "code",
    "doc_url",
    "message",
    "meta",
    "request_id",
    "retryable",
    "status",
    "type",
  ]);
  expect(body.doc_url).toBe("https://gateway.example/docs/errors/resource_missing");
  expect(JSON.stringify(body)).not.toContain("secret detail");
  const refused = new GatewayError("fields_invalid", { meta: { count: 0, paths: [] } });
  expect(errorBody(refused, "req_1", "").fields).toEqual([]);
});

it("records no stack, which would cost more than the refusal itself", () => {
  const before = Error.stackTraceLimit;
  const error = new GatewayError("internal_error", { meta: {} });
  expect(error.stack?.split("\n")).toHaveLength(1);
  expect(Error.stackTraceLimit).toBe(before);
});
