import { certaintyOf, type Model, statusOf } from "./model.ts";
import type { World } from "./world.ts";

/** An attempt as a test needs it to send messages about it. */
export interface SeenAttempt {
  readonly id: string;
  readonly orderNumber: string;
  readonly sent: Readonly<Record<string, string>>;
  readonly isDue: boolean;
}

export interface SeenPayment {
  readonly id: string;
  readonly checkoutId: string;
  readonly attempts: readonly SeenAttempt[];
}

/** What stands in the database: handles to act on, and the facts in the words of the model. */
export interface Seen {
  readonly payments: readonly SeenPayment[];
  readonly facts: unknown;
  /** What holds of every gateway and needs no model. */
  readonly faults: readonly string[];
}

interface Row {
  readonly id: string;
  readonly checkout_id: string;
  readonly invoice: string;
  readonly amount_sen: number;
  readonly protocol: string;
  readonly status: string;
  readonly certainty: string;
  readonly flags: readonly string[];
  readonly expires_at: Date;
  readonly attempts: readonly {
    id: string;
    order_number: string;
    sent: Record<string, string>;
    status: string;
    code: string;
    bank: string;
    next: string | null;
    cases: string[];
  }[];
  readonly events: readonly { type: string; sequence: number }[];
  readonly books: Readonly<Record<string, number>>;
  readonly told: number;
}

// A payment's event of creation is never changed, so the transaction that wrote it tells which payment came first.
const statement = `
  select p.id, p.checkout_id, p.invoice, p.amount_sen, p.protocol, p.status, p.certainty, p.flags, p.expires_at,
    (select coalesce(json_agg(json_build_object('id', a.id, 'order_number', a.order_number, 'sent', a.sent,
        'status', a.status, 'code', a.rail_code, 'bank', a.bank_id, 'next', a.next_enquiry_at, 'cases',
        (select coalesce(json_agg(c.kind order by c.kind), '[]') from cases c where c.attempt_id = a.id and c.closed_at is null))
        order by a.number), '[]')
      from attempts a where a.payment_id = p.id) as attempts,
    (select json_agg(json_build_object('type', e.type, 'sequence', e.sequence) order by e.sequence)
      from events e where e.payment_id = p.id) as events,
    (select coalesce(json_object_agg(account, total), '{}') from
      (select split_part(l.account, ':', 1) as account, sum(l.amount_sen) as total
       from ledger_postings l join ledger_transactions t on t.id = l.transaction_id where t.payment_id = p.id group by 1) s) as books,
    (select count(*)::int from deliveries d join events e on e.id = d.event_id
      where d.payment_id = p.id and e.type = 'payment.paid') as told
  from payments p join events born on born.payment_id = p.id and born.sequence = 1
  where p.invoice = any($1::text[]) order by p.invoice, born.xmin::text::bigint`;

function faultsOf(row: Row): string[] {
  const faults: string[] = [];
  const must = (holds: boolean, what: string) => {
    if (!holds) faults.push(`${row.invoice}: ${what}`);
  };
  const total = Object.values(row.books).reduce((sum, each) => sum + each, 0);
  must(total === 0, "the books balance");
  must(
    row.events.every(({ sequence }, i) => sequence === i + 1),
    "events are numbered without a gap",
  );
  must(row.events[0]?.type === "payment.created", "the first event is that it was created");
  must(row.told === (row.status === "paid" ? 1 : 0), "the shop is told once that it was paid");
  for (const attempt of row.attempts) {
    const isFlying = attempt.status === "in_flight" || attempt.status === "awaiting_approval";
    must(!isFlying || attempt.next !== null, "an attempt that is undecided will be asked about");
  }
  return faults;
}

function factsOf(row: Row): unknown {
  const { protocol, status, certainty, flags, events, books } = row;
  const invoice = row.invoice.split("-")[0];
  return {
    ...{ invoice, protocol, status, certainty, amountSen: row.amount_sen, expiresAt: row.expires_at.getTime() },
    flags: [...flags].sort(),
    events: events.map(({ type }) => type).sort(),
    books: { exchange: books["exchange"] ?? 0, merchant: books["merchant"] ?? 0, returns: books["returns"] ?? 0 },
    attempts: row.attempts.map((each) => ({
      status: each.status,
      code: each.code,
      bank: each.bank,
      cases: each.cases,
    })),
  };
}

/** The invoices that a sequence of commands may ask for; each sequence has its own. */
export const invoices = ["A", "B"] as const;

/** Reads everything about the payments of the present sequence, in one statement. */
export async function observe({ core: { gateway }, suffix }: World): Promise<Seen> {
  const rows = await gateway.db.query<Row>(statement, [invoices.map((invoice) => `${invoice}${suffix}`)]);
  const now = gateway.clock.now().getTime();
  const isDue = (next: string | null) => next !== null && Date.parse(next) <= now;
  return {
    payments: rows.map((row) => ({
      id: row.id,
      checkoutId: row.checkout_id,
      attempts: row.attempts.map((each) => ({
        ...{ id: each.id, orderNumber: each.order_number, sent: each.sent, isDue: isDue(each.next) },
      })),
    })),
    facts: rows.map(factsOf),
    faults: rows.flatMap(faultsOf),
  };
}

/** The model's payments in the order in which `observe` gives the gateway's. */
export function inOrder(model: Model): Model["payments"] {
  return [...model.payments].sort((a, b) => (a.invoice < b.invoice ? -1 : a.invoice > b.invoice ? 1 : 0));
}

/** The same facts as the model has them. */
export function expectedFacts(model: Model): unknown {
  return inOrder(model).map((payment) => {
    const { invoice, protocol, amountSen, expiresAt, flags, events, books, attempts } = payment;
    return {
      ...{ invoice, protocol, status: statusOf(payment), certainty: certaintyOf(payment), amountSen, expiresAt },
      flags: [...flags].sort(),
      events: [...events].sort(),
      books: { ...books },
      attempts: attempts.map(({ status, code, bank, cases }) => ({ status, code, bank, cases: [...cases].sort() })),
    };
  });
}
