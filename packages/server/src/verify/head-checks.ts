import type { ChainHead } from "../ledger/chain-head.ts";
import type { Check } from "./check.ts";

/**
 * The heads of an earlier time, kept where whoever tampers cannot reach them. Only they show that the end of a chain was
 * cut off, or that a whole chain was computed anew. `$1` is their list as JSON.
 */
export function headChecks(heads: readonly ChainHead[]): Check[] {
  if (heads.length === 0) return [];
  return [
    {
      name: "chain.heads",
      promise: "Every seal that was the newest of its chain before is in that chain still.",
      sql: `select h.merchant_id || ' seal ' || h.number as subject, case when s.hash is null then 'is gone; it was ' || h.hash
          else 'was ' || h.hash || ' and is ' || encode(s.hash, 'hex') end as detail, null as payment_id
        from jsonb_to_recordset($1::jsonb) as h (merchant_id text, number bigint, hash text)
        left join ledger_seals s on s.merchant_id = h.merchant_id and s.number = h.number
        where s.hash is null or encode(s.hash, 'hex') <> h.hash`,
    },
  ];
}
