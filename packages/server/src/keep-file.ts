import { randomUUID } from "node:crypto";
import { link, mkdir, open, rename, rm } from "node:fs/promises";
import path from "node:path";

async function sync(target: string): Promise<void> {
  const handle = await open(target, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Keeps a text in a file that only this user may read. The file appears whole and is on the disk when this resolves, so
 * that neither a kill nor a power cut leaves half of a key, or a database sealed under a key that is gone.
 * @param mode `new` leaves a file that is there as it is, also one that another process is just making
 * @returns false when there was one already
 */
export async function keepFile(file: string, text: string, mode: "new" | "replace"): Promise<boolean> {
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomUUID()}.new`;
  const handle = await open(draft, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await (mode === "replace" ? rename(draft, file) : link(draft, file));
    await sync(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}
