import { createHash } from "node:crypto";
import type { RailMessage } from "../rails/rail.ts";
import type { Route } from "./decide.ts";

/** A signed message, as the evidence for what it changed. */
export interface KeptMessage {
  readonly id: string;
  readonly attemptId: string;
  readonly route: Route;
  readonly message: RailMessage;
  readonly effect: string;
  readonly at: Date;
}

/** The same as a row of JSON for `keepText`. */
export function messageRow({ id, attemptId, route, message, effect, at }: KeptMessage) {
  return {
    id,
    attempt_id: attemptId,
    route,
    code: message.verdict.code,
    body: message.body,
    digest: `\\x${createHash("sha256").update(message.body).digest("hex")}`,
    certificate: message.certificate,
    effect,
    received_at: at,
  };
}

/**
 * The part of a statement that keeps messages. One that is already kept is not kept twice.
 * @param rows what follows `from` and gives rows of `messageRow`; its last item is a function that reads records from JSON
 */
export function keepText(rows: string): string {
  return `kept as (
      insert into bank_messages (id, attempt_id, route, code, body, digest, certificate, effect, received_at)
      select m.* from ${rows} as m (id text, attempt_id text, route text, code text, body text, digest bytea, certificate text,
        effect text, received_at timestamptz)
      where m.id is not null
      on conflict (attempt_id, route, digest) do nothing
    )`;
}
