import type { CliError } from "./cli-error.ts";
import type { Terminal } from "./terminal/terminal.ts";

/** A failure for programs: one line of JSON. */
export function errorJson(error: CliError): string {
  return JSON.stringify({
    error: {
      code: error.code,
      message: error.message,
      details: error.details,
      next: error.next ?? null,
      request_id: error.requestId ?? null,
      doc_url: error.docUrl ?? null,
      exit_code: error.exitCode,
    },
  });
}

/** A failure for people: code and cause, then what to do. */
export function errorWords(error: CliError, { paintTalk: paint }: Terminal): string {
  const lines = [`${paint("red", "✗")} ${paint("bold", error.code)}: ${error.message}`];
  for (const detail of error.details) lines.push(`    ${detail}`);
  const add = (label: string, text: string | undefined) => {
    if (text !== undefined) lines.push(`  ${paint("dim", label.padEnd(8))} ${text}`);
  };
  add("Next", error.next);
  add("Request", error.requestId);
  add("Docs", error.docUrl);
  return lines.join("\n");
}
