// Fills a gateway's database with payments for `scale.mjs`.
import { inDatabase } from "./database.mjs";

const atOnce = 200_000;
const digits = 26;

/** Ids that can be made from a number, and sort before all that the gateway makes. */
export const paymentOf = (number) => `pay_${String(number).padStart(digits, "0")}`;
export const invoiceOf = (number) => `scale-${number}`;
const idText = (prefix) => `'${prefix}' || lpad(n::text, ${digits}, '0')`;

/**
 * Rows as the gateway writes them, taken from one that it has written: constants once, and what differs for each number.
 * A record is taken apart and put together only once, because doing so for each of ten million rows takes hours.
 */
async function copyOf(query, table, where, changes) {
  const columns = await query(
    `select column_name as name from information_schema.columns where table_schema = 'public' and table_name = $1 order by ordinal_position`,
    [table],
  );
  const names = columns.map(({ name }) => `"${name}"`);
  const values = columns.map(({ name }) => changes[name] ?? `o."${name}"`);
  return `insert into ${table} (${names.join(", ")}) select ${values.join(", ")}
    from (select * from ${table} where ${where} limit 1) o, generate_series($1::int, $2::int) n`;
}

/** Of each ten nine are paid, and one has expired. All belong to the one collection that is asked. */
const isPaid = "(n % 10 > 0)";
const at = "(timestamptz '2020-01-01' + n * interval '10 seconds')";

const paymentChanges = {
  id: idText("pay_"),
  checkout_id: "'cs_' || encode(sha256(n::text::bytea), 'hex')",
  invoice: "'scale-' || n",
  status: `case when ${isPaid} then 'paid' else 'expired' end`,
  certainty: "'final'",
  claims_invoice: isPaid,
  event_count: "1",
  paid_attempt_id: `case when ${isPaid} then ${idText("att_")} end`,
  created_at: at,
  updated_at: at,
  expires_at: `${at} + interval '1 day'`,
  paid_at: `case when ${isPaid} then ${at} end`,
  closed_at: `case when ${isPaid} then null else ${at} + interval '1 day' end`,
};

const attemptChanges = {
  id: idText("att_"),
  payment_id: idText("pay_"),
  order_number: "'KPS' || n",
  sent: "'{}'::jsonb",
  status: `case when ${isPaid} then 'succeeded' else 'failed' end`,
  certainty: "'final'",
  rail_code: `case when ${isPaid} then '00' else '51' end`,
  next_enquiry_at: "null::timestamptz",
  created_at: at,
  concluded_at: at,
};

const eventChanges = { id: idText("evt_"), payment_id: idText("pay_"), data: "'{}'::json", created_at: at };

/** @returns {Promise<number>} how many payments were filled so far */
export function filled(gateway) {
  return inDatabase(gateway, countFilled);
}

async function countFilled(query) {
  const [{ last }] = await query("select coalesce(max(id), 'pay_0') as last from payments where id < 'pay_00001'");
  return Number(last.slice("pay_".length));
}

/**
 * Fills up to so many payments, going on where an earlier run has stopped, and has the tables vacuumed and analyzed.
 * @returns {Promise<{ tookS: number, bytes: number }>} how long that took, and how large the database is then
 */
export function fillTo(gateway, payments, say) {
  return inDatabase(gateway, async (query) => {
    const began = performance.now();
    await query("set session_replication_role = replica");
    await query("set synchronous_commit = off");
    const texts = [
      await copyOf(query, "events", "type = 'payment.created'", eventChanges),
      await copyOf(query, "attempts", "number = 1", attemptChanges),
      await copyOf(query, "payments", "invoice = 'original'", paymentChanges),
    ];
    for (let done = await countFilled(query); done < payments; ) {
      const next = Math.min(done + atOnce, payments);
      await query("begin");
      for (const text of texts) await query(text, [done + 1, next]);
      await query("commit");
      done = next;
      if (done % (5 * atOnce) === 0) say(`${done} payments after ${Math.round((performance.now() - began) / 1000)} s`);
    }
    await query("vacuum analyze");
    await query("checkpoint");
    const [{ bytes }] = await query("select pg_database_size(current_database())::float8 as bytes");
    return { tookS: (performance.now() - began) / 1000, bytes };
  });
}
