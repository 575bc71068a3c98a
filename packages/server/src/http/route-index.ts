import type { FastifyInstance } from "fastify";

interface Paths {
  /** What is found at each path without parameters. */
  readonly fixed: Map<string, string[]>;
  readonly open: Map<string, { readonly pattern: RegExp; readonly found: string[] }>;
}

/** Every address that the app answers, so that a 404 can say what would have been right. */
export interface RouteIndex {
  /** Methods by path. */
  readonly methods: Paths;
  /** Addresses by what is left of a path without its prefix, plurals, case and trailing slash. */
  readonly near: Paths;
}

const noPaths = (): Paths => ({ fixed: new Map(), open: new Map() });

function patternOf(address: string): RegExp {
  const parts = address.split(/(:[A-Za-z]+|\*)/).map((part) => {
    if (part === "*") return ".*";
    return part.startsWith(":") ? "[^/]+" : part.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
  });
  return new RegExp(`^${parts.join("")}$`);
}

/** Puts down what is found at an address. Patterns are made here, and not for whoever asks: those are strangers. */
function put(paths: Paths, address: string, value: string): void {
  if (!/[:*]/.test(address)) {
    paths.fixed.set(address, [...(paths.fixed.get(address) ?? []), value]);
    return;
  }
  const { pattern, found } = paths.open.get(address) ?? { pattern: patternOf(address), found: [] };
  paths.open.set(address, { pattern, found: [...found, value] });
}

function lookUp(paths: Paths, path: string): string[] {
  const found = [...(paths.fixed.get(path) ?? [])];
  for (const each of paths.open.values()) if (each.pattern.test(path)) found.push(...each.found);
  return found;
}

/** A path without what is easily got wrong: its prefix, plurals, case and trailing slash. */
function plain(path: string): string {
  return path
    .toLowerCase()
    .replace(/^\/(api\/)?(v\d+\/)?/, "")
    .replace(/\/$/, "")
    .replace(/s(?=\/|$)/g, "");
}

/** Collects the routes as they are registered; must be called before them. */
export function rememberRoutes(app: FastifyInstance): RouteIndex {
  const index: RouteIndex = { methods: noPaths(), near: noPaths() };
  app.addHook("onRoute", (route) => {
    for (const method of [route.method].flat()) if (method !== "HEAD") put(index.methods, route.url, method);
    put(index.near, plain(route.url), route.url);
  });
  return index;
}

/** The methods that a path does answer; empty when there is no such path. */
export function allowedMethods(index: RouteIndex, path: string): string[] {
  return [...new Set(lookUp(index.methods, path))].sort();
}

/** A path that a caller of `path` may have meant: the same without a slip in its prefix, plural, case or trailing slash. */
export function nearestPath(index: RouteIndex, path: string): string {
  const wanted = plain(path);
  return wanted === "" ? "" : (lookUp(index.near, wanted)[0] ?? "");
}
