import type { IncomingMessage } from "node:http";
import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { bodyLimitBytes } from "../../as-gateway-error.ts";
import { lenientForm, lenientText } from "../../utf8.ts";

/**
 * What a shop sent, by name: text from forms and query strings, any JSON value from JSON. Of a repeated name the last
 * value counts, as in PHP and in JSON. A Map, so that no name of a field can be mistaken for a member of every object.
 */
export type WireFields = ReadonlyMap<string, unknown>;

const accepted = ["application/json", "application/x-www-form-urlencoded"] as const;
const known = ["merchant_key", "invoice", "amount", "callback_success"];

function fromJson(text: string): WireFields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // The parser's own words may quote the body, and with it the merchant key.
    const words = error instanceof Error ? error.message : "";
    const position = /at position (\d+)/.exec(words)?.[1];
    const ends = words.startsWith("Unexpected end")
      ? "it ends too early"
      : "it holds something that JSON does not allow";
    const at = position === undefined ? ends : `it breaks at character ${position}`;
    throw new GatewayError("json_malformed", { meta: { at } });
  }
  // `[]` is how PHP writes an empty object, so a list holds nothing rather than being a fault.
  return new Map(typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : []);
}

/**
 * Reads a body by what it is: shops label forms as JSON and JSON as forms, or not at all. No form begins with a brace or
 * a bracket, since a form writes those as %7B and %5B.
 * @throws GatewayError json_malformed, media_type_unsupported
 */
export function fieldsOfBody(text: string, contentType: string): WireFields {
  const body = text.replace(/^\uFEFF/, "").trim();
  if (body === "") return new Map();
  if (body.startsWith("{") || body.startsWith("[")) return fromJson(body);
  const form: WireFields = new Map(new URLSearchParams(lenientForm(body)));
  if (known.some((name) => form.has(name))) return form;
  if (/\bjson\b/i.test(contentType)) return fromJson(body);
  if (contentType === "" || contentType.toLowerCase().startsWith(accepted[1])) return form;
  throw new GatewayError("media_type_unsupported", { meta: { received: contentType.slice(0, 80), accepted } });
}

/** The parameters behind the question mark of a request's address. */
export function fieldsOfQuery(url: string): WireFields {
  const start = url.indexOf("?");
  return new Map(start === -1 ? [] : new URLSearchParams(lenientForm(url.slice(start + 1))));
}

/** Both together; a value of the first that is there and not empty goes before one of the second. */
export function joinFields(first: WireFields, second: WireFields): WireFields {
  const joined = new Map(second);
  for (const [name, value] of first) {
    if (value !== "" || !joined.has(name)) joined.set(name, value);
  }
  return joined;
}

/**
 * Reads a request's body as text, also of a GET, which PHP clients send with one.
 * @throws GatewayError body_too_large
 */
export async function readText(request: IncomingMessage): Promise<string> {
  const tooLarge = () => new GatewayError("body_too_large", { meta: { limit_bytes: bodyLimitBytes } });
  if (Number(request.headers["content-length"] ?? 0) > bodyLimitBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  // Destroying the request would take the connection with it, and the answer with that.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > bodyLimitBytes) throw tooLarge();
    chunks.push(bytes);
  }
  // Some of these shops were written before UTF-8 was what everybody means.
  return lenientText(Buffer.concat(chunks));
}
