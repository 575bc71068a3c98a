import { version } from "../version.ts";
import type { Finding } from "./check.ts";
import { type PrivateWords, redact } from "./redact.ts";

const marks = { ok: "ok", warning: "look", fault: "FAULT", skipped: "-" } as const;

/** A report in Markdown that may be shown to others: without keys, secrets, names, hosts and addresses. */
export function shareableReport(findings: readonly Finding[], words: PrivateWords): string {
  const cell = (text: string) => redact(text, words).replaceAll("|", "\\|").replaceAll("\n", " ");
  const rows = findings.map(({ check, health, detail, fix, code, requestId }) => {
    const more = [code, requestId].filter((each) => each !== undefined).join(" ");
    return `| ${check} | ${marks[health]} | ${cell(detail)}${more === "" ? "" : ` (${more})`} | ${cell(fix ?? "")} |`;
  });
  return [
    "## kineticpay doctor",
    "",
    `kineticpay ${version}, Node ${process.version}, ${process.platform} ${process.arch}, ${new Date().toISOString()}`,
    "",
    "| Check | | Seen | Fix |",
    "|---|---|---|---|",
    ...rows,
  ].join("\n");
}
