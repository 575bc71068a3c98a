import { isBuiltin } from "node:module";
import { Visitor } from "oxc-parser";
import { type ParsedFile, parseFile } from "./parsed-file.ts";
import { isTest, type SourceFile } from "./source-files.ts";

/** What opens connections, and who may have it. Paths that end in a slash stand for all below them. */
const doors: Readonly<Record<string, readonly string[]>> = {
  undici: ["packages/server/src/seams/outbound.ts", "packages/server/src/seams/outbound/"],
  "node:dns": [],
  "node:dns/promises": ["packages/server/src/seams/outbound/"],
  "node:http": ["packages/server/src/demo/"],
  "node:https": [],
  "node:http2": [],
  "node:net": [],
  "node:tls": [],
  "node:dgram": [],
  "node:inspector": [],
  // The operator's own database and cache, at addresses that only the settings give.
  pg: ["packages/server/src/db/"],
  "node-pg-migrate": ["packages/server/src/db/"],
  "@redis/client": ["packages/server/src/limits/redis.ts"],
  // The globals. The demo plays a shop and a buyer, from outside the gateway.
  fetch: ["packages/server/src/demo/"],
  WebSocket: [],
  EventSource: [],
};

/** Of a module that opens connections, what does not. */
const harmless: Readonly<Record<string, ReadonlySet<string>>> = {
  "node:net": new Set(["BlockList", "isIP", "isIPv4", "isIPv6", "createServer", "Server"]),
};

/** Packages that were looked at and open no connections of their own. A new one has to be looked at too. */
const silent: ReadonlySet<string> = new Set([
  "@fastify/formbody",
  "fastify",
  "fastify-plugin",
  "ipaddr.js",
  "jsonc-parser",
  "marked",
  "pg-copy-streams",
  "pino",
  "preact",
  "preact-render-to-string",
  "secure-json-parse",
]);

const isOurs = (specifier: string) => specifier.startsWith(".") || specifier.startsWith("@kineticpay/");

function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** The name of the door that an import opens; undefined when it opens none. */
function doorOf(specifier: string, names: readonly string[]): string | undefined {
  if (isOurs(specifier)) return undefined;
  const known = [specifier, `node:${specifier}`, packageOf(specifier)].find((each) => each in doors);
  if (known === undefined) return undefined;
  const allowed = harmless[known];
  return allowed !== undefined && names.length > 0 && names.every((name) => allowed.has(name)) ? undefined : known;
}

function isUnknown(specifier: string): boolean {
  if (isOurs(specifier) || isBuiltin(specifier)) return false;
  const name = packageOf(specifier);
  return !silent.has(name) && !(name in doors);
}

interface Found {
  readonly specifier: string;
  /** What is taken of it; none for all of it. */
  readonly names: readonly string[];
  readonly start: number;
}

function importsAtRunTime(file: ParsedFile): Found[] {
  const found: Found[] = [];
  for (const each of file.syntax.module.staticImports) {
    const entries = each.entries.filter((entry) => !entry.isType);
    if (each.entries.length > 0 && entries.length === 0) continue;
    const whole = entries.some((entry) => entry.importName.name === null);
    const names = whole ? [] : entries.map((entry) => entry.importName.name ?? "");
    found.push({ specifier: each.moduleRequest.value, names, start: each.start });
  }
  for (const each of file.syntax.module.staticExports) {
    for (const entry of each.entries.filter((one) => !one.isType && one.moduleRequest !== null))
      found.push({ specifier: entry.moduleRequest?.value ?? "", names: [], start: each.start });
  }
  const called = (source: { readonly type: string; readonly value?: unknown } | undefined, start: number) => {
    if (source?.type === "Literal" && typeof source.value === "string")
      found.push({ specifier: source.value, names: [], start });
  };
  new Visitor({
    ImportExpression: (node) => called(node.source as never, node.start),
    CallExpression: (node) => {
      const name = node.callee.type === "Identifier" ? node.callee.name : memberName(node.callee);
      if (name === "require" || name === "getBuiltinModule") called(node.arguments[0] as never, node.start);
    },
  }).visit(file.syntax.program);
  return found;
}

function memberName(node: unknown): string {
  const member = node as { readonly type: string; readonly property?: { readonly name?: string } };
  return member.type === "MemberExpression" ? (member.property?.name ?? "") : "";
}

/** Global functions that open connections, where they are called or made, also as a property of `globalThis`. */
function globalsUsed(file: ParsedFile): { name: string; start: number }[] {
  const found: { name: string; start: number }[] = [];
  const note = (callee: unknown, start: number) => {
    const node = callee as { readonly type: string; readonly name?: string };
    const object = (callee as { readonly object?: { readonly name?: string } }).object?.name;
    const name = node.type === "Identifier" ? (node.name ?? "") : object === "globalThis" ? memberName(node) : "";
    if (/^(fetch|WebSocket|EventSource)$/.test(name)) found.push({ name, start });
  };
  new Visitor({
    CallExpression: (node) => note(node.callee, node.start),
    NewExpression: (node) => note(node.callee, node.start),
  }).visit(file.syntax.program);
  return found;
}

function isLetThrough(door: string, file: string): boolean {
  return (doors[door] ?? []).some((place) => (place.endsWith("/") ? file.startsWith(place) : file === place));
}

/** The gateway's sources; the simulator is another program, and tests may call whom they like. */
function isHeld(file: SourceFile): boolean {
  return /^packages\/(server|contract|fpx)\/src\/.*\.tsx?$/.test(file.path) && !isTest(file);
}

/** Every place beside the outbound client from which the gateway could call somebody. */
export function waysOut(files: readonly SourceFile[]): string[] {
  const faults: string[] = [];
  for (const file of files.filter(isHeld).map(parseFile)) {
    const at = (start: number) => `${file.path}:${file.lineAt(start)}`;
    for (const { specifier, names, start } of importsAtRunTime(file)) {
      const door = doorOf(specifier, names);
      if (door !== undefined && !isLetThrough(door, file.path))
        faults.push(`${at(start)} opens a way out with ${door}`);
      else if (isUnknown(specifier)) faults.push(`${at(start)} imports ${specifier}, which nobody has looked at`);
    }
    for (const { name, start } of globalsUsed(file))
      if (!isLetThrough(name, file.path)) faults.push(`${at(start)} opens a way out with ${name}`);
  }
  return faults;
}
