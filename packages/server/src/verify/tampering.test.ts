import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Queryable } from "../db/db.ts";
import { type ChainHead, readHeads } from "../ledger/chain-head.ts";
import { sealBookings } from "../ledger/seal-bookings.ts";
import { generateBooks } from "../testing/generated-books.ts";
import { tamperings } from "../testing/tampering/index.ts";
import type { Tampering, Victim } from "../testing/tampering/tampering.ts";
import { tellFigures } from "../testing/tell-figures.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { type Proof, prove } from "./prove.ts";

const seed = Number(process.env["TEST_SEED"] ?? Math.floor(Math.random() * 1e9));
const rounds = 100;

let core: TestCore;
let superuser: pg.Client;
let db: Queryable;
let heads: ChainHead[];
let foundRounds = 0;

beforeAll(async () => {
  core = await openTestCore();
  await generateBooks(core.database, 500);
  await sealBookings(core.gateway);
  heads = await readHeads(core.gateway.db);
  superuser = new pg.Client(core.database.superuser);
  await superuser.connect();
  db = {
    query: async <R>(text: string, values: readonly unknown[] = []) =>
      (await superuser.query(text, [...values])).rows.map((row) =>
        "total" in row ? { ...row, total: Number(row.total) } : row,
      ) as R[],
  };
});
afterAll(async () => {
  tellFigures("tampering", { seed, rounds, found: foundRounds });
  await superuser.end();
  await core.close();
});

/** What is proved after some statements of somebody to whom nothing is forbidden; they are taken back afterwards. */
async function provenAfter(statements: readonly string[], known: readonly ChainHead[] = []): Promise<Proof> {
  await superuser.query("begin");
  try {
    await superuser.query("set local session_replication_role = replica");
    let changed = 0;
    for (const statement of statements) changed += (await superuser.query(statement)).rowCount ?? 1;
    expect(changed, "the tampering must have changed something").toBeGreaterThan(0);
    await superuser.query(`set local role ${core.database.connection.user}`);
    return await prove(db, new Date(), known);
  } finally {
    await superuser.query("rollback");
  }
}

const names = (proof: Proof) => [...new Set(proof.faults.map((fault) => fault.check))];

it("nothing is found where nothing was done", async () => {
  expect((await provenAfter(["select 1"], heads)).faults).toEqual([]);
});

it("every check is the one that finds some tampering", async () => {
  const checks = (await provenAfter(["select 1"])).results.map((result) => result.name);
  const found = new Set(tamperings.map((tampering) => tampering.seenBy));
  // One reference stands for all of them; what is remembered is tested where it is kept.
  const own = checks.filter((name) => !name.startsWith("references.") && name !== "chain.remembered");
  expect(own.filter((name) => !found.has(name))).toEqual([]);
});

describe(`tampering as a superuser with all triggers off (seed ${seed})`, () => {
  for (let round = 0; round < rounds; round += 1) {
    const { what, seenBy, statements } = tamperings[round % tamperings.length] as Tampering;
    const victim: Victim = (table, where = "true", column = "id") =>
      `(select ${column} from ${table} where ${where} order by md5(${column} || '${seed + round}') limit 1)`;
    it(`is found, round ${round + 1}: ${what}`, async () => {
      expect(names(await provenAfter(statements(victim)))).toContain(seenBy);
      foundRounds += 1;
    });
  }
});
