import type { PaymentModel } from "@kineticpay/contract/payment";
import type { Queryable, Tx } from "../db/db.ts";

/** What the network said of a bank when that was something new. */
export interface BankStatusChange {
  readonly id: string;
  readonly rail: string;
  readonly model: PaymentModel;
  readonly bankId: string;
  readonly online: boolean;
  /** When the gateway learnt of it. */
  readonly since: Date;
  /** Since when the state before had lasted; null for the first that was ever heard of the bank. */
  readonly previousSince: Date | null;
}

export type BankStatus = Pick<BankStatusChange, "bankId" | "online" | "since">;

const columns = `id, rail, model, bank_id as "bankId", online, since, previous_since as "previousSince"`;

/** What holds for every bank of a model of which anything was ever heard. */
export function currentStatuses(db: Queryable, rail: string, model: PaymentModel): Promise<BankStatus[]> {
  return db.query<BankStatus>(
    `select distinct on (bank_id) bank_id as "bankId", online, since from bank_status_changes
     where rail = $1 and model = $2 order by bank_id, since desc`,
    [rail, model],
  );
}

/** Makes processes that have heard the same news write it one after the other. */
export async function lockStatuses(tx: Tx, rail: string, model: PaymentModel): Promise<void> {
  await tx.query("select pg_advisory_xact_lock(hashtextextended('bank_status_changes ' || $1 || ' ' || $2, 0))", [
    rail,
    model,
  ]);
}

export async function insertChange(tx: Tx, change: BankStatusChange): Promise<void> {
  await tx.query(
    `insert into bank_status_changes (id, rail, model, bank_id, online, since, previous_since)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [change.id, change.rail, change.model, change.bankId, change.online, change.since, change.previousSince],
  );
}

export interface ChangeFilter {
  readonly rail: string;
  readonly bankId: string;
  readonly model: PaymentModel | null;
  readonly limit: number;
  readonly startingAfter: string | null;
}

/** A bank's changes, newest first. */
export function listChanges(db: Queryable, filter: ChangeFilter): Promise<BankStatusChange[]> {
  return db.query<BankStatusChange>(
    `select ${columns} from bank_status_changes
     where rail = $1 and bank_id = $2 and ($3::text is null or model = $3) and ($4::text is null or id < $4)
     order by id desc limit $5`,
    [filter.rail, filter.bankId, filter.model, filter.startingAfter, filter.limit],
  );
}
