import { readFileSync } from "node:fs";
import { open } from "node:fs/promises";

/** A file to which a player adds what it was told, one line each, and goes on only when that is on the disk. */
export interface Journal<T> {
  /** Resolves when the entry is on the disk. Entries that come together share one write. */
  add(entry: T): Promise<void>;
  /** Everything that was added, read back from the file. */
  read(): T[];
  close(): Promise<void>;
}

export async function openJournal<T>(file: string): Promise<Journal<T>> {
  const handle = await open(file, "a", 0o600);
  let waiting: string[] = [];
  let next: Promise<void> | undefined;
  let last: Promise<void> = Promise.resolve();
  const writeWaiting = async () => {
    await last.catch(() => undefined);
    const lines = waiting;
    waiting = [];
    next = undefined;
    await handle.appendFile(lines.join(""));
    await handle.datasync();
  };
  return {
    add(entry) {
      waiting.push(`${JSON.stringify(entry)}\n`);
      if (next === undefined) {
        next = writeWaiting();
        last = next;
      }
      return next;
    },
    read() {
      const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
      return lines.map((line) => JSON.parse(line) as T);
    },
    async close() {
      await last.catch(() => undefined);
      await handle.close();
    },
  };
}
