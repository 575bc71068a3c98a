import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { type Config, ConfigError } from "./config.ts";
import { keepFile } from "./keep-file.ts";

function decode(text: string, file: string): Buffer {
  const key = Buffer.from(text.trim(), "base64");
  if (key.length !== 32)
    throw new ConfigError([`${file} must hold 32 bytes in base64; make one with: openssl rand -base64 32`]);
  return key;
}

/**
 * The key that seals stored secrets. Live mode names its file; the sandbox makes one in its data folder. Losing it makes
 * signing secrets and callback keys unreadable, so it belongs into the backup beside the database.
 */
export async function readMasterKey(config: Config): Promise<Buffer> {
  const file = config.masterKeyFile ?? path.join(config.dataDirectory, "master.key");
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" && config.masterKeyFile === undefined) return undefined;
    throw new ConfigError([`The master key file ${file} cannot be read (${error.code ?? error.message}).`]);
  });
  if (text !== undefined) return decode(text, file);
  await keepFile(file, `${randomBytes(32).toString("base64")}\n`, "new");
  // Read again, since another process may have been first.
  return decode(await readFile(file, "utf8"), file);
}
