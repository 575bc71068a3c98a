import { type AuditEntry, listAudit } from "../merchants/audit-log.ts";
import { type Command, UsageError } from "./command.ts";
import { mostListed, noWords, textOf } from "./words.ts";

const shown = (value: unknown) =>
  value === null ? "nothing" : Array.isArray(value) ? `[${value.join(", ")}]` : String(value);

function line(entry: AuditEntry): string {
  const from = entry.address === null ? "" : ` from ${entry.address}`;
  const changes = Object.entries(entry.changes).map(
    ([name, change]) => `\n    ${name}: ${shown(change.old)} -> ${shown(change.new)}`,
  );
  return `${entry.at.toISOString()}  ${entry.actorKind} ${entry.actor}${from}  ${entry.action}  ${entry.objectId}${changes.join("")}`;
}

export const auditList: Command = {
  name: "audit list",
  usage: "[--object ID] [--merchant MERCHANT_ID] [--limit NUMBER]",
  summary: "List who changed what, newest first",
  options: { object: { type: "string" }, merchant: { type: "string" }, limit: { type: "string" } },
  run: async (office, words, options) => {
    noWords(words);
    const limit = textOf(options, "limit") ?? "50";
    if (!/^[1-9]\d{0,3}$/.test(limit) || Number(limit) > mostListed) {
      throw new UsageError(`--limit takes a whole number from 1 to ${mostListed}`);
    }
    const found = await listAudit(office, {
      objectId: textOf(options, "object") ?? null,
      merchantId: textOf(options, "merchant") ?? null,
      limit: Number(limit),
    });
    return { text: found.length === 0 ? "Nothing has been changed." : found.map(line).join("\n"), json: found };
  },
};
