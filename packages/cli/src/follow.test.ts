import { expect, test } from "vitest";
import { type Dated, lookFrom, moved, newOf, type Position, startingAt } from "./follow.ts";

const at = (second: number) => new Date(Date.UTC(2026, 0, 31, 4, 0, second)).toISOString();
const item = (id: string, second: number, more: Partial<Dated> = {}): Dated => ({
  id,
  created_at: at(second),
  ...more,
});
async function* pagesOf(...pages: Dated[][]) {
  for (const data of pages) yield { data };
}
const begin: Position = { at: at(0), seen: {} };

test("what turns up late, behind what was seen already, is still found, and nothing is found twice", async () => {
  const first = await newOf(begin, pagesOf([item("b", 2)]), true);
  const after = moved(begin, first);
  expect(lookFrom(after) < at(1)).toBe(true);
  const late = await newOf(after, pagesOf([item("b", 2)], [item("a", 1)]), true);
  expect(late.map(({ id }) => id)).toEqual(["a"]);
  expect(await newOf(moved(after, late), pagesOf([item("b", 2), item("a", 1)]), true)).toEqual([]);
});

test("events of one payment in one millisecond come in their own order, whatever their ids", async () => {
  const page = [item("z", 1, { payment: "p", sequence: 9 }), item("a", 1, { payment: "p", sequence: 10 })];
  const found = await newOf(begin, pagesOf([...page].reverse()), false);
  expect(found.map(({ sequence }) => sequence)).toEqual([9, 10]);
});

test("a shallow look ends at a page of which everything is known, and a deep one does not", async () => {
  const known = moved(begin, [item("b", 2)]);
  const pages = () => pagesOf([item("b", 2)], [item("a", 1)]);
  expect(await newOf(known, pages(), false)).toEqual([]);
  expect(await newOf(known, pages(), true)).toHaveLength(1);
});

test("the position never goes back, and forgets only what is too old to be found again", () => {
  const far = moved(moved(begin, [item("old", 1)]), [item("new", 1_000)]);
  expect(moved(far, [item("late", 990)]).at).toBe(at(1_000));
  expect(Object.keys(far.seen)).toEqual(["new"]);
  expect(lookFrom(far) > at(1)).toBe(true);
});

test("somebody who begins at a time sees nothing older, and everything since", async () => {
  const position = startingAt(at(10));
  expect(lookFrom(position)).toBe(at(10));
  const found = await newOf(position, pagesOf([item("b", 12), item("a", 11)]), true);
  expect(found.map(({ id }) => id)).toEqual(["a", "b"]);
  expect(lookFrom(moved(position, found))).toBe(at(10));
});
