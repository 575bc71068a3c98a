import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sealBookings } from "../ledger/seal-bookings.ts";
import { settlePayment } from "../payments/settle-payment.ts";
import { handedOff } from "../testing/handed-off.ts";
import { railMessage } from "../testing/rail-message.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { verify } from "../verify/verify.ts";
import { concludeVerification } from "../verify/verify-when-due.ts";
import { appendOnlyTables } from "./grants.ts";

let core: TestCore;
const clients: Record<"application" | "owner" | "superuser", pg.Client> = {} as never;

beforeAll(async () => {
  core = await openTestCore();
  await settlePayment(core.gateway, "direct", railMessage(await handedOff(core), "succeeded"));
  await core.gateway.db.query(
    "insert into bank_status_changes (id, rail, model, bank_id, online, since) values ('bsc_1', 'fpx', 'b2c', 'MB2U0227', true, now())",
  );
  await sealBookings(core.gateway);
  await concludeVerification(core.gateway, await verify(core.gateway));
  const { connection, owner, superuser } = core.database;
  for (const [name, config] of Object.entries({ application: connection, owner, superuser })) {
    const client = new pg.Client(config);
    await client.connect();
    clients[name as keyof typeof clients] = client;
  }
});
afterAll(async () => {
  for (const client of Object.values(clients)) await client.end();
  await core.close();
});

/** The SQLSTATE with which a statement is refused; "done" when it is not. */
async function refusal(who: keyof typeof clients, statement: string): Promise<string> {
  const client = clients[who];
  await client.query("begin");
  try {
    await client.query(statement);
    await client.query("set constraints all immediate");
    return "done";
  } catch (error) {
    return (error as pg.DatabaseError).code ?? String(error);
  } finally {
    await client.query("rollback");
  }
}

const insufficientPrivilege = "42501";
const restrictViolation = "23001";

const changes = appendOnlyTables.flatMap((table) => [
  ["update", `update ${table} set COLUMN = COLUMN`, table] as const,
  ["delete", `delete from ${table}`, table] as const,
  ["truncate", `truncate ${table} cascade`, table] as const,
]);

/** The statement with the name of a column that the table has. */
async function statementOf(statement: string, table: string): Promise<string> {
  const { rows } = await clients.owner.query<{ name: string }>(
    "select attname as name from pg_attribute where attrelid = $1::regclass and attnum = 1",
    [table],
  );
  return statement.replaceAll("COLUMN", rows[0]?.name ?? "");
}

describe("the first net: the application's role", () => {
  test.each(changes)("may not %s by: %s", async (_verb, statement, table) => {
    expect(await refusal("application", await statementOf(statement, table))).toBe(insufficientPrivilege);
  });

  test.each([
    ["update payments set amount_sen = 1"],
    ["update payments set invoice = 'x'"],
    ["update payments set merchant_id = merchant_id"],
    ["delete from payments"],
    ["update attempts set facts = '{}'"],
    ["update attempts set order_number = 'x'"],
    ["update deliveries set payload = '{}'"],
    ["update api_keys set hash = hash"],
    ["update gateway_identity set mode = 'live'"],
    ["delete from migrations"],
    ["alter table ledger_postings disable trigger all"],
    ["drop trigger events_append_only on events"],
    ["create or replace function refuse_change() returns trigger language plpgsql as 'begin return new; end'"],
    ["set session_replication_role = replica"],
    ["set role kineticpay"],
    ["create table public.planted (id text)"],
  ])("may not %s", async (statement) => {
    expect(await refusal("application", statement)).toBe(insufficientPrivilege);
  });

  test("has nothing to give itself", async () => {
    const given = "grant update on events to kineticpay_app; update events set type = type";
    expect(await refusal("application", given)).toBe(insufficientPrivilege);
  });

  test("owns nothing, and is nobody special", async () => {
    const { rows } = await clients.application.query(
      `select rolsuper or rolcreaterole or rolcreatedb or rolbypassrls or rolreplication as special,
         (select count(*)::int from pg_class where relowner = r.oid) + (select count(*)::int from pg_auth_members where member = r.oid) as held
       from pg_roles r where rolname = session_user and rolname = current_user`,
    );
    expect(rows).toEqual([{ special: false, held: 0 }]);
  });
});

describe("the second net: the triggers", () => {
  test.each(["owner", "superuser"] as const)("stand in the way of the %s as well", async (who) => {
    for (const [_verb, statement, table] of changes) {
      expect([statement, await refusal(who, await statementOf(statement, table))]).toEqual([
        statement,
        restrictViolation,
      ]);
    }
    expect(await refusal(who, "update payments set amount_sen = 1")).toBe(restrictViolation);
    expect(await refusal(who, "delete from payments")).toBe(restrictViolation);
  });

  test("are what stops the owner: without them the same statement is done", async () => {
    await clients.owner.query("begin");
    await clients.owner.query("alter table events disable trigger events_append_only");
    const changed = await clients.owner.query("update events set type = type");
    await clients.owner.query("rollback");
    expect(changed.rowCount).toBeGreaterThan(0);
  });

  test("check the books themselves, whatever temporary table goes by their name", async () => {
    const [booked] = await core.gateway.db.query<{ attempt_id: string }>("select attempt_id from ledger_transactions");
    const unbalanced = `
      create temporary table ledger_postings (transaction_id text, amount_sen bigint) on commit drop;
      insert into pg_temp.ledger_postings values ('txn_x', 1), ('txn_x', -1);
      insert into ledger_transactions (id, merchant_id, payment_id, attempt_id, kind, created_at)
        select 'txn_x', merchant_id, payment_id, id, 'duplicate', now() from attempts where id = '${booked?.attempt_id}';
      insert into public.ledger_postings values ('txn_x', 1, 'exchange:fpx', 'MYR', 100), ('txn_x', 2, 'merchant:m', 'MYR', -99)`;
    expect(await refusal("application", unbalanced)).toBe("23514");
  });
});
