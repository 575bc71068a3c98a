import type { PaymentModel } from "@kineticpay/contract/payment";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { BankList } from "../rails/rail.ts";
import { type ExchangeWorld, openExchangeWorld } from "../testing/exchange-world.ts";
import { type TestClock, testClock } from "../testing/test-clock.ts";
import { type BankStatusChange, currentStatuses } from "./bank-status-store.ts";
import { noteBankStatus } from "./note-bank-status.ts";
import { offlineSince, readStatusChanges } from "./read-bank-status.ts";
import { watchBanks } from "./watch-banks.ts";

let clock: TestClock;
let world: ExchangeWorld;
beforeAll(async () => {
  clock = testClock();
  world = await openExchangeWorld({ clock, processes: 3 });
});
afterAll(() => world.close());

function process(index = 0) {
  const found = world.processes[index];
  if (found === undefined) throw new Error("no such process");
  return found;
}

/** What the exchange says now, as a list that has just come. */
function said(online: Readonly<Record<string, boolean>>, model: PaymentModel = "b2c", asOf = clock.now()): BankList {
  return { model, asOf, banks: Object.entries(online).map(([id, is]) => ({ id, name: id, online: is })) };
}

const changesOf = async (bankId: string, model: PaymentModel | null = null): Promise<readonly BankStatusChange[]> =>
  (await readStatusChanges(process(), { bankId, model, limit: 100, startingAfter: null })).items;
const shape = (changes: readonly BankStatusChange[]) =>
  changes.map(({ model, online, since, previousSince }) => ({ model, online, since, previousSince }));

it("keeps each bank's changes, newest first, with how long the state before had lasted", async () => {
  const times: Date[] = [];
  for (const online of [true, true, false, false, true]) {
    clock.advance(60_000);
    times.push(clock.now());
    await noteBankStatus(process(), said({ LOAD001: online }));
  }
  const [first, , offline, , back] = times;
  expect(shape(await changesOf("LOAD001"))).toEqual([
    { model: "b2c", online: true, since: back, previousSince: offline },
    { model: "b2c", online: false, since: offline, previousSince: first },
    { model: "b2c", online: true, since: first, previousSince: null },
  ]);
});

it("tells of every bank that goes offline or comes back, once, in the commit that keeps it", async () => {
  const told = async () =>
    (
      await process().db.query<{ type: string; data: Record<string, unknown> }>(
        "select type, data from events where data ->> 'id' = 'ABB0233' order by id",
      )
    ).map(({ type, data }) => ({ type, ...data }));
  clock.advance(60_000);
  const [first, second] = [clock.now(), new Date(clock.now().getTime() + 60_000)];
  // That a bank is online is no news to somebody who has never heard of it.
  await noteBankStatus(process(), said({ ABB0233: true }));
  expect(await told()).toEqual([]);
  clock.advance(60_000);
  const offline = said({ ABB0233: false });
  await Promise.all([0, 1, 2].map((index) => noteBankStatus(process(index), offline)));
  clock.advance(60_000);
  await noteBankStatus(process(), said({ ABB0233: true }));
  const bank = { id: "ABB0233", object: "bank", model: "b2c", name: process().rail.bankName("b2c", "ABB0233") };
  expect(await told()).toEqual([
    { type: "bank.offline", ...bank, online: false, since: second.toISOString(), previous_since: first.toISOString() },
    {
      type: "bank.online",
      ...bank,
      online: true,
      since: clock.now().toISOString(),
      previous_since: second.toISOString(),
    },
  ]);
  const foreign = await process().db.query("select 1 from events where type like 'bank.%' and merchant_id is not null");
  expect(foreign).toEqual([]);
});

it("keeps the models of a bank apart", async () => {
  clock.advance(1_000);
  await noteBankStatus(process(), said({ BIMB0340: false }, "b2c"));
  await noteBankStatus(process(), said({ BIMB0340: true }, "b2b1"));
  expect((await changesOf("BIMB0340", "b2c")).map((change) => change.online)).toEqual([false]);
  expect((await changesOf("BIMB0340", "b2b1")).map((change) => change.online)).toEqual([true]);
  expect(await changesOf("BIMB0340")).toHaveLength(2);
});

it("keeps news once, however many processes hear it at the same moment, and tells one of them", async () => {
  for (let round = 0; round < 10; round += 1) {
    clock.advance(60_000);
    const news = said({ HLB0224: round % 2 === 1, RHB0218: round % 2 === 0 });
    const kept = await Promise.all([0, 1, 2, 0, 1, 2].map((index) => noteBankStatus(process(index), news)));
    expect(kept.flat()).toHaveLength(2);
  }
  expect(await changesOf("HLB0224")).toHaveLength(10);
});

it("heeds no list that a later one has overtaken", async () => {
  clock.advance(60_000);
  const early = said({ OCBC0229: true });
  clock.advance(1_000);
  await noteBankStatus(process(1), said({ OCBC0229: false }));
  expect(await noteBankStatus(process(0), early)).toEqual([]);
  expect((await changesOf("OCBC0229")).map((change) => change.online)).toEqual([false]);
});

it("keeps nothing of a list that is only assumed", async () => {
  const assumed = { ...said({ UOB0226: true }), asOf: undefined };
  expect(await noteBankStatus(process(), assumed)).toEqual([]);
  expect(await changesOf("UOB0226")).toEqual([]);
});

it("is written by whoever looks at the banks, and looked at when nobody does", async () => {
  await world.setBank("PBB0233", false, "b2b1");
  clock.advance(60_000);
  const lookedAt = clock.now();
  await watchBanks(process());
  await expect.poll(async () => (await changesOf("PBB0233")).length).toBe(2);
  expect(shape(await changesOf("PBB0233", "b2b1"))).toEqual([
    { model: "b2b1", online: false, since: lookedAt, previousSince: null },
  ]);
  clock.advance(3_600_000);
  const list = await process().rail.banks("b2b1");
  expect((await offlineSince(process(), list)).get("PBB0233")).toEqual(lookedAt);
  const statuses = await currentStatuses(process().db, "fpx", "b2b1");
  expect(statuses.filter((status) => !status.online).map((status) => status.bankId)).toEqual(["PBB0233"]);
});
