import type { FpxFields } from "@kineticpay/fpx/messages";

/** A body that is not what the exchange signed, and what was done to it. */
export interface Forgery {
  readonly what: string;
  readonly body: string;
}

/** A genuine message: its fields in the order in which they came, and the names of those under the signature, in its order. */
export interface Genuine {
  readonly fields: FpxFields;
  readonly body: string;
}

/** A form of raw, encoded values. */
export function formOf(entries: readonly (readonly [name: string, raw: string])[]): string {
  return entries.map(([name, raw]) => `${name}=${raw}`).join("&");
}

/** The fields of a message, each value encoded. */
export function entriesOf({ fields }: Genuine): [name: string, raw: string][] {
  return Object.entries(fields).map(([name, value]) => [name, encodeURIComponent(value)]);
}

/** Reads a form as anybody's library does. */
export function genuineOf(body: string): Genuine {
  return { body, fields: Object.fromEntries(new URLSearchParams(body)) };
}

/**
 * Whether a reader who is careful, but knows nothing of the gateway, would find the very same signed message in a body: then
 * it is no forgery, however odd it looks.
 */
export function isSameMessage(body: string, genuine: Genuine): boolean {
  const pairs = [...new URLSearchParams(body)];
  const isDecodable = body.split("&").every((segment) => {
    try {
      return decodeURIComponent(segment) !== "";
    } catch {
      return false;
    }
  });
  const names = pairs.map(([name]) => name);
  if (!isDecodable || new Set(names).size !== names.length) return false;
  const found = new Map(pairs);
  return Object.entries(genuine.fields).every(([name, value]) => {
    const given = found.get(name);
    return name === "fpx_checkSum" ? given?.toUpperCase() === value.toUpperCase() : given === value;
  });
}
