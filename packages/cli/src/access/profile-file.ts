import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { CliError } from "../cli-error.ts";
import { keepPrivate } from "../keep-private.ts";
import type { Settings } from "../settings.ts";

/** A gateway and the key for it. */
export interface Profile {
  readonly base_url: string;
  readonly api_key: string;
}

export interface Profiles {
  /** The profile that is taken when nothing else says which. */
  readonly default: string | null;
  readonly profiles: Readonly<Record<string, Profile>>;
}

const none: Profiles = { default: null, profiles: {} };

export function profileFile(settings: Settings): string {
  return path.join(settings.configDirectory, "profiles.json");
}

function isProfiles(value: unknown): value is Profiles {
  if (typeof value !== "object" || value === null || !("profiles" in value)) return false;
  const { profiles } = value as { profiles: unknown };
  if (typeof profiles !== "object" || profiles === null) return false;
  return Object.values(profiles).every(
    (each: Partial<Profile>) => typeof each?.base_url === "string" && typeof each.api_key === "string",
  );
}

/**
 * Reads all profiles; none when there is no file.
 * @throws CliError profiles_readable when others on the machine may read the keys, profiles_unreadable when it is no such file
 */
export async function readProfiles(settings: Settings): Promise<Profiles> {
  const file = profileFile(settings);
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) return none;
  if (process.platform !== "win32" && (found.mode & 0o077) !== 0) {
    throw new CliError("profiles_readable", `Others on this machine may read the keys in ${file}.`, {
      next: `chmod 600 ${file}`,
    });
  }
  try {
    const value: unknown = JSON.parse(await readFile(file, "utf8"));
    if (!isProfiles(value)) throw new Error("it does not hold profiles");
    return value;
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new CliError("profiles_unreadable", `${file} cannot be read: ${words}`, {
      next: "mend the file, or remove it and add the profiles again",
      cause,
    });
  }
}

/** Writes all profiles (mode 0600). */
export async function keepProfiles(settings: Settings, profiles: Profiles): Promise<void> {
  await keepPrivate(profileFile(settings), `${JSON.stringify(profiles, null, 2)}\n`);
}
