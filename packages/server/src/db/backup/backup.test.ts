import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "../../config.ts";
import { readHeads } from "../../ledger/chain-head.ts";
import { sealBookings } from "../../ledger/seal-bookings.ts";
import { openDatabase } from "../../open-database.ts";
import { paidPayments } from "../../testing/bookings.ts";
import { earlierRows } from "../../testing/earlier-rows.ts";
import { createEmptyDatabase, type EmptyDatabase } from "../../testing/empty-database.ts";
import { generateBooks } from "../../testing/generated-books.ts";
import { migrateUpTo } from "../../testing/migrate-up-to.ts";
import { openTestCore, quietLog, rethrow, type TestCore } from "../../testing/test-core.ts";
import { verify } from "../../verify/verify.ts";
import { BackupError } from "./backup-format.ts";
import { restoreBackup } from "./restore-backup.ts";
import { writeBackup } from "./write-backup.ts";

let core: TestCore;
let folder: string;
let file: string;
const empty: EmptyDatabase[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kp-backup-"));
  file = path.join(folder, "whole.kpbackup");
  core = await openTestCore();
  await generateBooks(core.database, 1_000);
  await paidPayments(core, 3);
  await core.gateway.db.write("request_log.write", awkward);
  while ((await sealBookings(core.gateway)) > 0);
  await paidPayments(core, 1);
  await writeBackup(core.database.connection, file, readHeads);
});
afterEach(async () => {
  for (const each of empty.splice(0)) await each.drop();
});
afterAll(async () => {
  await core.close();
  await rm(folder, { recursive: true, force: true });
});

/** What is easily lost in writing it down: ends of lines, backslashes, the mark of an end, nothing, and beyond ASCII. */
const awkward = `insert into request_log_of_strangers (id, key_hint, address, protocol, method, route, path, query, status, code, duration_ms, answer_body, created_at)
  values (e'req_\\n\\\\.\\n', e'\\\\.', e'\\t\\r', 'v2', 'POST', '', e'é \\u0001 🍰 \\\\N', '{"a": 1.50}', 200, '', 0.1, null, 'infinity'),
    (e'\\\\.', '', e'\\\\', 'v2', 'POST', '', '', '{}', 200, '', 3.4028235e38, '{"b":"\\\\u2028"}', '2026-01-01 00:00:00.123456+08')`;

async function newDatabase(): Promise<EmptyDatabase> {
  const database = await createEmptyDatabase();
  empty.push(database);
  return database;
}

async function ask<R>(connection: pg.ClientConfig, text: string): Promise<R[]> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    return (await client.query(text)).rows as R[];
  } finally {
    await client.end();
  }
}

/** Each table with a digest of all its rows, whatever their order. */
async function contents(connection: pg.ClientConfig): Promise<Record<string, string>> {
  const tables = await ask<{ name: string }>(
    connection,
    "select relname::text as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition and relname <> 'migrations' order by 1",
  );
  const digests: Record<string, string> = {};
  for (const { name } of tables) {
    const [row] = await ask<{ digest: string }>(
      connection,
      `select count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' order by md5(t::text))), '') as digest from ${name} t`,
    );
    digests[name] = row?.digest ?? "";
  }
  return digests;
}

async function opened({ url, ownerUrl }: EmptyDatabase) {
  return openDatabase(readConfig({ DATABASE_URL: url, DATABASE_OWNER_URL: ownerUrl }), quietLog(), rethrow);
}

describe("a backup", () => {
  it("restores every row of every table as it was, with everything that guards them, and is proved by the same heads", async () => {
    const target = await newDatabase();
    await restoreBackup(target.logins.owner, file);
    expect(await contents(target.logins.owner)).toEqual(await contents(core.database.superuser));
    const { db, close } = await opened(target);
    const clock = core.gateway.clock;
    const heads = await readHeads(core.gateway.db);
    expect(heads.length).toBeGreaterThan(5);
    const report = await verify({ db, clock }, { heads });
    expect(report.faults).toEqual([]);
    expect(report.heads).toEqual(heads);
    // What waited for its seal goes on waiting, and is sealed by the restored gateway.
    await sealBookings({ db, clock });
    expect((await verify({ db, clock }, { heads })).faults).toEqual([]);
    await close();
  });

  it("is its owner's file alone, says what it is of, and leaves nothing half-written behind", async () => {
    expect(((await stat(file)).mode & 0o777).toString(8)).toBe("600");
    expect(await readdir(folder)).toEqual(["whole.kpbackup"]);
    const [first = ""] = gunzipSync(await readFile(file))
      .toString("utf8")
      .split("\n");
    expect(JSON.parse(first)).toMatchObject({
      kineticpay_backup: 1,
      mode: "sandbox",
      heads: await readHeads(core.gateway.db),
    });
  });

  it("is never written over another file", async () => {
    const before = await readFile(file);
    await expect(writeBackup(core.database.connection, file, readHeads)).rejects.toThrow(BackupError);
    expect((await readFile(file)).equals(before)).toBe(true);
  });

  it("that fails half-way leaves no file", async () => {
    const broken = path.join(folder, "broken.kpbackup");
    const failing = () => Promise.reject(new Error("no heads"));
    await expect(writeBackup(core.database.connection, broken, failing)).rejects.toThrow("no heads");
    expect(await readdir(folder)).toEqual(["whole.kpbackup"]);
  });

  it("is of one moment, while payments go on", async () => {
    const busy = path.join(folder, "busy.kpbackup");
    let isWriting = true;
    const writing = writeBackup(core.database.connection, busy, readHeads).finally(() => {
      isWriting = false;
    });
    while (isWriting) await paidPayments(core, 1);
    await writing;
    const target = await newDatabase();
    await restoreBackup(target.logins.owner, busy);
    const { db, close } = await opened(target);
    expect((await verify({ db, clock: core.gateway.clock })).faults).toEqual([]);
    await close();
    await rm(busy);
  });

  it("of an earlier version is restored at its level, and brought up to date", async () => {
    const source = await newDatabase();
    await migrateUpTo(source.logins.owner, 4);
    await ask(source.logins.owner, earlierRows);
    const early = path.join(folder, "early.kpbackup");
    await writeBackup(source.logins.owner, early, () => Promise.resolve([]));
    const target = await newDatabase();
    await restoreBackup(target.logins.owner, early);
    const { db, close } = await opened(target);
    expect(await db.query("select transaction_id from ledger_unsealed")).toEqual([{ transaction_id: "txn_old" }]);
    expect(await db.query("select name from merchants")).toEqual([{ name: "Kedai Lama" }]);
    await close();
    await rm(early);
  });
});

