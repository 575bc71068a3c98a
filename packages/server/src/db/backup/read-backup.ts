import { createHash } from "node:crypto";
import {
  BackupError,
  type BackupFooter,
  type BackupHeader,
  backupVersion,
  endOfRows,
  type TableHead,
} from "./backup-format.ts";
import { type ByteSource, openSource } from "./byte-source.ts";

/** A backup being read, from the first line to the last. */
export interface BackupReader {
  readonly header: BackupHeader;
  /** The next table; undefined at the footer. */
  nextTable(): Promise<TableHead | undefined>;
  /** The rows of the table that was named last. They must be read to their end before anything else is. */
  rows(): AsyncGenerator<Buffer>;
  /** Checks that what was read is what was written. */
  finish(): BackupFooter;
  close(): void;
}

type Line = Readonly<Record<string, unknown>>;

const longestLineBytes = 64 * 1024 * 1024;
const lineFeed = 0x0a;
const end = Buffer.from(endOfRows);
const endAfterRow = Buffer.from(`\n${endOfRows}`);

async function takeLine(source: ByteSource): Promise<Buffer> {
  for (;;) {
    const at = source.held.indexOf(lineFeed);
    if (at >= 0) return source.take(at + 1);
    if (source.held.length > longestLineBytes || !(await source.more())) return source.take(source.held.length);
  }
}

function parse(line: Buffer): Line {
  try {
    return JSON.parse(line.toString("utf8")) as Line;
  } catch {
    throw new BackupError("The backup is damaged: where a line of JSON should be is none.");
  }
}

/** The rows of one table in pieces of any size, without the line that ends them, which is taken too. */
async function* takeRows(source: ByteSource): AsyncGenerator<Buffer> {
  for (let isAtStart = true; ; ) {
    if (isAtStart && source.held.length >= end.length && source.held.subarray(0, end.length).equals(end)) break;
    const at = source.held.indexOf(endAfterRow);
    if (at >= 0) {
      yield source.take(at + 1);
      break;
    }
    // The last bytes may be the beginning of the end.
    const sure = source.held.length - endAfterRow.length;
    if (sure > 0) {
      yield source.take(sure);
      isAtStart = false;
    }
    if (!(await source.more())) throw new BackupError("The backup ends in the middle of a table.");
  }
  source.take(end.length);
}

async function readFrom(source: ByteSource, file: string): Promise<BackupReader> {
  const hash = createHash("sha256");
  let footer: Line | undefined;
  const first = await takeLine(source);
  const header = parse(first) as unknown as BackupHeader;
  if (header.kineticpay_backup !== backupVersion || !Array.isArray(header.migrations))
    throw new BackupError(`${file} is not a backup that this version of the gateway can read.`);
  hash.update(first);
  return {
    header,
    async nextTable() {
      const line = await takeLine(source);
      const found = parse(line);
      if (found["end"] === true) footer = found;
      else hash.update(line);
      return footer === undefined ? (found as unknown as TableHead) : undefined;
    },
    async *rows() {
      for await (const chunk of takeRows(source)) {
        hash.update(chunk);
        yield chunk;
      }
      hash.update(end);
    },
    finish() {
      if (footer === undefined) throw new BackupError("The backup has no end.");
      if (footer["sha256"] !== hash.digest("hex"))
        throw new BackupError("The backup is damaged: its checksum differs.");
      return footer as unknown as BackupFooter;
    },
    close: () => source.close(),
  };
}

/**
 * Opens a backup.
 * @throws BackupError when it is none, or is damaged as far as that shows
 */
export async function readBackup(file: string): Promise<BackupReader> {
  const source = openSource(file);
  try {
    return await readFrom(source, file);
  } catch (error) {
    source.close();
    throw error;
  }
}
