import { constants } from "node:fs";
import { type FileHandle, open, rename, stat, truncate } from "node:fs/promises";
import path from "node:path";

const keptBytes = 1024 * 1024;
const limitBytes = 16 * 1024 * 1024;

/** Opens the file that takes a new server's log, keeping one older file beside it. */
export async function openServerLog(directory: string): Promise<FileHandle> {
  const file = logPath(directory);
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size > keptBytes) await rename(file, `${file}.1`);
  return open(file, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
}

/** Empties a log that has outgrown its limit. The server appends, so that it goes on at the new end. */
export async function boundServerLog(directory: string): Promise<void> {
  const size = await stat(logPath(directory)).then(
    (found) => found.size,
    () => 0,
  );
  if (size > limitBytes) await truncate(logPath(directory), 0).catch(() => {});
}

/** The last lines that a server wrote since the file had the given size in bytes. */
export async function readServerLog(directory: string, sinceBytes: number): Promise<string> {
  const handle = await open(logPath(directory), "r");
  try {
    const { size } = await handle.stat();
    const start = Math.max(sinceBytes, size - 4096, 0);
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(4096), position: start });
    return buffer.subarray(0, bytesRead).toString("utf8").trim();
  } finally {
    await handle.close();
  }
}

function logPath(directory: string): string {
  return path.join(directory, "server.log");
}
