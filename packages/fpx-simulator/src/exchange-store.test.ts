import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openExchangeStore } from "./exchange-store.ts";
import type { Transaction } from "./transaction.ts";

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "fpx-store-"));
  file = join(directory, "journal.ndjson");
});
afterEach(() => rmSync(directory, { recursive: true }));

function transaction(orderNo: string): Transaction {
  return {
    orderNo,
    token: `token-${orderNo}`,
    model: "b2c",
    bankId: "TEST0021",
    request: { fpx_sellerOrderNo: `S-${orderNo}` },
    fpxTxnId: "2607011200000007",
    receivedAtMs: 0,
    state: "at_bank",
    loggedIn: false,
    scheduled: [],
    disturbedEnquiries: 0,
  };
}

const message = { atMs: 1, direction: "received", type: "AR", route: "browser", body: "a=b" } as const;
const delivery = { id: "d", orderNo: "X1", body: "b", attempts: 2, dueAtMs: 5, state: "waiting", held: false } as const;

test("a store that is opened again remembers everything that was written", () => {
  const store = openExchangeStore(file);
  store.saveTransaction(transaction("X1"));
  store.changeTransaction("X1", { code: "00", state: "finished" });
  store.addMessage("X1", message);
  store.saveDelivery(delivery);
  store.saveScript({ id: "s", used: 1, match: { any: true }, code: "51" });
  store.setOnline("b2b1", "TEST0021", false);
  store.close();

  const again = openExchangeStore(file);
  expect(again.transactionByToken("token-X1")).toEqual({ ...transaction("X1"), code: "00", state: "finished" });
  expect(again.find("S-X1")?.orderNo).toBe("X1");
  expect(again.messages("X1")).toEqual([message]);
  expect(again.waitingDeliveries()).toEqual([delivery]);
  expect(again.scripts()).toHaveLength(1);
  expect(again.isOnline("b2b1", "TEST0021")).toBe(false);
  expect(again.isOnline("b2c", "TEST0021")).toBe(true);
  expect(again.lastSequence()).toBe(7);
  again.close();
});

test("an unreadable line is passed over and counted, the rest is kept", () => {
  const store = openExchangeStore(file);
  store.saveTransaction(transaction("X1"));
  store.close();
  writeFileSync(file, `not json\n[1]\n${readFileSync(file, "utf8")}`);
  const again = openExchangeStore(file);
  expect(again.unreadableLines).toBe(2);
  expect(again.transaction("X1")).toBeDefined();
  again.close();
});

test("a journal much longer than what it stands for is rewritten at the next start", () => {
  const store = openExchangeStore(file);
  store.saveTransaction(transaction("X1"));
  store.addMessage("X1", message);
  store.saveDelivery(delivery);
  for (let n = 0; n < 2_000; n += 1) store.setOnline("b2c", "TEST0021", n % 2 === 0);
  store.close();
  openExchangeStore(file).close();
  expect(readFileSync(file, "utf8").trim().split("\n")).toHaveLength(4);
  const again = openExchangeStore(file);
  expect(again.transaction("X1")).toEqual(transaction("X1"));
  expect(again.messages("X1")).toEqual([message]);
  expect(again.waitingDeliveries()).toEqual([delivery]);
  again.close();
});

test("beyond ten thousand transactions the oldest is forgotten, beyond two hundred messages the oldest", () => {
  const store = openExchangeStore(undefined);
  for (let n = 0; n <= 10_000; n += 1) store.saveTransaction(transaction(`X${n}`));
  expect(store.transactions()).toHaveLength(10_000);
  expect(store.transaction("X0")).toBeUndefined();
  expect(store.transactionByToken("token-X0")).toBeUndefined();
  for (let n = 0; n <= 200; n += 1) store.addMessage("X1", { ...message, atMs: n });
  expect(store.messages("X1").map(({ atMs }) => atMs)).toEqual(Array.from({ length: 200 }, (_one, at) => at + 1));
});
