import type { FastifyInstance } from "fastify";

interface KnownRoute {
  readonly method: string;
  readonly url: string;
  readonly pattern: RegExp;
}

/** Every address that the app answers, so that a 404 can say what would have been right. */
export type RouteIndex = KnownRoute[];

/** Collects the routes as they are registered; must be called before them. */
export function rememberRoutes(app: FastifyInstance): RouteIndex {
  const index: RouteIndex = [];
  app.addHook("onRoute", (route) => {
    const pattern = new RegExp(`^${route.url.replace(/:[A-Za-z]+/g, "[^/]+").replace(/\*/g, ".*")}$`);
    for (const method of [route.method].flat()) {
      if (method !== "HEAD") index.push({ method, url: route.url, pattern });
    }
  });
  return index;
}

/** The methods that a path does answer; empty when there is no such path. */
export function allowedMethods(index: RouteIndex, path: string): string[] {
  return [...new Set(index.filter((route) => route.pattern.test(path)).map((route) => route.method))].sort();
}

/** A path that a caller of `path` may have meant: the same without a slip in its prefix, plural, case or trailing slash. */
export function nearestPath(index: RouteIndex, path: string): string {
  const plain = (text: string) =>
    text
      .toLowerCase()
      .replace(/^\/(api\/)?(v\d+\/)?/, "")
      .replace(/\/$/, "")
      .replace(/s(?=\/|$)/g, "");
  const wanted = plain(path);
  if (wanted === "") return "";
  const found = index.find((route) => {
    const pattern = plain(route.url)
      .replace(/[.+?^${}()|[\]\\]/g, "\\$&")
      .replace(/:[a-z]+/g, "[^/]+")
      .replace(/\*/g, ".*");
    return new RegExp(`^${pattern}$`).test(wanted);
  });
  return found?.url ?? "";
}
