import { until } from "../../acceptance/harness/until.ts";
import { of } from "../cast/acknowledged.ts";
import type { Received } from "../cast/receiver.ts";
import type { Town } from "../cast/town.ts";

const settledWithinMs = 90_000;

/**
 * Waits until nothing is under way any more: every attempt that the bank decided is concluded, and not to be looked at once more
 * in the next minutes; every callback is taken.
 */
async function untilQuiet(town: Town): Promise<void> {
  const decided = of(town.journal.read(), "decided").map(({ orderNumber }) => orderNumber);
  const text = `select 'delivery ' || id || ' to be sent at ' || next_attempt_at as what from deliveries where status = 'pending'
    union all select 'attempt ' || id || ', ' || status || ', to be asked about at ' || coalesce(next_enquiry_at::text, 'no time')
      from attempts where order_number = any($1::text[])
        and (concluded_at is null or next_enquiry_at < now() + interval '10 minutes')`;
  let open: readonly { readonly what: string }[] = [];
  const isQuiet = async () => {
    open = await town.postgres.query<{ what: string }>(text, [decided]);
    return open.length === 0;
  };
  const began = performance.now();
  await until("everything to come to an end", isQuiet, settledWithinMs).catch(() => undefined);
  town.notebook.time("quiet again", performance.now() - began);
  for (const { what } of open) town.notebook.violation(`${what}: it had not come to an end`);
}

/** What the bank stands by is what the gateway says, whether or not a message ever came. */
async function checkTruth(town: Town): Promise<void> {
  const decided = of(town.journal.read(), "decided");
  const text = "select order_number, status, rail_code, reason from attempts where order_number = any($1::text[])";
  type Row = { order_number: string; status: string; rail_code: string; reason: string };
  const rows = await town.postgres.query<Row>(text, [decided.map(({ orderNumber }) => orderNumber)]);
  const stored = new Map(rows.map((row) => [row.order_number, row]));
  for (const { orderNumber, code } of decided) {
    const wanted = code === "00" ? "succeeded" : "failed";
    const found = stored.get(orderNumber);
    if (found?.status !== wanted) {
      const stands = `${found?.status} (${found?.rail_code} ${found?.reason})`;
      town.notebook.violation(`the bank says ${code} of ${orderNumber}, and it is ${stands}`);
    }
  }
}

function checkSignatures(town: Town, received: readonly Received[]): void {
  const bodies = new Map<string, string>();
  for (const each of received) {
    if (each.fault !== undefined)
      town.notebook.violation(`a callback of ${each.payment} is not genuine: ${each.fault}`);
    if (each.format === "wire") continue;
    const before = bodies.get(each.id);
    if (before !== undefined && before !== each.digest)
      town.notebook.violation(`event ${each.id} was told twice with different bodies`);
    if (before !== undefined) town.notebook.count("callbacks told again");
    bodies.set(each.id, each.digest);
  }
}

async function checkDeliveries(town: Town, received: readonly Received[]): Promise<void> {
  const v2 = new Set(received.filter(({ format }) => format === "v2").map(({ id }) => id));
  const wire = new Set(
    received.filter(({ format }) => format === "wire").map((each) => `${each.payment} ${each.type}`),
  );
  const text = `select d.event_id, d.format, d.status, p.invoice, e.type from deliveries d join events e on e.id = d.event_id
    join payments p on p.id = d.payment_id`;
  type Row = { event_id: string; format: string; status: string; invoice: string; type: string };
  for (const row of await town.postgres.query<Row>(text)) {
    town.notebook.count("callbacks owed");
    const isPaid = row.type === "payment.paid";
    const arrived = row.format === "v2" ? v2.has(row.event_id) : !isPaid || wire.has(`${row.invoice} 00`);
    if (!arrived)
      town.notebook.violation(`${row.type} of ${row.invoice} (${row.event_id}) never arrived: ${row.status}`);
  }
}

/** At the end: everything that was owed has been done, and nothing has been done that was not owed. */
export async function checkOutcomes(town: Town): Promise<void> {
  await untilQuiet(town);
  await checkTruth(town);
  const received = town.receiver.received();
  checkSignatures(town, received);
  await checkDeliveries(town, received);
}
