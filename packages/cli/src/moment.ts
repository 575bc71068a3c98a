import { usageError } from "./cli-error.ts";

const unitsMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Reads a time: RFC 3339, or how long ago, such as 30m, 2h or 7d.
 * @returns the time in RFC 3339, UTC
 * @throws CliError usage
 */
export function readMoment(text: string, flag: string, command: string): string {
  const [, count = "", unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const unitMs = unitsMs[unit];
  if (unitMs !== undefined) return new Date(Date.now() - Number(count) * unitMs).toISOString();
  const moment = new Date(text);
  if (/^\d{4}-\d{2}-\d{2}(T|$)/.test(text) && !Number.isNaN(moment.getTime())) return moment.toISOString();
  throw usageError(`${flag} takes a time such as 2026-01-31T16:00:00Z, or 30m, 2h, 7d ago; not "${text}".`, command);
}
