import { isId } from "@kineticpay/contract/ids";
import type { Queryable, Tx } from "../db/db.ts";
import type { Office } from "../gateway.ts";
import { type Actor, reachOf } from "./audit-log.ts";

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

const columns = `id, merchant_id as "merchantId", name, website, api_enabled as "apiEnabled",
  ip_allow_list as "ipAllowList", created_at as "createdAt"`;

const byId = `select ${columns} from collections where id = $1 and ($2::text is null or merchant_id = $2)`;

/** A collection of that merchant, or of any when null; undefined alike for what does not exist and for another's. */
async function findCollection(db: Queryable, reach: string | null, id: string): Promise<Collection | undefined> {
  return isId("collection", id) ? (await db.query<Collection>(byId, [id, reach]))[0] : undefined;
}

/** The same, and nobody else changes it until the transaction ends; payments of the collection go on being made. */
export async function lockCollection(tx: Tx, reach: string | null, id: string): Promise<Collection | undefined> {
  return isId("collection", id) ? (await tx.query<Collection>(`${byId} for no key update`, [id, reach]))[0] : undefined;
}

/** A collection that the actor can reach. */
export function readCollection(office: Office, actor: Actor, id: string): Promise<Collection | undefined> {
  return findCollection(office.db, reachOf(actor), id);
}

/** The collections that an actor can reach, newest first. */
export function readCollections(
  office: Office,
  actor: Actor,
  filter: { startingAfter: string | null; limit: number },
): Promise<Collection[]> {
  return office.db.query<Collection>(
    `select ${columns} from collections
     where ($1::text is null or merchant_id = $1) and ($2::text is null or id < $2)
     order by id desc limit $3`,
    [reachOf(actor), filter.startingAfter, filter.limit],
  );
}
