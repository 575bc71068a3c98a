import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { until } from "../../acceptance/harness/until.ts";
import { openCaller } from "../cast/call.ts";
import { startLoad } from "../cast/load.ts";
import type { OwnPostgres } from "../cast/own-postgres.ts";
import { openTown, type Town } from "../cast/town.ts";
import { type Notebook, openNotebook } from "../findings.ts";
import { randomFrom } from "../random.ts";
import { checkBooks } from "./books.ts";
import { checkOutcomes } from "./outcomes.ts";
import { checkPromises } from "./promises.ts";

let town: Town;
let notebook: Notebook;

const paid = "(select id from payments where status = 'paid' and callback_url is not null order by id limit 1)";

beforeAll(async () => {
  town = await openTown({ random: randomFrom(1), notebook: openNotebook() });
  const load = startLoad(town, { workers: 4 });
  const [found] = await until(
    "a few payments to be paid",
    async () => {
      const rows = await town.postgres.query<{ count: string }>("select count(*) from payments where status = 'paid'");
      return Number(rows[0]?.count) >= 5 && rows;
    },
    60_000,
  );
  expect(found).toBeDefined();
  await load.finish();
  await checkOutcomes(town);
  expect(town.notebook.findings().violations).toEqual([]);
}, 120_000);
afterAll(() => town.close());
beforeEach(() => {
  notebook = openNotebook();
});

/** Changes what is stored as no gateway could, since triggers are passed by; looks; and takes it back. */
async function withPlanted(statement: string, look: (postgres: OwnPostgres) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: town.postgres.url() });
  await client.connect();
  try {
    await client.query("begin; set local session_replication_role = replica");
    await client.query(statement);
    const query = async <T extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) =>
      (await client.query<T>(text, [...values])).rows;
    await look({ ...town.postgres, query });
  } finally {
    await client.query("rollback");
    await client.end();
  }
}

test.each([
  ["does not add up to nothing", "update ledger_postings set amount_sen = amount_sen + 1 where line = 1"],
  ["is not booked exactly once", `delete from ledger_transactions where payment_id = ${paid}`],
  ["is paid without an attempt", `update attempts set status = 'failed' where payment_id = ${paid}`],
  ["is not its amount", `update payments set amount_sen = amount_sen + 100 where id = ${paid}`],
  [
    "owed is not what was paid",
    "update ledger_postings set account = 'returns:nobody' where account like 'merchant:%'",
  ],
  [
    "without exactly one event that says so",
    `update events set type = 'payment.updated' where type = 'payment.paid' and payment_id = ${paid}`,
  ],
  ["not numbered without a gap", `update events set sequence = sequence + 9 where payment_id = ${paid}`],
  ["has no callback to tell it", "delete from deliveries"],
  ["has no kept message", "delete from bank_messages"],
  ["number of attempts", `update payments set attempt_count = 7 where id = ${paid}`],
])("sees when what is stored breaks a law: %s", async (words, statement) => {
  await checkBooks(town.postgres, notebook, "before");
  expect(notebook.findings().violations).toEqual([]);
  await withPlanted(statement, (postgres) => checkBooks(postgres, notebook, "after"));
  expect(notebook.findings().violations.join("\n")).toContain(words);
});

test.each([
  [
    "a payment that is not stored",
    { what: "created", id: "pay_gone", invoice: "1", amountSen: 1, protocol: "v2" },
    "pay_gone was acknowledged and is not stored",
  ],
  [
    "an OK for a message that is not stored",
    { what: "ok", orderNumber: "KPGONE", code: "00" },
    "KPGONE was answered OK and is not stored",
  ],
  ["a key that is not stored", { what: "key_created", id: "key_gone", name: "" }, "key key_gone was acknowledged"],
  [
    "a cancellation that is not stored",
    { what: "cancelled", id: "pay_gone" },
    "pay_gone was acknowledged as cancelled",
  ],
  ["a payment shown as paid that is not", { what: "seen_paid", id: "pay_gone" }, "pay_gone was shown as paid"],
] as const)("sees when somebody was told of %s", async (_what, entry, words) => {
  await town.journal.add(entry);
  await checkPromises({ ...town, notebook }, "at the end");
  expect(notebook.findings().violations.join("\n")).toContain(words);
});

test("sees one order that became two payments", async () => {
  const twin = `insert into payments select (r).* from (select jsonb_populate_record(p, '{"id": "pay_twin",
    "checkout_id": "cs_twin", "claims_invoice": false, "status": "expired", "paid_at": null, "paid_attempt_id": null,
    "certainty": "final"}') as r from payments p where invoice not like 'short-%' limit 1) t`;
  await withPlanted(twin, (postgres) => checkPromises({ ...town, postgres, notebook }, "at the end"));
  expect(notebook.findings().violations.join("\n")).toContain("became 2 payments");
});

test("sees a callback with a forged signature", async () => {
  const caller = openCaller(1);
  const body = JSON.stringify({ type: "payment.paid", data: { id: "pay_forged" } });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const headers = { "webhook-id": "evt_1", "webhook-timestamp": timestamp, "webhook-signature": "v1,AAAA" };
  const reached = await caller.call({ method: "POST", url: town.receiver.v2Url, headers, body });
  caller.close();
  expect(reached).toMatchObject({ kind: "answer", status: 400 });
  expect(town.receiver.received().find(({ payment }) => payment === "pay_forged")?.fault).toBeDefined();
});