describe("restoring", () => {
  /** The backup with its plain text changed; its own checksum made right again if asked. */
  async function changed(name: string, change: (text: Buffer) => Buffer, mend = false): Promise<string> {
    let plain = change(gunzipSync(await readFile(file)));
    if (mend) {
      const at = plain.lastIndexOf("\n", plain.length - 2) + 1;
      const footer = JSON.parse(plain.subarray(at).toString()) as { sha256: string };
      footer.sha256 = createHash("sha256").update(plain.subarray(0, at)).digest("hex");
      plain = Buffer.concat([plain.subarray(0, at), Buffer.from(`${JSON.stringify(footer)}\n`)]);
    }
    const to = path.join(folder, name);
    await writeFile(to, gzipSync(plain));
    return to;
  }
  const replaced = (from: string, to: string) => (plain: Buffer) => {
    const at = plain.indexOf(from);
    expect(at).toBeGreaterThan(0);
    return Buffer.concat([plain.subarray(0, at), Buffer.from(to), plain.subarray(at + from.length)]);
  };

  it.each([
    ["a damaged row", async () => changed("a", replaced("Kedai 3", "Kedai 4")), /checksum/],
    ["a missing end", async () => changed("b", (plain) => plain.subarray(0, plain.length - 200)), /damaged|ends/],
    [
      "an end in the middle of a table",
      async () => changed("c", (plain) => plain.subarray(0, Math.floor(plain.length / 2))),
      /middle/,
    ],
    [
      "a missing row",
      async () => changed("d", replaced("mer_g3\tKedai 3\t2026-01-01 00:00:00+00\n", ""), true),
      /rows|foreign key/,
    ],
    [
      "a file that was cut off",
      async () => {
        const to = path.join(folder, "e");
        await writeFile(to, (await readFile(file)).subarray(0, 20_000));
        return to;
      },
      /cannot be read to its end|middle/,
    ],
    [
      "what is no backup",
      async () => {
        const to = path.join(folder, "f");
        await writeFile(to, gzipSync("{}\n"));
        return to;
      },
      /not a backup/,
    ],
    ["a later version's", async () => changed("g", replaced('"0004_faults"', '"9999_later"'), true), /later version/],
    [
      "no gzip",
      async () => {
        const to = path.join(folder, "h");
        await writeFile(to, "plain text");
        return to;
      },
      /cannot be read/,
    ],
    ["no file", async () => path.join(folder, "absent"), /cannot be read/],
  ])("refuses %s, and nothing of it stays", async (_what, make, message) => {
    const target = await newDatabase();
    const bad = await make();
    await expect(restoreBackup(target.logins.owner, bad)).rejects.toThrow(message);
    await rm(bad, { force: true });
    const [made] = await ask<{ made: string | null }>(target.logins.owner, "select to_regclass('merchants') as made");
    if (made?.made !== null) expect(await ask(target.logins.owner, "select 1 from merchants")).toEqual([]);
    // The same database takes a whole one afterwards.
    if (made?.made !== null || bad.endsWith("g")) {
      await restoreBackup(target.logins.owner, file);
      expect(await ask(target.logins.owner, "select 1 from merchants limit 1")).toHaveLength(1);
    }
  });

  it("refuses a database that holds anything, and leaves it as it is", async () => {
    const before = await contents(core.database.superuser);
    await expect(restoreBackup(core.database.owner, file)).rejects.toThrow(/already/);
    expect(await contents(core.database.superuser)).toEqual(before);
  });

  it("that is interrupted leaves the database empty, and can be done again", async () => {
    const target = await newDatabase();
    const watcher = new pg.Client({ ...target.logins.owner, user: "postgres" });
    await watcher.connect();
    const interrupted = expect(restoreBackup(target.logins.owner, file)).rejects.toThrow();
    for (let killed = 0; killed === 0; ) {
      const { rowCount } = await watcher.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'copy %from stdin' and state = 'active'",
      );
      killed = rowCount ?? 0;
    }
    await watcher.end();
    await interrupted;
    expect(await ask(target.logins.owner, "select 1 from merchants")).toEqual([]);
    await restoreBackup(target.logins.owner, file);
    const { db, close } = await opened(target);
    expect((await verify({ db, clock: core.gateway.clock })).faults).toEqual([]);
    await close();
  });
});
