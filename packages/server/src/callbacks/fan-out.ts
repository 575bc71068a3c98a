/**
 * The id of what one event owes to one endpoint: the event's time, so that ids sort by it, and a digest of both ids, so
 * that planning the same delivery twice gives the same id, in every process and in every replay of a seed.
 */
export function deliveryIdText(event: string, endpoint: string): string {
  return `'dlv_' || substr(${event}, 5, 10) || upper(substr(encode(sha256(convert_to(${event} || ${endpoint}, 'UTF8')), 'hex'), 1, 16))`;
}

/** The members of a delivery to an endpoint, as they are planned. */
export const plannedColumns =
  "id, merchant_id, collection_id, payment_id, event_id, endpoint_id, lane, format, status, next_attempt_at, created_at";

/**
 * The part of a statement that plans an event's deliveries to all endpoints that hear of it, in the statement that writes
 * the event. It reads the event as `event`. A merchant without endpoints costs one look into an index.
 * @param whose endpoints of the event's merchant, or of every merchant for what happens in the bank network
 * @param hears a condition on the endpoint, which is `w`
 */
export function fanOutText(whose: "own" | "everybody", hears: string): string {
  const owner = whose === "own" ? "w.merchant_id = event.merchant_id and" : "";
  return `insert into deliveries (${plannedColumns})
    select ${deliveryIdText("event.id", "w.id")}, w.merchant_id, event.collection_id, event.payment_id, event.id, w.id, w.id,
      'v2', 'pending', event.created_at, event.created_at
    from event join webhook_endpoints w on ${owner} w.status = 'enabled' and w.status <> 'deleted'
      and (w.collection_id is null or event.collection_id is null or w.collection_id = event.collection_id)
      and (${hears})
    returning event_id`;
}
