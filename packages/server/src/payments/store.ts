import type { Queryable, RunStatement, Tx, Writer } from "../db/db.ts";
import type { Attempt, Payment } from "./payment.ts";
import { attemptColumns, attemptFromJson, attemptsOfPayment, paymentColumns } from "./payment-rows.ts";

async function one(db: Queryable, where: string, values: readonly unknown[]): Promise<Payment | undefined> {
  return (await db.query<Payment>(`select ${paymentColumns} from payments p where ${where}`, values))[0];
}

/** Locks the payment until the transaction ends; every change of a payment or its attempts begins here. */
export function lockPayment(tx: Tx, id: string): Promise<Payment | undefined> {
  return one(tx, "p.id = $1 for update", [id]);
}

/** Makes whoever decides on the same invoice wait until the transaction ends, also while no payment stands for it. */
export async function lockInvoice(tx: Tx, collectionId: string, invoice: string): Promise<void> {
  await tx.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`${collectionId} ${invoice}`]);
}

/**
 * Locks every payment of the invoice that the order belongs to, in the order of their ids, so that two who do so cannot wait
 * for each other.
 */
export async function lockInvoiceOf(tx: Tx, orderNumber: string): Promise<void> {
  await tx.query(
    `select from payments p
     where (p.collection_id, p.invoice) = (
       select own.collection_id, own.invoice from attempts a join payments own on own.id = a.payment_id where a.order_number = $1)
     order by p.id for update`,
    [orderNumber],
  );
}

/** Locks the payment that its invoice stands for now, if there is one. */
export function lockClaimant(tx: Tx, collectionId: string, invoice: string): Promise<Payment | undefined> {
  return one(tx, "p.collection_id = $1 and p.invoice = $2 and p.claims_invoice for update", [collectionId, invoice]);
}

/** Another payment of the same invoice that has been paid. */
export async function findPaidSibling(db: Queryable, payment: Payment): Promise<string | undefined> {
  const rows = await db.query<{ id: string }>(
    "select id from payments where collection_id = $1 and invoice = $2 and status = 'paid' and id <> $3 limit 1",
    [payment.collectionId, payment.invoice, payment.id],
  );
  return rows[0]?.id;
}

/** An invoice of the collection that contains the asked one, or is contained in it, as its start or its end. */
export async function findNearInvoice(
  db: Queryable,
  collectionId: string,
  invoice: string,
): Promise<string | undefined> {
  if (invoice.length < 2) return undefined;
  const pattern = invoice.replace(/[\\%_]/g, (character) => `\\${character}`);
  const rows = await db.query<{ invoice: string }>(
    `select invoice from (select distinct on (id) invoice, id from payments where collection_id = $1 order by id desc limit 1000) recent
     where invoice like $2 or invoice like $3 or (length(invoice) >= 2 and ($4 like replace(replace(invoice, '%', '\\%'), '_', '\\_') || '%'
        or $4 like '%' || replace(replace(invoice, '%', '\\%'), '_', '\\_')))
     order by abs(length(invoice) - length($4)), id desc limit 1`,
    [collectionId, `${pattern}%`, `%${pattern}%`, invoice],
  );
  return rows[0]?.invoice;
}

export interface ListFilter {
  readonly collectionId: string;
  readonly limit: number;
  readonly startingAfter: string | null;
  readonly status: string | null;
  readonly invoice: string | null;
  readonly createdAfter: Date | null;
  readonly createdBefore: Date | null;
}

/** A page of payments, newest first. Ids sort by time of creation, so a page begins where the last one ended. */
export function listPayments(db: Queryable, filter: ListFilter): Promise<Payment[]> {
  const values: unknown[] = [filter.collectionId];
  const where = ["p.collection_id = $1"];
  const add = (condition: string, value: unknown) => {
    if (value === null) return;
    values.push(value);
    where.push(`${condition} $${values.length}`);
  };
  add("p.id <", filter.startingAfter);
  add("p.status =", filter.status);
  add("p.invoice =", filter.invoice);
  add("p.created_at >", filter.createdAfter);
  add("p.created_at <", filter.createdBefore);
  values.push(filter.limit);
  return db.query<Payment>(
    `select ${paymentColumns} from payments p where ${where.join(" and ")} order by p.id desc limit $${values.length}`,
    values,
  );
}

