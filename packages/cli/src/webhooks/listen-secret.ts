import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Settings } from "../settings.ts";
import { newSecret, secretBytes } from "./sign.ts";

export interface ListenSecret {
  readonly secret: string;
  readonly from: string;
}

/** Where things about a gateway are remembered, by the name under which it is known here. */
export function stateFolder(settings: Settings, name: string): string {
  return path.join(settings.stateDirectory, name.replace(/[^A-Za-z0-9._-]/g, "_"));
}

/**
 * What forwarded webhooks are signed with: KINETICPAY_WEBHOOK_SECRET, or else a secret that is made once for each profile
 * and then stays, so that a shop's settings stay right (kept in a file of mode 0600).
 * @throws CliError secret_malformed
 */
export async function listenSecret(settings: Settings, name: string): Promise<ListenSecret> {
  if (settings.webhookSecret !== undefined) {
    secretBytes(settings.webhookSecret);
    return { secret: settings.webhookSecret, from: "KINETICPAY_WEBHOOK_SECRET" };
  }
  const file = path.join(stateFolder(settings, name), "webhook-secret");
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, `${newSecret()}\n`, { flag: "wx", mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
    // Somebody, or an earlier start, was first; theirs holds.
    if (error.code !== "EEXIST") throw error;
  });
  const secret = (await readFile(file, "utf8")).trim();
  secretBytes(secret);
  return { secret, from: file };
}
