import { isId } from "@kineticpay/contract/ids";
import type { Queryable, Tx } from "../db/db.ts";

/** A shop of a merchant: what keys belong to, with its own switch. */
export interface Collection {
  readonly id: string;
  readonly merchantId: string;
  readonly name: string;
  readonly website: string;
  readonly apiEnabled: boolean;
  readonly ipAllowList: readonly string[];
  readonly createdAt: Date;
}

export const collectionColumns = `id, merchant_id as "merchantId", name, website, api_enabled as "apiEnabled",
  ip_allow_list as "ipAllowList", created_at as "createdAt"`;

const byId = `select ${collectionColumns} from collections where id = $1 and ($2::text is null or merchant_id = $2)`;

/** A collection of that merchant, or of any when null; undefined alike for what does not exist and for another's. */
export async function findCollection(db: Queryable, reach: string | null, id: string): Promise<Collection | undefined> {
  return isId("collection", id) ? (await db.query<Collection>(byId, [id, reach]))[0] : undefined;
}

/** The same, and nobody else changes it until the transaction ends; payments of the collection go on being made. */
export async function lockCollection(tx: Tx, reach: string | null, id: string): Promise<Collection | undefined> {
  return isId("collection", id) ? (await tx.query<Collection>(`${byId} for no key update`, [id, reach]))[0] : undefined;
}

/** Collections, newest first. */
export function listCollections(
  db: Queryable,
  filter: { reach: string | null; startingAfter: string | null; limit: number },
): Promise<Collection[]> {
  return db.query<Collection>(
    `select ${collectionColumns} from collections
     where ($1::text is null or merchant_id = $1) and ($2::text is null or id < $2)
     order by id desc limit $3`,
    [filter.reach, filter.startingAfter, filter.limit],
  );
}
