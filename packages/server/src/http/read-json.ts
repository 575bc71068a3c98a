import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { parse } from "secure-json-parse";

/** Where JSON breaks off, by line and column. The text itself is not quoted: it may hold a secret. */
function placeOf(error: unknown, text: string): string {
  const position = /position (\d+)/.exec(error instanceof Error ? error.message : "")?.[1];
  if (position === undefined) return "it does not read as JSON";
  const before = text.slice(0, Number(position)).split("\n");
  return `it breaks off at line ${before.length}, column ${(before.at(-1) ?? "").length + 1}`;
}

/**
 * Reads a JSON body. Members that would reach into an object's prototype are refused.
 * @throws GatewayError json_malformed
 */
export function readJson(text: string): unknown {
  if (text.trim() === "") throw new GatewayError("json_malformed", { meta: { at: "the body is empty" } });
  try {
    return parse(text, null, { protoAction: "error", constructorAction: "error" });
  } catch (error) {
    throw new GatewayError("json_malformed", { meta: { at: placeOf(error, text) } });
  }
}
