import { readFile } from "node:fs/promises";
import path from "node:path";
import { CliError } from "../cli-error.ts";

/** What a local sandbox tells of itself, and where that stands. */
export interface Sandbox {
  readonly file: string;
  readonly baseUrl: string;
  readonly simulatorUrl: string;
  readonly apiKey: string;
  /** What the sandbox's collection signs its callbacks with. */
  readonly signingSecret: string;
}

function readSandbox(file: string, text: string): Sandbox {
  try {
    const found = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const word = (name: string) => {
      const value = found[name];
      if (typeof value !== "string" || value === "") throw new Error(`"${name}" is missing`);
      return value;
    };
    return {
      file,
      baseUrl: word("base_url"),
      simulatorUrl: word("simulator_url"),
      apiKey: word("api_key"),
      signingSecret: word("signing_secret"),
    };
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new CliError("sandbox_file_unreadable", `${file} is not what a sandbox writes: ${words}`, {
      next: "kineticpay dev, which writes it anew",
      cause,
    });
  }
}

/**
 * Finds the keys of the local sandbox: in the data folder that is named, or else in `data` of this folder or the nearest
 * one above that has it.
 * @returns undefined when there is none
 * @throws CliError sandbox_file_unreadable
 */
export async function findSandbox(folder: string, dataDirectory: string | undefined): Promise<Sandbox | undefined> {
  if (dataDirectory !== undefined) return readAt(path.resolve(folder, dataDirectory, "sandbox.json"));
  for (let place = path.resolve(folder); ; place = path.dirname(place)) {
    const found = await readAt(path.join(place, "data", "sandbox.json"));
    if (found !== undefined || place === path.dirname(place)) return found;
  }
}

async function readAt(file: string): Promise<Sandbox | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  return text === undefined ? undefined : readSandbox(file, text);
}
