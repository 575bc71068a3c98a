import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ChainHead, readHeads } from "../ledger/chain-head.ts";
import { sealBookings } from "../ledger/seal-bookings.ts";
import { type Forger, openForger } from "../testing/forger.ts";
import { generateBooks } from "../testing/generated-books.ts";
import { tamperings } from "../testing/tampering/index.ts";
import type { Tampering, Victim } from "../testing/tampering/tampering.ts";
import { tellFigures } from "../testing/tell-figures.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import type { Proof } from "./prove.ts";

const seed = Number(process.env["TEST_SEED"] ?? Math.floor(Math.random() * 1e9));
const rounds = 100;

let core: TestCore;
let forger: Forger;
let heads: ChainHead[];
let foundRounds = 0;

beforeAll(async () => {
  core = await openTestCore();
  await generateBooks(core.database, 500);
  await sealBookings(core.gateway);
  heads = await readHeads(core.gateway.db);
  forger = await openForger(core.database);
});
afterAll(async () => {
  tellFigures("tampering", { seed, rounds, found: foundRounds });
  await forger.close();
  await core.close();
});

const names = (proof: Proof) => [...new Set(proof.faults.map((fault) => fault.check))];

it("nothing is found where nothing was done", async () => {
  expect((await forger.provenAfter(["select 1"], heads)).faults).toEqual([]);
});

it("every check is the one that finds some tampering", async () => {
  const checks = (await forger.provenAfter(["select 1"])).results.map((result) => result.name);
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
      expect(names(await forger.provenAfter(statements(victim)))).toContain(seenBy);
      foundRounds += 1;
    });
  }
});
