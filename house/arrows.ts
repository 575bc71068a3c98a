import path from "node:path";
import type { Room } from "./arrow-table.ts";
import { importsOf } from "./imports-of.ts";
import { parseFile } from "./parsed-file.ts";
import { isTest, type SourceFile } from "./source-files.ts";

/** One import from a room to another. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly isType: boolean;
  /** File and line. */
  readonly at: string;
}

/** What the arrows between rooms are, and what stands in their way of being told. */
export interface ArrowMap {
  readonly arrows: readonly Arrow[];
  readonly faults: readonly string[];
}

/** The room that holds a path: the one that names it most closely. */
export function roomOf(rooms: readonly Room[], file: string): Room | undefined {
  const holds = (pattern: string) => (pattern.endsWith("/") ? file.startsWith(pattern) : file === pattern);
  const longest = (room: Room) => Math.max(-1, ...room.files.filter(holds).map((pattern) => pattern.length));
  const [best] = rooms.filter((room) => longest(room) >= 0).sort((a, b) => longest(b) - longest(a));
  return best;
}

/** Where an import of ours leads, as a path from the root; undefined for packages that are not ours. */
export function targetOf(file: string, specifier: string): string | undefined {
  if (specifier.startsWith(".")) return path.posix.join(path.posix.dirname(file), specifier);
  // The client goes by the name under which it is published.
  if (/^kineticpay(\/|$)/.test(specifier)) return "packages/sdk/src/index.ts";
  const ours = /^@kineticpay\/([^/]+)(?:\/(.+))?$/.exec(specifier);
  return ours === null ? undefined : `packages/${ours[1]}/src/${ours[2] ?? "index"}.ts`;
}

/** True for what knows the gateway only from outside; its tests are held to that as well. */
function isOutside(file: SourceFile): boolean {
  return /^(acceptance|reliability)\//.test(file.path);
}

/** True for the files whose imports are held to the table: sources without their tests, and all that stays outside. */
export function isHeldToArrows(file: SourceFile): boolean {
  return /\.tsx?$/.test(file.path) && (isOutside(file) || !isTest(file));
}

/** Finds the arrows between rooms. A file outside every room is a fault, and so is an import whose target is computed. */
export function mapArrows(rooms: readonly Room[], files: readonly SourceFile[]): ArrowMap {
  const arrows: Arrow[] = [];
  const faults: string[] = [];
  for (const file of files.filter(isHeldToArrows)) {
    const from = roomOf(rooms, file.path);
    if (from === undefined) faults.push(`${file.path} lies in no room of the table`);
    for (const each of importsOf(parseFile(file))) {
      const at = `${file.path}:${each.line}`;
      if (each.specifier === undefined) faults.push(`${at} imports something computed, which no table can allow`);
      const target = each.specifier === undefined ? undefined : targetOf(file.path, each.specifier);
      if (target === undefined || from === undefined) continue;
      const to = roomOf(rooms, target);
      if (isTest({ path: target })) faults.push(`${at} imports ${target}, which is for tests alone`);
      else if (to === undefined) faults.push(`${at} imports ${target}, which lies in no room of the table`);
      else if (to !== from) arrows.push({ from: from.name, to: to.name, isType: each.isType, at });
    }
  }
  return { arrows, faults };
}

/** Every arrow that the table does not allow. */
export function forbiddenArrows(rooms: readonly Room[], arrows: readonly Arrow[]): string[] {
  const byName = new Map(rooms.map((room) => [room.name, room]));
  return arrows
    .filter(({ from, to, isType }) => {
      const room = byName.get(from);
      return room?.uses.has(to) !== true && !(isType && room?.usesTypesOf.has(to) === true);
    })
    .map(({ from, to, isType, at }) => `${at}: ${from} may not import ${isType ? "types of " : ""}${to}`);
}

/** Rooms that the table lets use each other in a circle, types included. */
export function circles(rooms: readonly Room[]): string[] {
  const byName = new Map(rooms.map((room) => [room.name, room]));
  const found = new Set<string>();
  const follow = (name: string, way: readonly string[]): void => {
    if (way.includes(name)) {
      found.add([...way.slice(way.indexOf(name)), name].join(" -> "));
      return;
    }
    const room = byName.get(name);
    for (const next of [...(room?.uses ?? []), ...(room?.usesTypesOf ?? [])]) follow(next, [...way, name]);
  };
  for (const room of rooms) follow(room.name, []);
  return [...found];
}
