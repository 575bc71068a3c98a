import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Importance, type Overload, watchOverload } from "./overload.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] }));
let overload: Overload;
afterEach(() => {
  overload.stop();
  vi.useRealTimers();
});

/** A database with a queue of that length, which answers when told. */
function openDatabase() {
  const database = { waiting: 1, asked: 0, answer: () => {}, fail: () => {} };
  overload = watchOverload({
    delayMs: 100,
    waiting: 150,
    waitMs: 500,
    countWaiting: () => database.waiting,
    askDatabase: () =>
      new Promise((resolve, reject) => {
        database.asked += 1;
        database.answer = () => resolve([]);
        database.fail = () => reject(new Error("no connection"));
      }),
  });
  return database;
}

/** Lets what has been answered be heard; this clock is not stopped. */
const heard = () => new Promise((resolve) => setImmediate(resolve));
const all: readonly Importance[] = ["list", "call", "create", "critical"];
const shed = () => all.filter((importance) => overload.reasonToShed(importance) !== undefined);

it("sheds by how long the database keeps a statement waiting, however few wait: lists first, buyers and banks never", async () => {
  const database = openDatabase();
  vi.advanceTimersByTime(50);
  vi.advanceTimersByTime(499);
  expect(shed()).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(shed()).toEqual(["list"]);
  vi.advanceTimersByTime(500);
  expect(shed()).toEqual(["list", "call"]);
  vi.advanceTimersByTime(1_000);
  expect(shed()).toEqual(["list", "call", "create"]);
  vi.advanceTimersByTime(60_000);
  expect(shed()).toEqual(["list", "call", "create"]);
  expect(database.asked).toBe(1);
});

it("goes by the last answer until the next one is late, and is over when nobody waits", async () => {
  const database = openDatabase();
  vi.advanceTimersByTime(50 + 700);
  database.answer();
  await heard();
  expect(shed()).toEqual(["list"]);
  vi.advanceTimersByTime(50);
  expect(database.asked).toBe(2);
  database.answer();
  await heard();
  expect(shed()).toEqual([]);
  vi.advanceTimersByTime(50 + 700);
  database.waiting = 0;
  database.fail();
  await heard();
  expect(shed()).toEqual(["list"]);
  vi.advanceTimersByTime(50);
  expect(shed()).toEqual([]);
  expect(database.asked).toBe(3);
});

it("asks the database nothing while nobody waits for it", () => {
  const database = openDatabase();
  database.waiting = 0;
  vi.advanceTimersByTime(10_000);
  expect(database.asked).toBe(0);
  expect(shed()).toEqual([]);
});
