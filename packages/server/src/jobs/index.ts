import { watchBanks } from "../banks/watch-banks.ts";
import { deliverDue } from "../callbacks/deliver.ts";
import { reapRecords } from "../idempotency/reap-records.ts";
import { sealBookings } from "../ledger/seal-bookings.ts";
import { tendPartitions } from "../partitions/tend-partitions.ts";
import { eraseDue } from "../payments/erase-due.ts";
import { expireDue } from "../payments/expire-due.ts";
import { requeryDue } from "../payments/requery-due.ts";
import { verifyWhenDue } from "../verify/verify-when-due.ts";
import type { Job } from "./loop.ts";

/** Everything that the gateway does by itself. */
export const jobs: readonly Job[] = [
  { name: "deliver", run: deliverDue },
  { name: "requery", run: requeryDue },
  { name: "expire", run: expireDue },
  { name: "partitions", run: tendPartitions, idleMs: () => 60_000 },
  { name: "watch_banks", run: watchBanks, idleMs: ({ config }) => Math.max(1, config.bankWatchIntervalS) * 1_000 },
  { name: "forget", run: reapRecords, idleMs: () => 60_000 },
  { name: "seal", run: sealBookings },
  { name: "erase", run: eraseDue, idleMs: () => 3_600_000 },
  { name: "verify", run: verifyWhenDue, idleMs: () => 60_000 },
];
