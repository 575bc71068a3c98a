import type { Queryable, Tx } from "../db/db.ts";
import type { Gateway, Office } from "../gateway.ts";
import { type ExchangeState, probeEveryMs } from "./enquiry-pace.ts";

/** Enquiries in a row without any answer after which the network is left alone. */
export const faultsToOpen = 5;

interface Row {
  readonly background_until: Date;
  readonly callers_until: Date;
  readonly opened_at: Date | null;
  readonly probe_at: Date | null;
}

const locked = (tx: Tx, rail: string) =>
  tx.query<Row>(
    "select background_until, callers_until, opened_at, probe_at from exchanges where rail = $1 for update",
    [rail],
  );

/** Locks what is remembered of a network until the transaction ends, so that all processes take turns. */
export async function lockExchange(tx: Tx, rail: string, now: Date): Promise<ExchangeState> {
  let [row] = await locked(tx, rail);
  if (row === undefined) {
    await tx.query(
      "insert into exchanges (rail, background_until, callers_until) values ($1, $2, $2) on conflict (rail) do nothing",
      [rail, now],
    );
    [row] = await locked(tx, rail);
  }
  if (row === undefined) throw new Error(`the row of exchange ${rail} vanished`);
  return {
    backgroundUntilMs: row.background_until.getTime(),
    callersUntilMs: row.callers_until.getTime(),
    openedAtMs: row.opened_at?.getTime() ?? null,
    probeAtMs: row.probe_at?.getTime() ?? null,
  };
}

/** Keeps what a permission has changed. */
export async function savePermission(tx: Tx, rail: string, state: ExchangeState): Promise<void> {
  await tx.query("update exchanges set background_until = $2, callers_until = $3, probe_at = $4 where rail = $1", [
    rail,
    new Date(state.backgroundUntilMs),
    new Date(state.callersUntilMs),
    state.probeAtMs === null ? null : new Date(state.probeAtMs),
  ]);
}

/** Any answer shows that the network is there: faults are forgotten, and everybody may ask again. */
export async function noteAnswer(gateway: Gateway): Promise<void> {
  const rail = gateway.rail.name;
  const [before] = await gateway.db.write<{ opened_at: Date | null; faults: number }>(
    "payments.note_answer",
    `with before as (select rail, opened_at, faults from exchanges where rail = $1 and faults > 0 for update)
     update exchanges e set faults = 0, last_fault = '', opened_at = null, probe_at = null from before
     where e.rail = before.rail returning before.opened_at, before.faults`,
    [rail],
  );
  if (before === undefined || before.opened_at === null) return;
  const awayMs = gateway.clock.now().getTime() - before.opened_at.getTime();
  gateway.log.info({ rail, awayMs }, "the bank network answers again; what waited is asked about");
  gateway.wakeups.wake("requery");
}

/** Counts an enquiry that brought no answer. After some in a row the network is left alone, but for a probe now and then. */
export async function noteFault(gateway: Gateway, fault: string): Promise<void> {
  const rail = gateway.rail.name;
  const now = gateway.clock.now();
  const [after] = await gateway.db.write<{ faults: number; opened_at: Date | null }>(
    "payments.note_fault",
    `update exchanges set faults = faults + 1, last_fault = $2,
       opened_at = case when faults + 1 >= $3 then coalesce(opened_at, $4) end,
       probe_at = case when faults + 1 >= $3 then coalesce(probe_at, $5) end
     where rail = $1 returning faults, opened_at`,
    [rail, fault, faultsToOpen, now, new Date(now.getTime() + probeEveryMs)],
  );
  if (after?.faults === faultsToOpen)
    gateway.log.warn({ rail, fault }, "the bank network does not answer; it is only probed until it does");
}

/** What is remembered of a network, for whoever operates the gateway. */
export interface ExchangeReport {
  readonly rail: string;
  /** `closed`: asked as usual. `open`: left alone but for a probe now and then. */
  readonly circuit: "closed" | "open";
  readonly since: Date | null;
  readonly nextProbeAt: Date | null;
  readonly faults: number;
  readonly lastFault: string;
  /** Attempts about which it will be asked: the undecided, and those that were given up and are looked at again. */
  readonly planned: number;
  /** Those of them about which it is time to ask. */
  readonly due: number;
  /** Attempts whose outcome is not known. */
  readonly undecided: number;
}

/** Every network that was ever asked. */
export async function readExchanges(office: Pick<Office, "db" | "clock">): Promise<ExchangeReport[]> {
  const db: Queryable = office.db;
  return db.query<ExchangeReport>(
    `select e.rail, case when e.opened_at is null then 'closed' else 'open' end as circuit, e.opened_at as since,
       e.probe_at as "nextProbeAt", e.faults, e.last_fault as "lastFault",
       waiting.planned, waiting.due, waiting.undecided
     from exchanges e cross join lateral (
       select count(*)::int as planned, count(*) filter (where a.next_enquiry_at <= $1)::int as due,
         count(*) filter (where a.concluded_at is null)::int as undecided
       from attempts a where a.rail = e.rail and a.next_enquiry_at is not null) waiting
     order by e.rail`,
    [office.clock.now()],
  );
}
