import { errorBody } from "@kineticpay/contract/errors/error-body";
import { createErrorMemo } from "@kineticpay/contract/errors/error-memo";
import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { expect, it } from "vitest";
import { preparedAnswer, writtenAnswer } from "./prepared-answer.ts";

/** What leaves, read as the client reads it. */
const read = (bytes: string): string => Buffer.from(bytes, "latin1").toString("utf8");
const docs = "https://gateway.example/docs/errors";
const none: readonly string[] = [];
const error = createErrorMemo()("a", () => {
  const path = '/wrong "path" … \u0000 \ud83d\ude00';
  return new GatewayError("route_unknown", { meta: { method: "GET", path, nearest: "" } });
});

it("holds the same bytes as the body that is written anew", () => {
  for (const requestId of ["req_01M83155W90SHPFHS6E731M8X0", "req_01M8307HC93F7W5K2A8R6PXSJN"]) {
    const written = JSON.stringify(errorBody(error, requestId, docs));
    const bytes = preparedAnswer(error, requestId, docs, none);
    expect(read(bytes)).toBe(written);
    expect(bytes).toHaveLength(Buffer.byteLength(written));
    expect(writtenAnswer(error, requestId, docs, none)).toBe(bytes);
  }
});

it("follows the address of the documents", () => {
  preparedAnswer(error, "req_1", docs, none);
  const moved = preparedAnswer(error, "req_1", "https://elsewhere.example", none);
  expect(JSON.parse(read(moved)).doc_url).toBe("https://elsewhere.example/route_unknown");
});

it("follows the contact of whoever runs the gateway", () => {
  const fault = createErrorMemo()("b", () => new GatewayError("database_unavailable", { meta: {} }));
  const support = ["help@pay.example", "+60 3-1234 5678"];
  expect(preparedAnswer(fault, "req_1", docs, none)).not.toContain("support");
  const { message, meta } = JSON.parse(read(preparedAnswer(fault, "req_1", docs, support)));
  expect(message).toMatch(/by its invoice first\. If it goes on, ask help@pay\.example or \+60 3-1234 5678, and name/);
  expect(meta).toEqual({ support });
});
