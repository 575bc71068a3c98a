import { hash } from "node:crypto";

/**
 * A JSON value in the one form that RFC 8785 gives it: no space, members in the order of their UTF-16 code units, numbers
 * and text as ECMAScript writes them. So it is the same for every library, and every order, that the value was sent in.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value ?? null);
  const members = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(members).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonicalJson(members[name])}`).join(",")}}`;
}

const digestBytes = 32;
const digest = (value: unknown): Buffer => hash("sha256", canonicalJson(value), "buffer");

/**
 * What makes two calls of one route the same: a digest of the parts of the path, then one of the body. No body and null
 * are the same, since no route tells them apart. The query is left out: what is kept never has one that matters.
 */
export function fingerprintOf(params: unknown, body: unknown): Buffer {
  return Buffer.concat([digest(params ?? {}), digest(body)]);
}

/** The part in which two fingerprints of one route differ, if they do. */
export function differingPart(one: Uint8Array, other: Uint8Array): "path" | "body" | undefined {
  const differs = (from: number, to: number) => !Buffer.from(one.subarray(from, to)).equals(other.subarray(from, to));
  if (differs(0, digestBytes)) return "path";
  return differs(digestBytes, 2 * digestBytes) ? "body" : undefined;
}
