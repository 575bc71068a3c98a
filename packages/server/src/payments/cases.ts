import type { Meta } from "@kineticpay/contract/errors/entry";
import { newId } from "@kineticpay/contract/ids";
import type { Tx } from "../db/db.ts";
import type { Gateway, Office } from "../gateway.ts";
import type { CaseKind } from "./decide.ts";

/** Something that only a person can decide. */
export interface Case {
  readonly id: string;
  readonly merchantId: string;
  readonly paymentId: string;
  readonly attemptId: string | null;
  /** `unproved` comes of no message: the proof of the books found something wrong with the payment. */
  readonly kind: CaseKind | "unproved";
  readonly detail: Meta;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
  readonly closedBy: string | null;
  readonly note: string | null;
}

/** A case that a message, or silence, about an attempt gives rise to. */
export interface NewCase {
  readonly merchantId: string;
  readonly paymentId: string;
  readonly attemptId: string;
  readonly kind: CaseKind;
  readonly detail: Meta;
}

/** The same as a row of JSON for `openText`. */
export function caseRow(gateway: Pick<Gateway, "clock" | "random">, { kind, detail, ...about }: NewCase) {
  const now = gateway.clock.now();
  return {
    id: newId("case", now.getTime(), gateway.random.bytes(10)),
    merchant_id: about.merchantId,
    payment_id: about.paymentId,
    attempt_id: about.attemptId,
    kind,
    detail,
    opened_at: now,
  };
}

/**
 * The part of a statement that opens cases, but none where one of its kind is open for the attempt.
 * @param rows what follows `from` and gives rows of `caseRow`; its last item is a function that reads records from JSON
 */
export function openText(rows: string): string {
  return `opened as (
      insert into cases (id, merchant_id, payment_id, attempt_id, kind, detail, opened_at)
      select c.* from ${rows} as c (id text, merchant_id text, payment_id text, attempt_id text, kind text, detail jsonb,
        opened_at timestamptz)
      on conflict (attempt_id, kind) where closed_at is null do nothing
    )`;
}

const openOne = `with ${openText("json_to_recordset($1::json)")} select`;

/** Opens a case, unless one of its kind is open for the attempt. */
export async function openCase(gateway: Gateway, tx: Tx, about: NewCase): Promise<void> {
  await tx.query(openOne, [JSON.stringify([caseRow(gateway, about)])]);
}

/** Opens a case for a payment of which something could not be proved, unless one is open already. */
export async function openUnprovedCase(
  gateway: Pick<Gateway, "clock" | "random">,
  tx: Tx,
  paymentId: string,
  detail: Meta,
): Promise<void> {
  const now = gateway.clock.now();
  const id = newId("case", now.getTime(), gateway.random.bytes(10));
  await tx.query(
    `insert into cases (id, merchant_id, payment_id, kind, detail, opened_at)
     select $1, p.merchant_id, p.id, 'unproved', $3, $4 from payments p
     where p.id = $2 and not exists (
       select from cases c where c.payment_id = p.id and c.kind = 'unproved' and c.closed_at is null)`,
    [id, paymentId, JSON.stringify(detail), now],
  );
}

const columns = `id, merchant_id as "merchantId", payment_id as "paymentId", attempt_id as "attemptId", kind, detail,
  opened_at as "openedAt", closed_at as "closedAt", closed_by as "closedBy", note`;

/** Cases, oldest first; at most 1,000. */
export function listCases(office: Office, filter: { open: boolean }): Promise<Case[]> {
  return office.db.query<Case>(
    `select ${columns} from cases where (closed_at is null) = $1 order by opened_at, id limit 1000`,
    [filter.open],
  );
}

/** Closes an open case with a name and a note. Returns undefined when no open case has that id. */
export async function closeCase(office: Office, id: string, closedBy: string, note: string): Promise<Case | undefined> {
  const rows = await office.db.write<Case>(
    "cases.close",
    `update cases set closed_at = $2, closed_by = $3, note = $4 where id = $1 and closed_at is null returning ${columns}`,
    [id, office.clock.now(), closedBy, note],
  );
  return rows[0];
}
