import { createHash } from "node:crypto";

/** What stands first in every sealed text, so that no other text of ours could be taken for one. */
export const sealedTextVersion = "kineticpay ledger seal 1";

/** The hash before a chain's first seal. */
export const noHash = "0".repeat(64);

/** One seal, but for its hash. */
export interface SealHeader {
  /** 64 hexadecimal digits. */
  readonly previousHash: string;
  readonly merchantId: string;
  readonly number: number;
  readonly sealedAt: Date;
}

/** A time in a sealed text: UTC, with six places of a second. Ours are whole milliseconds. */
function sealedTime(at: Date): string {
  return at.toISOString().replace("Z", "000Z");
}

/**
 * The hash that seals a booking: SHA-256 of the version, what makes the seal a link of its chain, and the booking's own
 * text, a line each.
 * @param booking what `bookingText` selects
 */
export function sealHash(header: SealHeader, booking: string): string {
  const lines = [
    sealedTextVersion,
    header.previousHash,
    header.merchantId,
    String(header.number),
    sealedTime(header.sealedAt),
  ];
  return createHash("sha256")
    .update(`${lines.join("\n")}\n${booking}`)
    .digest("hex");
}

/** The SQL of a time in a sealed text, whatever the session's time zone. */
export function sealedTimeSql(column: string): string {
  return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

/**
 * The SQL of a booking's own text: its members, then each of its lines, by number.
 * @param t the alias of `ledger_transactions`
 * @param p the alias of `ledger_postings`, grouped by transaction
 */
export function bookingText(t: string, p: string): string {
  const posting = `${p}.line || ' ' || ${p}.account || ' ' || ${p}.currency || ' ' || ${p}.amount_sen || e'\\n'`;
  return `${t}.id || e'\\n' || ${t}.payment_id || e'\\n' || ${t}.attempt_id || e'\\n' || ${t}.kind || e'\\n'
    || ${sealedTimeSql(`${t}.created_at`)} || e'\\n' || coalesce(string_agg(${posting}, '' order by ${p}.line), '')`;
}
