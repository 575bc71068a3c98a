import type { AsOwner } from "../db/as-owner.ts";
import type { Queryable, Tx } from "../db/db.ts";
import type { Gateway } from "../gateway.ts";

type Settings = Pick<Gateway["config"], "eventDays" | "deliveryLogDays" | "requestLogDays">;

/** For how many days calls that are nobody's are kept: they are of use only to the developer who has just made them. */
const strangersDays = 2;

/** For how many days each table's rows are kept at the least; their partitions go as a whole. */
function wantedDays({ eventDays, deliveryLogDays, requestLogDays }: Settings): Readonly<Record<string, number>> {
  return {
    events: eventDays,
    deliveries: eventDays,
    delivery_attempts: deliveryLogDays,
    request_log: requestLogDays,
    request_log_of_strangers: Math.min(strangersDays, requestLogDays),
  };
}

async function setDays(tx: Tx, days: Readonly<Record<string, number>>): Promise<void> {
  const text = `update partition_rules r set keep_days = w.value::integer
    from json_each_text($1::json) w where w.key = r.table_name and w.value::integer <> r.keep_days`;
  await tx.query(text, [JSON.stringify(days)]);
}

/**
 * Has the database keep partitions for as long as the settings say. Only the owner of the tables may decide that.
 * @returns false when the database says otherwise and there is no owner to change it
 */
export async function agreeOnKeepDays(
  db: Queryable,
  asOwner: AsOwner | undefined,
  settings: Settings,
): Promise<boolean> {
  const wanted = wantedDays(settings);
  const rules = await db.query<{ name: string; days: number }>(
    "select table_name as name, keep_days as days from partition_rules",
  );
  if (rules.every(({ name, days }) => days === wanted[name])) return true;
  if (asOwner === undefined) return false;
  await asOwner("partitions.set_keep_days", (tx) => setDays(tx, wanted));
  return true;
}
