import type { EventType } from "@kineticpay/contract/events/catalogue";
import { idAtTime, isId } from "@kineticpay/contract/ids";
import type { Queryable } from "../db/db.ts";
import { eventColumns, type StoredEvent } from "./event-text.ts";

/**
 * Whose events may be read. With a collection: those of its payments. With null: all of the merchant's, those about keys,
 * collections and endpoints included. Either way those of the bank network, which are everybody's.
 */
export interface EventReach {
  readonly merchantId: string;
  readonly collectionId: string | null;
}

const own = "e.merchant_id = $1 and ($2::text is null or (e.collection_id = $2 and e.payment_id is not null))";
const everybodys = "e.merchant_id is null";

/** One event of those within reach; undefined alike for what does not exist and for another's. */
export async function findEvent(db: Queryable, reach: EventReach, id: string): Promise<StoredEvent | undefined> {
  if (!isId("event", id)) return undefined;
  const values = [reach.merchantId, reach.collectionId, id];
  const text = `select ${eventColumns} from events e where e.id = $3 and (${everybodys} or (${own}))`;
  return (await db.query<StoredEvent>(text, values))[0];
}

/** The event behind a delivery, whoever asks. */
export async function eventBehind(db: Queryable, id: string): Promise<StoredEvent> {
  const [found] = await db.query<StoredEvent>(`select ${eventColumns} from events e where e.id = $1`, [id]);
  if (found === undefined) throw new Error(`event ${id} vanished`);
  return found;
}

export interface EventFilter extends EventReach {
  readonly type: EventType | null;
  readonly paymentId: string | null;
  readonly createdAfter: Date | null;
  readonly createdBefore: Date | null;
  readonly startingAfter: string | null;
  readonly limit: number;
}

/**
 * A page of events, newest first. Ids carry the time, so they bound the search; the time itself is compared as well,
 * because it is finer.
 */
export function listEvents(db: Queryable, filter: EventFilter): Promise<StoredEvent[]> {
  const { createdAfter, createdBefore } = filter;
  const values: unknown[] = [filter.merchantId, filter.collectionId];
  const where: string[] = [];
  const add = (condition: string, value: unknown) => {
    if (value === null) return;
    values.push(value);
    where.push(` and ${condition} $${values.length}`);
  };
  add("e.type =", filter.type);
  add("e.payment_id =", filter.paymentId);
  add("e.id >=", createdAfter === null ? null : idAtTime("event", createdAfter.getTime()));
  add("e.created_at >", createdAfter);
  add("e.id <=", createdBefore === null ? null : idAtTime("event", createdBefore.getTime() + 1));
  add("e.created_at <", createdBefore);
  add("e.id <", filter.startingAfter);
  values.push(filter.limit);
  const page = (owner: string) =>
    `(select ${eventColumns} from events e where ${owner}${where.join("")} order by e.id desc limit $${values.length})`;
  const text = `select * from (${page(own)} union all ${page(everybodys)}) found order by id desc limit $${values.length}`;
  return db.query<StoredEvent>(text, values);
}
