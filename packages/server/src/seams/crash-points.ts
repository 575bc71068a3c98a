/**
 * Every place where the gateway commits something by itself. A name stands at exactly one place of the sources, which
 * `house/commit-names.test.ts` checks.
 */
export const commitNames = [
  "schema.migrate",
  "gateway.claim_mode",
  "merchants.create",
  "collections.create",
  "collections.change",
  "collections.set_allow_list",
  "api_keys.create",
  "api_keys.change",
  "api_keys.note_uses",
  "payments.create",
  "payments.create_under_key",
  "payments.resolve_claim",
  "payments.change",
  "payments.begin_attempt",
  "payments.settle",
  "payments.expire",
  "payments.note_browser_return",
  "payments.lease_enquiries",
  "payments.take_turn",
  "payments.note_answer",
  "payments.note_fault",
  "payments.plan_enquiry",
  "payments.open_unresolved",
  "payments.erase",
  "payments.erase_due",
  "payments.set_retention",
  "cases.close",
  "ledger.seal",
  "verify.prove",
  "verify.conclude",
  "partitions.make",
  "partitions.drop",
  "partitions.set_keep_days",
  "banks.note_status",
  "callbacks.lease",
  "callbacks.conclude",
  "callbacks.disable_endpoint",
  "webhooks.create",
  "webhooks.change",
  "webhooks.resend",
  "faults.create",
  "faults.delete",
  "faults.count_seen",
  "faults.count_hit",
  "idempotency.enclose",
  "idempotency.claim",
  "idempotency.keep",
  "idempotency.release",
  "idempotency.reap",
  "request_log.write",
] as const;
export type CommitName = (typeof commitNames)[number];

/** Every call that leaves the gateway, the same way. */
export const callNames = ["fpx.enquire", "fpx.list_banks", "callbacks.deliver"] as const;
export type CallName = (typeof callNames)[number];

/** A moment at which a gateway can be made to die: just before a commit or call is sent, or once its answer is there. */
export type CrashLabel = `${"before" | "after"}:${CommitName | CallName}`;

export const crashLabels: readonly CrashLabel[] = [...commitNames, ...callNames].flatMap((name): CrashLabel[] => [
  `before:${name}`,
  `after:${name}`,
]);

/** Where to die, and the how manieth passing of that place is the one. */
export interface CrashAt {
  readonly label: CrashLabel;
  readonly passing: number;
}

/** What a place that has a label does when it is passed. */
export type Pass = (label: CrashLabel) => void;

/** Dies at the chosen passing, by the signal that no process can handle: nothing is flushed, closed or finished. */
export function crashingAt({ label, passing }: CrashAt): Pass {
  let passed = 0;
  return (at) => {
    if (at !== label) return;
    passed += 1;
    if (passed === passing) process.kill(process.pid, "SIGKILL");
  };
}
