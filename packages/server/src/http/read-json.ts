import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { parse } from "secure-json-parse";

/** Line and column of a place in a text, both from 1. */
function lineAndColumn(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `line ${before.length}, column ${(before.at(-1) ?? "").length + 1}`;
}

// Nothing that is sent here is nested deeply; reading what is would cost the stack.
const deepestNesting = 20;

const [quote, backslash, colon] = [34, 92, 58];
const [openBrace, closeBrace, openBracket, closeBracket] = [123, 125, 91, 93];

interface Finding {
  readonly offset: number;
  readonly what: string;
}

/** What is wrong, found by a second and slower reading that knows places. The text is never quoted: it may hold a secret. */
async function firstFault(text: string): Promise<Finding | undefined> {
  const { visit } = await import("jsonc-parser");
  const names: Set<string>[] = [];
  let found: Finding | undefined;
  const report = (offset: number, what: string) => {
    if (found === undefined || offset < found.offset) found = { offset, what };
  };
  visit(
    text,
    {
      onObjectBegin: () => void names.push(new Set()),
      onObjectEnd: () => void names.pop(),
      onObjectProperty: (name, offset) => {
        if (names.at(-1)?.has(name) === true) report(offset, "a member that stands there twice");
        if (name === "__proto__") report(offset, "a member that is not allowed in any object");
        names.at(-1)?.add(name);
      },
      onError: (_code, offset) => report(offset, "text that does not fit there"),
    },
    { disallowComments: true, allowTrailingComma: false },
  );
  return found;
}

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
  const fault = await firstFault(text);
  throw malformed(
    fault === undefined ? "it does not read as JSON" : `there is ${fault.what} at ${lineAndColumn(text, fault.offset)}`,
  );
}
