import { createHash } from "node:crypto";

/** When everything in the examples happens. */
const baseMs = Date.parse("2026-01-31T04:00:00.000Z");
const hourMs = 3_600_000;
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Letters that look like chance and are the same every time. */
function letters(seed: string, length: number, alphabet: string): string {
  const bytes = createHash("sha512").update(seed).digest();
  return Array.from({ length }, (_, index) => alphabet[(bytes[index % 64] ?? 0) % alphabet.length]).join("");
}

/**
 * Rewrites what differs from run to run, so that real answers can be committed: ids are numbered in the order in which
 * they are met, and times keep only their distance from the beginning, in whole hours.
 */
export function steadyExamples(origins: readonly string[], startMs: number): <T>(value: T) => T {
  const ids = new Map<string, string>();
  const counts = new Map<string, number>();
  const numbered = (found: string, kind: string, write: (seed: string) => string): string => {
    const known = ids.get(found);
    if (known !== undefined) return known;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    const made = write(`${kind} ${count}`);
    ids.set(found, made);
    return made;
  };
  const momentOf = (ms: number) => new Date(baseMs + Math.round((ms - startMs) / hourMs) * hourMs);
  const rewrite = (text: string): string =>
    origins
      .reduce((rest, origin) => rest.replaceAll(origin, "http://127.0.0.1:8080"), text)
      .replace(/\b([a-z]{2,3}_|KP)([0-9A-HJKMNP-TV-Z]{26})\b/g, (found, prefix: string) =>
        numbered(found, prefix, (seed) => `${prefix}01KG9Q2W${letters(seed, 18, crockford)}`),
      )
      .replace(/\bcs_[0-9a-f]{40}\b/g, (found) =>
        numbered(found, "cs_", (seed) => `cs_${letters(seed, 40, "0123456789abcdef")}`),
      )
      .replace(/\bkp-[0-9a-f]{16}\b/g, "kp-2b9d6f01c4e85a37")
      .replace(/\bkp_test_[0-9A-Za-z]{36}\b/g, () => "kp_test_ThisIsAnExampleOfAKeyAndOpensNothing")
      .replace(/kp_(test|live)_…[0-9A-Za-z]{4}/g, "kp_$1_…hing")
      .replace(
        /\bwhsec_[0-9A-Za-z+/=]{40,}/g,
        `whsec_${Buffer.from("an example that verifies nothing").toString("base64")}`,
      )
      .replace(/\b\d-\d{3}-\d{3}-\d{3}-\d{6}\b/g, "1-769-832-000-123456")
      .replace(/\b\d{16}\b/g, "2601311200000001")
      .replace(/\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\b/g, "2026-01-31 12:00:00")
      .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (found) => momentOf(Date.parse(found)).toISOString());
  const walk = (value: unknown): unknown => {
    if (typeof value === "string") return rewrite(value);
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, name === "duration_ms" ? 12 : walk(each)]),
    );
  };
  return <T>(value: T) => walk(value) as T;
}
