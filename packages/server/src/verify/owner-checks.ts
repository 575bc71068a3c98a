import type { Check } from "./check.ts";

/** Rows of a table whose merchant differs from the one that owns the row they refer to. */
function owned(table: string, parent: string, reference: string, paymentId: string): string {
  return `select c.id as subject, 'of ' || c.merchant_id || ', in ${table}, and its ${parent} is of ' || p.merchant_id as detail,
      ${paymentId} as payment_id
    from ${table} c join ${parent} p on p.id = c.${reference} where c.merchant_id <> p.merchant_id`;
}

/** Nothing of one merchant's hangs on anything of another's. */
export const ownerChecks: readonly Check[] = [
  {
    name: "owners",
    promise: "Whatever belongs to a payment, a collection or an attempt belongs to the same merchant.",
    sql: [
      owned("payments", "collections", "collection_id", "c.id"),
      owned("api_keys", "collections", "collection_id", "null"),
      owned("webhook_endpoints", "collections", "collection_id", "null"),
      owned("attempts", "payments", "payment_id", "p.id"),
      owned("cases", "payments", "payment_id", "p.id"),
      owned("ledger_transactions", "payments", "payment_id", "p.id"),
      `select p.id, 'asked for by ' || k.id || ' of ' || k.collection_id || ', and the payment is of ' || p.collection_id, p.id
        from payments p join api_keys k on k.id = p.api_key_id where k.collection_id <> p.collection_id`,
    ].join(" union all "),
  },
  {
    name: "identity",
    promise: "The database belongs to one mode.",
    sql: `select 'gateway_identity' as subject, count(*) || ' modes' as detail, null as payment_id
      from gateway_identity having count(*) <> 1`,
  },
];
