import type { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { pathOf } from "./call-path.ts";

declare module "fastify" {
  interface FastifyInstance {
    knownPaths: KnownPaths;
  }
}

/** What is at a path: something that takes a key, or nothing, which the error tells. */
export type AtPath = "private" | GatewayError;

/** What became of paths that were asked for in vain, so that a flood of the same calls need not find a route each time. */
export interface KnownPaths {
  /** A call of this path was refused for its key. */
  notePrivate(method: string, url: string): void;
  /** Nothing answers there. */
  noteMissing(method: string, url: string, error: GatewayError): void;
  find(method: string, url: string): AtPath | undefined;
}

const mostKept = 500;
const longestPath = 200;

/** Routes never change while a process runs, so what was found once stays so. When there is too much, all is forgotten. */
export function createKnownPaths(): KnownPaths {
  const known = new Map<string, AtPath>();
  const note = (method: string, url: string, what: AtPath) => {
    const path = pathOf(url);
    if (path.length > longestPath) return;
    const name = `${method} ${path}`;
    if (known.has(name)) return;
    if (known.size >= mostKept) known.clear();
    known.set(name, what);
  };
  return {
    notePrivate: (method, url) => note(method, url, "private"),
    noteMissing: note,
    find: (method, url) => known.get(`${method} ${pathOf(url)}`),
  };
}
