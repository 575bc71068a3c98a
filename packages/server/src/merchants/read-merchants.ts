import { isId } from "@kineticpay/contract/ids";
import type { Office } from "../gateway.ts";

export interface Merchant {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly collections: number;
}

const select = `select m.id, m.name, m.created_at as "createdAt",
  (select count(*) from collections c where c.merchant_id = m.id) as collections from merchants m`;

/** Every merchant, newest first. */
export function listMerchants(office: Office, limit: number): Promise<Merchant[]> {
  return office.db.query<Merchant>(`${select} order by m.id desc limit $1`, [limit]);
}

export async function findMerchant(office: Office, id: string): Promise<Merchant | undefined> {
  return isId("merchant", id) ? (await office.db.query<Merchant>(`${select} where m.id = $1`, [id]))[0] : undefined;
}
