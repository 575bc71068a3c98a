import { deliverDue } from "../callbacks/deliver.ts";
import { reapAttempts } from "../callbacks/reap-attempts.ts";
import { expireDue } from "../payments/expire-due.ts";
import { requeryDue } from "../payments/requery-due.ts";
import { reapCalls } from "../request-log/reap-calls.ts";
import type { Job } from "./loop.ts";

/** Everything that the gateway does by itself. */
export const jobs: readonly Job[] = [
  { name: "deliver", run: deliverDue },
  { name: "requery", run: requeryDue },
  { name: "expire", run: expireDue },
  { name: "reap", run: reapCalls, idleMs: 60_000 },
  { name: "reap", run: reapAttempts, idleMs: 60_000 },
];
