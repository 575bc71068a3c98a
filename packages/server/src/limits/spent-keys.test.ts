import { expect, it } from "vitest";
import { createSpentKeys } from "./spent-keys.ts";

const start = 1_764_000_000_000;

it("knows a key for a second after it was verified, however often it is refused in the meantime", () => {
  const spent = createSpentKeys<string>();
  spent.note("key", "owner", start);
  spent.note("key", "owner", start + 900);
  expect(spent.find("key", start + 999)).toBe("owner");
  expect(spent.find("key", start + 1_000)).toBeUndefined();
  spent.note("key", "owner again", start + 1_000);
  expect(spent.find("key", start + 1_999)).toBe("owner again");
});

it("knows no other key", () => {
  const spent = createSpentKeys<string>();
  spent.note("key", "owner", start);
  expect(spent.find("another", start)).toBeUndefined();
});
