import { editDistance } from "@kineticpay/contract/edit-distance";
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
  /** The same addresses of what programs call, step by step, by how many steps they have. Split here, and not for strangers. */
  readonly spellings: Map<number, { readonly known: readonly string[]; readonly url: string; readonly open: number }[]>;
}

/** No address has more. */
const mostSteps = 8;

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

/** What only the network, a browser or a watchdog calls is not suggested to somebody who has mistyped. */
const isForPrograms = (url: string) => /^\/(api\/v2|payment)\//.test(url) && !url.includes("*");

function putSpelling(spellings: RouteIndex["spellings"], url: string): void {
  const known = plain(url).split("/");
  const found = spellings.get(known.length) ?? [];
  const open = known.filter((step) => step.startsWith(":")).length;
  if (!found.some((each) => each.url === url)) spellings.set(known.length, [...found, { known, url, open }]);
}

/** Collects the routes as they are registered; must be called before them. */
export function rememberRoutes(app: FastifyInstance): RouteIndex {
  const index: RouteIndex = { methods: noPaths(), near: noPaths(), spellings: new Map() };
  app.addHook("onRoute", (route) => {
    for (const method of [route.method].flat()) if (method !== "HEAD") put(index.methods, route.url, method);
    put(index.near, plain(route.url), route.url);
    if (isForPrograms(route.url)) putSpelling(index.spellings, route.url);
  });
  return index;
}

/** The methods that a path does answer; empty when there is no such path. */
export function allowedMethods(index: RouteIndex, path: string): string[] {
  return [...new Set(lookUp(index.methods, path))].sort();
}

/** How many letters of one step were mistyped; undefined where it is another word, or too long for one to look. */
function slipsIn(step: string, known: string): number | undefined {
  if (known.startsWith(":")) return step === "" ? undefined : 0;
  if (step === known) return 0;
  if (known.length < 5 || Math.abs(step.length - known.length) > 2) return undefined;
  const slips = editDistance(step, known);
  return slips <= (known.length < 8 ? 1 : 2) ? slips : undefined;
}

function slipsBetween(steps: readonly string[], known: readonly string[]): number | undefined {
  let sum = 0;
  for (const [index, step] of steps.entries()) {
    const slips = slipsIn(step, known[index] ?? "");
    if (slips === undefined) return undefined;
    sum += slips;
  }
  return sum;
}

/** The address in which the fewest letters are otherwise, and, of those, the fewest steps may be anything; none where that is two. */
function spelledAlmost(spellings: RouteIndex["spellings"], path: string, mostOpen: number): string {
  const steps = path.split("/", mostSteps + 1);
  let best: { readonly rank: number; readonly url: string } | undefined;
  for (const { known, url, open } of spellings.get(steps.length) ?? []) {
    const slips = open > mostOpen ? undefined : slipsBetween(steps, known);
    if (slips === undefined) continue;
    const rank = open * 10 + slips;
    if (best === undefined || rank < best.rank) best = { rank, url };
    else if (rank === best.rank && url !== best.url) best = { rank, url: "" };
  }
  return best?.url ?? "";
}

/**
 * A path that a caller of `path` may have meant: the same without a slip in its prefix, plural, case or trailing slash, or one
 * in which few letters are otherwise; "" when there is none.
 */
export function nearestPath(index: RouteIndex, path: string): string {
  const wanted = plain(path);
  if (wanted === "") return "";
  // What is spelled almost as it should be goes before an address in which a step may be anything.
  return (
    index.near.fixed.get(wanted)?.[0] ??
    (spelledAlmost(index.spellings, wanted, 0) ||
      (lookUp(index.near, wanted)[0] ?? spelledAlmost(index.spellings, wanted, mostSteps)))
  );
}
