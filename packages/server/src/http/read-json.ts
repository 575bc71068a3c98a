import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { parse } from "secure-json-parse";
import { firstJsonFault } from "./json-fault.ts";
import { strictText } from "./utf8.ts";

/** Line and column of a place in a text, both from 1. */
function lineAndColumn(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `line ${before.length}, column ${(before.at(-1) ?? "").length + 1}`;
}

// Nothing that is sent here is nested deeply; reading what is would cost the stack.
const deepestNesting = 20;

const [quote, backslash, colon] = [34, 92, 58];
const [openBrace, closeBrace, openBracket, closeBracket] = [123, 125, 91, 93];

/** One pass over the text outside of its strings: how many members it seems to have, and how deep it goes. */
function scan(text: string): { colons: number; depth: number } {
  let colons = 0;
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charCodeAt(i);
    if (inString) {
      if (character === backslash) i += 1;
      else if (character === quote) inString = false;
    } else if (character === quote) inString = true;
    else if (character === colon) colons += 1;
    else if (character === openBrace || character === openBracket) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (character === closeBrace || character === closeBracket) depth -= 1;
  }
  return { colons, depth: deepest };
}

function countMembers(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const children: unknown[] = Array.isArray(value) ? value : Object.values(value);
  return children.reduce<number>((sum, child) => sum + countMembers(child), Array.isArray(value) ? 0 : children.length);
}

function malformed(at: string): GatewayError {
  return new GatewayError("json_malformed", { meta: { at } });
}

/**
 * A JSON body as text (RFC 8259, section 8.1: in UTF-8).
 * @throws GatewayError json_malformed, with the first byte that is none: read as something else, two texts could become one
 */
export function jsonText(bytes: Buffer): string {
  const text = strictText(bytes);
  if (typeof text === "string") return text;
  const [first, second] = bytes;
  if (first === 0x1f && second === 0x8b) throw malformed("it is compressed with gzip, and has to come as it is");
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw malformed("it is UTF-16, and has to be UTF-8");
  throw malformed(`byte ${text.position} of it, ${text.byte}, is not UTF-8, in which JSON has to be`);
}

/**
 * Reads a JSON body strictly. Members that stand twice are refused, since two readers would take different ones of them,
 * and so are those that would reach into an object's prototype.
 * @throws GatewayError json_malformed, with the place
 */
export async function readJson(text: string): Promise<unknown> {
  if (text.trim() === "") throw malformed("the body is empty");
  const { colons, depth } = scan(text);
  if (depth > deepestNesting) throw malformed(`it is nested more than ${deepestNesting} levels deep`);
  let value: unknown;
  let isSound = false;
  try {
    value = parse(text, null, { protoAction: "error", constructorAction: "error" });
    isSound = colons === countMembers(value);
  } catch {
    // Told below, with the place that the parser does not know.
  }
  if (isSound) return value;
  const fault = await firstJsonFault(text);
  throw malformed(
    fault === undefined ? "it does not read as JSON" : `there is ${fault.what} at ${lineAndColumn(text, fault.offset)}`,
  );
}
