import type { Queryable } from "../db/db.ts";

/** The newest seal of a merchant's chain; it vouches for every booking before it. */
export interface ChainHead {
  readonly merchant_id: string;
  readonly number: number;
  /** 64 hexadecimal digits. */
  readonly hash: string;
}

/** The heads of all chains, by merchant. */
export function readHeads(db: Queryable): Promise<ChainHead[]> {
  return db.query<ChainHead>(
    `select s.merchant_id, s.number, encode(s.hash, 'hex') as hash
     from merchants m, lateral (select * from ledger_seals where merchant_id = m.id order by number desc limit 1) s
     order by s.merchant_id`,
  );
}
