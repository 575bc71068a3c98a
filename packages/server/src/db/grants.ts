/** What the application may do with one table. Nothing is ever given for `truncate`, `references` or `trigger`. */
export interface Grant {
  readonly rights: readonly ("select" | "insert" | "delete")[];
  /** The columns that may be written anew; all others stay as they were inserted. */
  readonly update?: readonly string[];
}

/** Rows that stand for ever: the schema's triggers refuse to change them too, whoever asks. */
const appendOnly: Grant = { rights: ["select", "insert"] };

/**
 * Every right that the application has. What is missing here it cannot do, whatever its code says: the role that it
 * connects as owns nothing. Given anew whenever the database differs, so a new table needs its line here, and a column
 * that is to be updated its name.
 */
export const grants: Readonly<Record<string, Grant>> = {
  access_version: { rights: ["select"], update: ["value"] },
  api_keys: {
    rights: ["select", "insert"],
    update: ["name", "scopes", "ip_allow_list", "expires_at", "revoked_at", "last_used_at", "last_used_address"],
  },
  attempts: {
    rights: ["select", "insert"],
    update: [
      "status",
      "certainty",
      "rail_code",
      "reason",
      "rail_transaction_id",
      "details",
      "uncertain_count",
      "not_found_count",
      "enquiry_count",
      "next_enquiry_at",
      "enquiry_lease_until",
      "browser_returned_at",
      "concluded_at",
    ],
  },
  audit_log: appendOnly,
  bank_messages: appendOnly,
  bank_status_changes: appendOnly,
  cases: { rights: ["select", "insert"], update: ["closed_at", "closed_by", "note"] },
  collections: { rights: ["select", "insert"], update: ["name", "website", "api_enabled", "ip_allow_list"] },
  deliveries: {
    rights: ["select", "insert"],
    update: [
      "status",
      "attempt_count",
      "round_count",
      "next_attempt_at",
      "lease_until",
      "last_outcome",
      "last_status",
      "last_error",
      "last_attempt_at",
      "delivered_at",
    ],
  },
  delivery_attempts: { rights: ["select", "insert"] },
  dropped_partitions: { rights: ["select"] },
  events: appendOnly,
  exchanges: {
    rights: ["select", "insert"],
    update: ["background_until", "callers_until", "faults", "last_fault", "opened_at", "probe_at"],
  },
  fault_rules: { rights: ["select", "insert", "delete"], update: ["seen", "hits"] },
  gateway_identity: { rights: ["select", "insert"] },
  idempotency_records: {
    rights: ["select", "insert", "delete"],
    // What a key was first used for stays; who works on it, and the answer, come later.
    update: ["request_id", "lease_until", "status", "media_type", "body", "body_sealed"],
  },
  ledger_postings: appendOnly,
  ledger_seals: appendOnly,
  ledger_transactions: appendOnly,
  ledger_unsealed: { rights: ["select", "insert", "delete"] },
  merchants: { rights: ["select", "insert"] },
  migrations: { rights: ["select"] },
  partition_rules: { rights: ["select"] },
  payments: {
    rights: ["select", "insert"],
    // Neither what is asked for, nor by whom, nor of whom: see also the trigger `payments_guard`.
    update: [
      "protocol",
      "api_key_id",
      "description",
      "model",
      "bank_id",
      "buyer",
      "success_url",
      "failure_url",
      "callback_url",
      "metadata",
      "status",
      "certainty",
      "claims_invoice",
      "flags",
      "attempt_count",
      "event_count",
      "paid_attempt_id",
      "updated_at",
      "expires_at",
      "paid_at",
      "closed_at",
    ],
  },
  // Partitions have no line: their rows are reached through their tables alone.
  request_log: { rights: ["select", "insert"] },
  request_log_of_strangers: { rights: ["select", "insert"] },
  retention: { rights: ["select"] },
  verifications: appendOnly,
  verified_heads: appendOnly,
  webhook_endpoints: {
    rights: ["select", "insert"],
    // Whose it is, and whose payments it hears of, stays.
    update: [
      "url",
      "description",
      "event_types",
      "status",
      "disabled_reason",
      "disabled_at",
      "failing_since",
      "last_test_at",
      "updated_at",
      "deleted_at",
    ],
  },
  webhook_secrets: { rights: ["select", "insert", "delete"], update: ["valid_until"] },
};

/** The functions that the application may call; all others are for triggers, and for the owner. */
export const callable: readonly string[] = [
  "drop_next_partition()",
  "erase_due_buyers(text[])",
  "make_next_partition()",
];

/** The tables that hold evidence: nobody who works with the gateway may rewrite them. */
export const appendOnlyTables: readonly string[] = Object.keys(grants).filter((table) => grants[table] === appendOnly);

/** Each right as one line, `payments insert` or `payments update(status)`, in order. */
export function listGrants(): readonly string[] {
  const onTables = Object.entries(grants).flatMap(([table, { rights, update = [] }]) => [
    ...rights.map((right) => `${table} ${right}`),
    ...update.map((column) => `${table} update(${column})`),
  ]);
  return [...onTables, ...callable.map((name) => `${name} execute`)].sort();
}
