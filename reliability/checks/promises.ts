import { type Acknowledged, of } from "../cast/acknowledged.ts";
import { shortLived } from "../cast/load.ts";
import type { OwnPostgres } from "../cast/own-postgres.ts";
import type { Town } from "../cast/town.ts";

interface StoredPayment {
  readonly id: string;
  readonly invoice: string;
  readonly amount_sen: string;
  readonly status: string;
  readonly description: string;
}

type Report = (text: string) => void;

async function byId<T extends { id: string }>(
  postgres: OwnPostgres,
  text: string,
  ids: readonly string[],
): Promise<Map<string, T>> {
  const rows = ids.length === 0 ? [] : await postgres.query<T>(text, [ids]);
  return new Map(rows.map((row) => [row.id, row]));
}

async function checkPayments(town: Town, told: readonly Acknowledged[], report: Report): Promise<void> {
  const created = of(told, "created");
  const text = "select id, invoice, amount_sen, status, description from payments where id = any($1::text[])";
  const stored = await byId<StoredPayment>(
    town.postgres,
    text,
    created.map(({ id }) => id),
  );
  for (const { id, invoice, amountSen } of created) {
    const row = stored.get(id);
    if (row === undefined) report(`${id} was acknowledged and is not stored`);
    else if (row.invoice !== invoice || Number(row.amount_sen) !== amountSen)
      report(`${id} is stored as another order`);
  }
  for (const { id, description } of of(told, "described")) {
    const row = stored.get(id);
    if (row?.description !== description) report(`${id} lost its acknowledged description: ${row?.description}`);
  }
  for (const { id } of of(told, "cancelled"))
    if (stored.get(id)?.status !== "cancelled")
      report(`${id} was acknowledged as cancelled: ${stored.get(id)?.status}`);
  for (const { id } of of(told, "seen_paid"))
    if (stored.get(id)?.status !== "paid") report(`${id} was shown as paid: ${stored.get(id)?.status}`);
}

async function checkMessages(town: Town, told: readonly Acknowledged[], report: Report): Promise<void> {
  const acknowledged = of(told, "ok");
  const text = `select a.order_number as id, a.status, p.status as payment, p.paid_attempt_id = a.id as paid_it
    from attempts a join payments p on p.id = a.payment_id where a.order_number = any($1::text[])`;
  type Row = { id: string; status: string; payment: string; paid_it: boolean | null };
  const stored = await byId<Row>(
    town.postgres,
    text,
    acknowledged.map(({ orderNumber }) => orderNumber),
  );
  for (const { orderNumber, code } of acknowledged) {
    const row = stored.get(orderNumber);
    if (row === undefined) report(`${orderNumber} was answered OK and is not stored`);
    else if (code === "00" && (row.status !== "succeeded" || row.payment !== "paid" || row.paid_it !== true))
      report(`${orderNumber} was answered OK for a success and is ${row.status}, its payment ${row.payment}`);
    else if (code !== "00" && row.status !== "failed")
      report(`${orderNumber} was answered OK for ${code} and is ${row.status}`);
  }
}

async function checkOffice(town: Town, told: readonly Acknowledged[], report: Report): Promise<void> {
  const keys = of(told, "key_created");
  const keyText = "select id, name, revoked_at from api_keys where id = any($1::text[])";
  const storedKeys = await byId<{ id: string; name: string; revoked_at: Date | null }>(
    town.postgres,
    keyText,
    keys.map(({ id }) => id),
  );
  for (const { id } of keys) if (!storedKeys.has(id)) report(`key ${id} was acknowledged and is not stored`);
  for (const { id, name } of of(told, "key_named"))
    if (storedKeys.get(id)?.name !== name) report(`key ${id} lost its acknowledged name`);
  for (const { id } of of(told, "key_revoked"))
    if (storedKeys.get(id)?.revoked_at == null) report(`key ${id} was acknowledged as revoked and is not`);
  const collections = of(told, "collection_created");
  const storedCollections = await byId<{ id: string; name: string; ip_allow_list: string[] }>(
    town.postgres,
    "select id, name, ip_allow_list from collections where id = any($1::text[])",
    collections.map(({ id }) => id),
  );
  for (const { id } of collections)
    if (!storedCollections.has(id)) report(`collection ${id} was acknowledged and is not stored`);
  for (const { id, name } of of(told, "collection_named"))
    if (storedCollections.get(id)?.name !== name) report(`collection ${id} lost its acknowledged name`);
  for (const { id, addresses } of of(told, "collection_listed"))
    if (String(storedCollections.get(id)?.ip_allow_list) !== String(addresses))
      report(`collection ${id} lost its acknowledged allow-list`);
}

async function checkEndpoints(town: Town, told: readonly Acknowledged[], report: Report): Promise<void> {
  const created = of(told, "endpoint_created").map(({ id }) => id);
  const stored = await byId<{ id: string; description: string; status: string }>(
    town.postgres,
    "select id, description, status from webhook_endpoints where id = any($1::text[])",
    created,
  );
  for (const id of created) if (!stored.has(id)) report(`endpoint ${id} was acknowledged and is not stored`);
  for (const { id, description } of of(told, "endpoint_described"))
    if (stored.get(id)?.description !== description) report(`endpoint ${id} lost its acknowledged description`);
  for (const { id } of of(told, "endpoint_deleted"))
    if (stored.get(id)?.status !== "deleted") report(`endpoint ${id} was acknowledged as deleted and is not`);
}

/** However often a shop had to ask, its order became one payment. */
async function checkDoubles(town: Town, report: Report): Promise<void> {
  const text = `select invoice, count(*) as found from payments where invoice not like $1 group by collection_id, invoice having count(*) > 1`;
  const doubled = await town.postgres.query<{ invoice: string; found: string }>(text, [`${shortLived}%`]);
  for (const { invoice, found } of doubled) report(`invoice ${invoice} became ${found} payments`);
}

/** Holds what is stored against everything that anybody was told so far. */
export async function checkPromises(town: Town, when: string): Promise<void> {
  const told = town.journal.read();
  const report: Report = (text) => town.notebook.violation(`${when}: ${text}`);
  await checkPayments(town, told, report);
  await checkMessages(town, told, report);
  await checkOffice(town, told, report);
  await checkEndpoints(town, told, report);
  await checkDoubles(town, report);
}