export function attemptsOf(db: Queryable, paymentIds: readonly string[]): Promise<Attempt[]> {
  if (paymentIds.length === 0) return Promise.resolve([]);
  return db.query<Attempt>(
    `select ${attemptColumns} from attempts a where a.payment_id = any($1::text[]) order by a.payment_id, a.number`,
    [paymentIds],
  );
}

export async function findAttempt(db: Queryable, orderNumber: string): Promise<Attempt | undefined> {
  return (
    await db.query<Attempt>(`select ${attemptColumns} from attempts a where a.order_number = $1`, [orderNumber])
  )[0];
}

/** An order, and all that is needed to decide what a message about it changes. */
export interface FoundOrder {
  readonly attempt: Attempt;
  /** The attempt's payment, with all of its attempts by number. */
  readonly payment: Payment;
  readonly attempts: readonly Attempt[];
  /** True when another payment of the same invoice has been paid. */
  readonly isPaidElsewhere: boolean;
  /** Another one once any payment of the invoice has changed, or there is a new one. */
  readonly version: string;
}

type OrderRow = Payment & { readonly orderNumber: string; readonly attempts: readonly Attempt[] } & Pick<
    FoundOrder,
    "isPaidElsewhere" | "version"
  >;

/**
 * Finds orders by their numbers, each as it is at one moment, and locks nothing. The condition on `place` always holds; without
 * it PostgreSQL expects more orders than there mostly are, and reads whole tables while these are small.
 */
export async function findOrders(
  read: RunStatement,
  orderNumbers: readonly string[],
): Promise<Map<string, FoundOrder>> {
  const rows = await read<OrderRow>(
    `select asked.order_number as "orderNumber", ${paymentColumns}, ${attemptsOfPayment},
       i.is_paid_elsewhere as "isPaidElsewhere", i.version
     from unnest($1::text[]) with ordinality asked (order_number, place)
       join attempts own on own.order_number = asked.order_number
       join payments p on p.id = own.payment_id
       cross join lateral (
         select string_agg(s.id || ' ' || s.xmin, ',' order by s.id) as version,
           bool_or(s.id <> p.id and s.status = 'paid') as is_paid_elsewhere
         from payments s where s.collection_id = p.collection_id and s.invoice = p.invoice) i
     where mod(asked.place, 1) = 0`,
    [orderNumbers],
  );
  const found = new Map<string, FoundOrder>();
  for (const { orderNumber, attempts: written, isPaidElsewhere, version, ...payment } of rows) {
    const attempts = written.map(attemptFromJson);
    const attempt = attempts.find((each) => each.orderNumber === orderNumber);
    if (attempt !== undefined) found.set(orderNumber, { attempt, payment, attempts, isPaidElsewhere, version });
  }
  return found;
}

export async function insertAttempt(tx: Tx, attempt: Attempt): Promise<void> {
  await tx.query(
    `insert into attempts (id, merchant_id, payment_id, number, rail, model, bank_id, bank_name, order_number, sent, facts, locale,
       status, certainty, next_enquiry_at, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
    [
      attempt.id,
      attempt.merchantId,
      attempt.paymentId,
      attempt.number,
      attempt.rail,
      attempt.model,
      attempt.bankId,
      attempt.bankName,
      attempt.orderNumber,
      JSON.stringify(attempt.sent),
      JSON.stringify(attempt.facts),
      attempt.locale,
      attempt.status,
      attempt.certainty,
      attempt.nextEnquiryAt,
      attempt.createdAt,
    ],
  );
}

/** Marks that the buyer's browser was sent back for this attempt; false when it had been already. */
export async function markBrowserReturned(db: Writer, attemptId: string, at: Date): Promise<boolean> {
  const rows = await db.write(
    "payments.note_browser_return",
    "update attempts set browser_returned_at = $2 where id = $1 and browser_returned_at is null returning id",
    [attemptId, at],
  );
  return rows.length === 1;
}
