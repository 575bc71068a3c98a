import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Position } from "../follow.ts";
import { keepPrivate } from "../keep-private.ts";
import type { Settings } from "../settings.ts";
import { stateFolder } from "./listen-secret.ts";

/** Whose events, forwarded where: each such pair has a position of its own. */
export interface Listener {
  readonly name: string;
  readonly baseUrl: string;
  readonly merchant: string;
  readonly collection: string;
  readonly forwardTo: string;
}

function fileOf(settings: Settings, { name, ...rest }: Listener): string {
  const hash = createHash("sha256").update(JSON.stringify(rest)).digest("hex").slice(0, 16);
  return path.join(stateFolder(settings, name), `listen-${hash}.json`);
}

function isPosition(value: unknown): value is Position {
  const { at, seen } = (value ?? {}) as Partial<Position>;
  return typeof at === "string" && !Number.isNaN(Date.parse(at)) && typeof seen === "object" && seen !== null;
}

/** What was forwarded up to now; undefined for the first time. A file that makes no sense is as good as none. */
export async function readPosition(settings: Settings, listener: Listener): Promise<Position | undefined> {
  const text = await readFile(fileOf(settings, listener), "utf8").catch(() => "null");
  try {
    const value: unknown = JSON.parse(text);
    return isPosition(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export async function keepPosition(settings: Settings, listener: Listener, position: Position): Promise<void> {
  await keepPrivate(fileOf(settings, listener), `${JSON.stringify(position)}\n`);
}
