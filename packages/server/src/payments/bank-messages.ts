import { createHash } from "node:crypto";
import type { Tx } from "../db/db.ts";
import type { RailMessage } from "../rails/rail.ts";
import type { Route } from "./decide.ts";

/** Keeps a signed message as the evidence for what it changed. A message that is already kept is not kept twice. */
export async function keepMessage(
  tx: Tx,
  record: { id: string; attemptId: string; route: Route; message: RailMessage; effect: string; at: Date },
): Promise<void> {
  const { message } = record;
  await tx.query(
    `insert into bank_messages (id, attempt_id, route, code, body, digest, certificate, effect, received_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (attempt_id, route, digest) do nothing`,
    [
      record.id,
      record.attemptId,
      record.route,
      message.verdict.code,
      message.body,
      createHash("sha256").update(message.body).digest(),
      message.certificate,
      record.effect,
      record.at,
    ],
  );
}
