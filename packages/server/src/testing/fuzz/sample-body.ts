import fc from "fast-check";
import type { Route } from "../../http/route.ts";
import { admitted } from "./admitted.ts";

/** A body that a route's schema admits, always the same one; undefined for a route that takes none. */
export function sampleBody(route: Pick<Route, "body">): unknown {
  return route.body === undefined ? undefined : fc.sample(admitted(route.body), { seed: 1, numRuns: 1 })[0];
}
