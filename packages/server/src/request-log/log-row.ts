import { createHash } from "node:crypto";
import { keepPath, keepScalar } from "./keep-value.ts";
import type { LoggedCall, LogRow } from "./logged-call.ts";
import { redact, redactQuery } from "./redact.ts";
import { redactFailure } from "./redact-failure.ts";

/** Longer answers, such as pages of a list, are not looked into. */
const mostReadBytes = 32 * 1024;

/** A body that is no JSON, read as far as it makes sense: most often a comma too many, and all the rest is there. */
async function readBroken(text: string): Promise<unknown> {
  if (text.length > mostReadBytes) return undefined;
  const { parse } = await import("jsonc-parser");
  return parse(text, [], { allowTrailingComma: true });
}

function answerOf(call: LoggedCall, secrets: readonly string[]): unknown {
  if (call.failure !== undefined) return { ...redactFailure(call.failure, secrets), rehearsed: call.rehearsed };
  if (call.answer === undefined) return null;
  if (call.answer.length > mostReadBytes) return { "(length)": call.answer.length };
  try {
    return redact(JSON.parse(call.answer), "answered", secrets);
  } catch {
    return { "(length)": call.answer.length };
  }
}

/** A stranger's call is nobody's to read, so only what is needed to explain its refusal is kept. */
async function bodyOf(call: LoggedCall, secrets: readonly string[]): Promise<unknown> {
  return redact(typeof call.body === "string" ? await readBroken(call.body) : call.body, "asked", secrets);
}

/** The row of a call, redacted. What the call presented as a key is replaced by its hash, and that is not stored. */
export async function toRow(call: LoggedCall): Promise<LogRow> {
  const secrets = call.key === undefined ? [] : [call.key.text];
  const sought = call.owner === undefined ? call.key : undefined;
  return {
    id: call.id,
    merchant_id: call.owner?.merchantId ?? null,
    collection_id: call.owner?.collectionId ?? null,
    key_id: call.owner?.keyId ?? null,
    key_hint: call.key?.hint ?? "",
    key_hash: sought === undefined ? null : createHash("sha256").update(sought.text, "utf8").digest("hex"),
    key_kind: sought?.kind ?? null,
    address: String(keepScalar(call.address, "range", [])),
    protocol: call.protocol,
    method: /^[A-Z]{1,20}$/.test(call.method) ? call.method : "",
    route: call.route,
    path: keepPath(call.path),
    query: redactQuery(call.query, secrets),
    status: call.status,
    code: call.failure?.code ?? "",
    duration_ms: Math.round(call.durationMs * 100) / 100,
    request_body: await bodyOf(call, secrets),
    answer_body: answerOf(call, secrets),
    created_at: call.at.toISOString(),
  };
}
