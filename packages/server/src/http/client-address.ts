import { isIPv4 } from "node:net";
import type { FastifyRequest } from "fastify";
import { canonicalAddress } from "../merchants/address-range.ts";

const longestShown = 64;

/**
 * The framework passes over empty entries of X-Forwarded-For, and so would read, where a proxy failed to name its caller,
 * what that caller wrote before. True when one of the entries that were believed is empty.
 */
function isNameless(request: FastifyRequest): boolean {
  const believed = (request.ips?.length ?? 1) - 1;
  if (believed === 0) return false;
  const entries = [request.headers["x-forwarded-for"] ?? ""].flat().join(",").split(",");
  return entries.slice(-believed).some((entry) => entry.trim() === "");
}

/**
 * Where a call came from: the peer, or what the trusted proxies before it say; never what a stranger wrote. Addresses come
 * in the one form that lists are compared in. A proxy that passes on something else has it shown as it is, without what
 * could not stand in a log, and it is on no list.
 */
export function clientAddress(request: FastifyRequest): string {
  // A socket that has been closed meanwhile no longer knows its peer.
  const seen = isNameless(request) ? "" : ((request.ip as string | undefined) ?? "");
  // The usual case, and in its one form already.
  if (isIPv4(seen)) return seen;
  return canonicalAddress(seen) ?? (seen.replace(/[^\x21-\x7e]/g, "?").slice(0, longestShown) || "unknown");
}
