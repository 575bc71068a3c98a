/**
 * A backup is one file: gzip over lines. The first is a header in JSON. Then, for each table, a line of JSON with its name
 * and columns, its rows in the text format of PostgreSQL's COPY, and a line `\.`. The last is a footer in JSON, with the
 * number of rows of each table and the SHA-256 of everything before it.
 */
export const backupVersion = 1;

export interface BackupHeader {
  readonly kineticpay_backup: typeof backupVersion;
  readonly made_at: string;
  /** `sandbox` or `live`: neither is ever restored as the other. */
  readonly mode: string;
  /** The schema's level, as the names of its migrations in their order. */
  readonly migrations: readonly string[];
  /** What the caller wants kept beside the rows, read in the same snapshot. */
  readonly heads: unknown;
}

export interface TableHead {
  readonly table: string;
  readonly columns: readonly string[];
}

export interface BackupFooter {
  readonly end: true;
  readonly rows: Readonly<Record<string, number>>;
  readonly sha256: string;
}

/** What follows the rows of a table. No row is such a line, since COPY writes a backslash as two. */
export const endOfRows = "\\.\n";

/** The file is no backup, is damaged, or does not fit this gateway. Written for the operator. */
export class BackupError extends Error {}

/** How text is written and read is the same on both sides, whatever a server's own settings are. */
export const sameText =
  "set datestyle to 'ISO, YMD'; set intervalstyle to 'postgres'; set timezone to 'UTC'; set extra_float_digits to 1";

/** A line of JSON, for whoever reads the file by hand too. */
export function jsonLine(value: BackupHeader | TableHead | BackupFooter): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}
