import { closeSync, openSync, renameSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { readIfPresent } from "./read-if-present.ts";

/** What a journal holds: one JSON object a line, later lines win. */
export interface JournalRecord {
  readonly kind: string;
  readonly [member: string]: unknown;
}

/** A file to which facts are only ever added. Without a file (`undefined` path) it forgets everything. */
export interface Journal {
  append(record: JournalRecord): void;
  close(): void;
}

const compactAfterLines = 100_000;

/**
 * Reads the journal at `file` and opens it for appending. A last line that a crash tore is cut off; an unreadable
 * line elsewhere is passed over and counted.
 * Writes are synchronous, so a fact that was answered for outlives a kill of the process.
 * @param snapshot gives the records that stand for the whole present state; used to rewrite a long journal.
 * @throws the file system's error when the file cannot be read or written.
 */
export function openJournal(
  file: string | undefined,
  replay: (record: JournalRecord) => void,
  snapshot: () => Iterable<JournalRecord>,
): Journal & { readonly unreadableLines: number } {
  if (file === undefined) return { append: () => undefined, close: () => undefined, unreadableLines: 0 };
  const read = readRecords(file, replay);
  const live = [...snapshot()].length;
  if (read.lines > 2 * live + 1000) rewrite(file, snapshot());
  let descriptor = openSync(file, "a", 0o600);
  let appended = 0;
  let closed = false;
  return {
    unreadableLines: read.unreadable,
    append(record) {
      // An answer that was under way at the end must not write: the number may belong to another file by now.
      if (closed) return;
      writeSync(descriptor, `${JSON.stringify(record)}\n`);
      appended += 1;
      if (appended < compactAfterLines) return;
      appended = 0;
      closeSync(descriptor);
      rewrite(file, snapshot());
      descriptor = openSync(file, "a", 0o600);
    },
    close() {
      if (!closed) closeSync(descriptor);
      closed = true;
    },
  };
}

function readRecords(file: string, replay: (record: JournalRecord) => void): { lines: number; unreadable: number } {
  const bytes = readIfPresent(file) ?? Buffer.alloc(0);
  const end = bytes.lastIndexOf(0x0a) + 1;
  // Without this the next append would be glued to the torn line and be lost with it.
  if (end < bytes.length) truncateSync(file, end);
  const lines = bytes.subarray(0, end).toString("utf8").split("\n").slice(0, -1);
  let unreadable = 0;
  for (const line of lines) {
    const record = parseRecord(line);
    if (record === undefined) unreadable += 1;
    else replay(record);
  }
  return { lines: lines.length, unreadable };
}

function parseRecord(line: string): JournalRecord | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isRecord = typeof value === "object" && value !== null && "kind" in value && typeof value.kind === "string";
    return isRecord ? (value as JournalRecord) : undefined;
  } catch {
    return undefined;
  }
}

function rewrite(file: string, records: Iterable<JournalRecord>): void {
  const text = [...records].map((record) => `${JSON.stringify(record)}\n`).join("");
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
