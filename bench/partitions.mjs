// What partitions cost where they are written and read most, against the tables as they were before them: by the time that the
// server's process spends, which other programs on the machine do not lengthen. Linux only.
//
//   npm run bench:partitions [-- months payments]
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import pg from "pg";
import { newId } from "../packages/contract/dist/ids.js";
import { lanesText, leaseText, oldestText } from "../packages/server/dist/callbacks/lease.js";
import { migrate, migrateTo } from "../packages/server/dist/db/migrate.js";
import { insertPlain } from "../packages/server/dist/payments/insert-payment.js";
import { openPostgres, sayMachine } from "./make-books.mjs";

const [months = 24, payments = 8_000] = process.argv.slice(2, 4).map(Number);
const rounds = 16;
const lanes = 64;

const owners = `
  insert into merchants (id, name, created_at) values ('mer_1', 'Kedai', now());
  insert into collections (id, merchant_id, name, website, signing_secret_sealed, created_at)
    values ('col_1', 'mer_1', 'Main', 'https://kedai.example', '\\x00', now());
  insert into api_keys (id, merchant_id, collection_id, kind, hash, hint, scopes, created_at)
    values ('key_1', 'mer_1', 'col_1', 'api_key', sha256('1'), '', '{payments:read}', now());
  insert into webhook_endpoints (id, merchant_id, url, description, event_types, status, created_at, updated_at)
    select 'whe_' || n, 'mer_1', 'https://kedai.example', '', '{api_key.*}', 'enabled', now(), now() from generate_series(1, 200) n`;

const id = (kind, now) => newId(kind, now.getTime(), randomBytes(10));
const data = JSON.stringify({ amount: 1250, text: "x".repeat(600) });

async function open(isParted) {
  const postgres = await openPostgres();
  const names = readdirSync(new URL("../packages/server/migrations", import.meta.url)).map((name) => name.slice(0, -4));
  if (isParted) await migrate(postgres.logins);
  else await migrateTo(postgres.logins.owner, names.sort().slice(0, names.indexOf("0013_partitions")));
  const client = new pg.Client(postgres.logins.owner);
  await client.connect();
  await client.query(owners);
  if (isParted)
    await client.query(`select make_partition(r, m) from partition_rules r,
      generate_series(date_trunc('month', now()) - ${months - 1} * interval '1 month', now() - interval '1 month', interval '1 month') m
      where r.table_name in ('events', 'deliveries', 'delivery_attempts')`);
  await client.query("set synchronous_commit = off");
  const { rows } = await client.query("select pg_backend_pid() as pid");
  return { client, pid: rows[0].pid, postgres, ms: {}, count: {} };
}

/** Milliseconds of both kinds of processor time; the kernel counts in hundredths of a second. */
function spent(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(" ");
  return (Number(fields[13]) + Number(fields[14])) * 10;
}

async function measure(side, what, work) {
  const before = spent(side.pid);
  side.count[what] = (side.count[what] ?? 0) + (await work(side.client));
  side.ms[what] = (side.ms[what] ?? 0) + spent(side.pid) - before;
}

let made = 0;
async function create(client) {
  for (let i = 0; i < payments / rounds; i += 1) {
    made += 1;
    const now = new Date();
    const from = [
      id("payment", now),
      "mer_1",
      "col_1",
      `cs_${made}`,
      "v2",
      "key_1",
      `I${made}`,
      1250,
      "Tickets",
      null,
      null,
    ];
    const rest = [
      "{}",
      "https://s.example",
      "https://s.example",
      null,
      "en",
      "{}",
      now,
      now,
      id("event", now),
      data,
      "Kedai",
    ];
    await client.query({ name: "create", text: insertPlain, values: [...from, ...rest] });
  }
  return payments / rounds;
}

async function tell(client) {
  const { rows } = await client.query(`select id from payments where event_count = 1 limit ${payments / rounds / 2}`);
  for (const row of rows) {
    const now = new Date();
    await client.query("begin");
    await client.query({
      name: "count",
      text: "update payments set event_count = event_count + 1 where id = $1",
      values: [row.id],
    });
    const text = `insert into events (id, merchant_id, collection_id, payment_id, sequence, type, data, created_at)
      values ($1, 'mer_1', 'col_1', $2, 2, 'payment.processing', '{}', $3)`;
    await client.query({ name: "tell", text, values: [id("event", now), row.id, now] });
    await client.query("commit");
  }
  return rows.length;
}

/** One delivery is due in each of so many lanes; they are found and leased, and the lease is taken back. */
async function lease(client) {
  const now = new Date();
  const until = new Date(now.getTime() + 20_000);
  for (let i = 0; i < 10; i += 1) {
    await client.query("begin");
    const oldest = (await client.query({ name: "oldest", text: oldestText })).rows[0].id;
    const found = await client.query({ name: "lanes", text: lanesText, values: ["", now, null, lanes, oldest] });
    const names = found.rows.map((row) => row.name);
    const leased = await client.query({ name: "lease", text: leaseText, values: [names, now, until, lanes, oldest] });
    if (leased.rows.length !== lanes) throw new Error(`${leased.rows.length} deliveries were leased`);
    await client.query("rollback");
  }
  return 10;
}

async function makeDue(client) {
  for (let n = 1; n <= lanes; n += 1) {
    const now = new Date();
    const event = id("event", now);
    await client.query(
      "insert into events (id, merchant_id, type, data, created_at) values ($1, 'mer_1', 'api_key.created', '{}', $2)",
      [event, now],
    );
    await client.query(
      `insert into deliveries (id, merchant_id, event_id, endpoint_id, lane, format, status, next_attempt_at, created_at)
       values ($1, 'mer_1', $2, $3, $3, 'v2', 'pending', now(), now())`,
      [event.replace("evt", "dlv"), event, `whe_${n}`],
    );
  }
  await client.query("analyze");
}

sayMachine();
const sides = [await open(false), await open(true)];
for (const { client } of sides) await create(client);
for (const [what, work] of [
  ["a payment created", create],
  ["a further event, with its transaction", tell],
]) {
  for (let round = 0; round < rounds; round += 1) for (const side of sides) await measure(side, what, work);
}
for (const { client } of sides) await makeDue(client);
for (let round = 0; round < rounds; round += 1)
  for (const side of sides) await measure(side, `${lanes} lanes found and leased`, lease);
for (const what of Object.keys(sides[0].ms)) {
  const [before, now] = sides.map((side) => side.ms[what] / side.count[what]);
  console.log(
    `${what}: ${before.toFixed(3)} ms of the server before, ${now.toFixed(3)} ms with ${months} months, × ${(now / before).toFixed(2)}`,
  );
}
for (const { client, postgres } of sides) {
  await client.end();
  await postgres.close();
}
