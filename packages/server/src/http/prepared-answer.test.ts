import { errorBody } from "@kineticpay/contract/errors/error-body";
import { createErrorMemo } from "@kineticpay/contract/errors/error-memo";
import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { expect, it } from "vitest";
import { preparedAnswer } from "./prepared-answer.ts";

const docs = "https://gateway.example/docs/errors";
const none: readonly string[] = [];
const error = createErrorMemo()("a", () => {
  const path = '/wrong "path" … \u0000 \ud83d\ude00';
  return new GatewayError("route_unknown", { meta: { method: "GET", path, nearest: "" } });
});

it("holds the same text as the body that is written anew", () => {
  for (const requestId of ["req_01M83155W90SHPFHS6E731M8X0", "req_01M8307HC93F7W5K2A8R6PXSJN"]) {
    const written = JSON.stringify(errorBody(error, requestId, docs));
    expect(preparedAnswer(error, requestId, docs, none)).toEqual({ body: written, length: Buffer.byteLength(written) });
  }
});

it("follows the address of the documents", () => {
  preparedAnswer(error, "req_1", docs, none);
  const moved = preparedAnswer(error, "req_1", "https://elsewhere.example", none);
  expect(JSON.parse(moved.body).doc_url).toBe("https://elsewhere.example/route_unknown");
});

it("follows the contact of whoever runs the gateway", () => {
  const fault = createErrorMemo()("b", () => new GatewayError("database_unavailable", { meta: {} }));
  const support = ["help@pay.example", "+60 3-1234 5678"];
  expect(preparedAnswer(fault, "req_1", docs, none).body).not.toContain("support");
  const { message, meta } = JSON.parse(preparedAnswer(fault, "req_1", docs, support).body);
  expect(message).toMatch(/it may have been done\. If it goes on, ask help@pay\.example or \+60 3-1234 5678, and name/);
  expect(meta).toEqual({ support });
});
