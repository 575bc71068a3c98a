import type { RunStatement, SharedRead, Sharing } from "../db/db.ts";
import type { Attempt, Payment, PaymentWithAttempts } from "./payment.ts";
import { attemptsOfPayment, paymentColumns, wholeFromJson } from "./payment-rows.ts";

type WholeRow = Payment & { readonly attempts: readonly Attempt[] | null };
type Found = PaymentWithAttempts | undefined;

/**
 * One statement, so that what a payment has become and what became of its attempts are never told from two moments. And one
 * value of JSON: the driver reads thirty columns apart more slowly than PostgreSQL puts them together. Those who ask at the
 * same moment share the statement, since for each of them talking to the database costs more than finding a row.
 * @param where tells one payment from all others by these names, each of which stands for one text
 */
function findOne<const Name extends string>(
  names: readonly Name[],
  where: (names: Readonly<Record<Name, string>>) => string,
): SharedRead<readonly string[], Found> {
  const namesAs = (text: (name: Name, index: number) => string) =>
    Object.fromEntries(names.map((name, index) => [name, text(name, index)])) as Record<Name, string>;
  const wholeOf = (condition: string) =>
    `select ${paymentColumns}, ${attemptsOfPayment} from payments p where ${condition} limit 1`;
  const one = `select row_to_json(found) as whole from (${wholeOf(where(namesAs((_, index) => `$${index + 1}`)))}) found`;
  const many = `
    select row_to_json(found) as whole, asked.place::integer
    from unnest(${names.map((_, index) => `$${index + 1}::text[]`).join(", ")}) with ordinality asked (${names.join(", ")}, place)
      cross join lateral (${wholeOf(where(namesAs((name) => `asked.${name}`)))}) found`;
  return {
    async alone(read: RunStatement, values) {
      const [row] = await read<{ whole: WholeRow }>(one, values);
      return row === undefined ? undefined : wholeFromJson(row.whole);
    },
    async together(read, all) {
      const columns = names.map((_, index) => all.map((values) => values[index]));
      const rows = await read<{ whole: WholeRow; place: number }>(many, columns);
      const found: Found[] = all.map(() => undefined);
      for (const { whole, place } of rows) found[place - 1] = wholeFromJson(whole);
      return found;
    },
  };
}

const byId = findOne(
  ["id", "collection_id"],
  ({ id, collection_id }) => `p.id = ${id} and p.collection_id = ${collection_id}`,
);
const byCheckout = findOne(["checkout_id"], ({ checkout_id }) => `p.checkout_id = ${checkout_id}`);
const byInvoice = findOne(
  ["collection_id", "invoice"],
  ({ collection_id, invoice }) =>
    `p.collection_id = ${collection_id} and p.invoice = ${invoice} order by (p.status = 'paid') desc, p.id desc`,
);

export function findPayment(db: Sharing, collectionId: string, id: string): Promise<Found> {
  return db.shareRead(byId, [id, collectionId]);
}

export function findByCheckout(db: Sharing, checkoutId: string): Promise<Found> {
  return db.shareRead(byCheckout, [checkoutId]);
}

/** What an invoice's status is asked of: the paid payment if there is one, else the newest. */
export function findByInvoice(db: Sharing, collectionId: string, invoice: string): Promise<Found> {
  return db.shareRead(byInvoice, [collectionId, invoice]);
}
