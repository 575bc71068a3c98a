import { expect, it } from "vitest";
import { createPromptLanes } from "./prompt-lanes.ts";

it("remembers who answered promptly for ten minutes, and forgets at once who did not", () => {
  let now = 0;
  const lanes = createPromptLanes(() => now);
  lanes.note("prompt", 50);
  lanes.note("slow", 2_000);
  expect([lanes.has("prompt"), lanes.has("slow"), lanes.has("unknown")]).toEqual([true, false, false]);
  now = 9 * 60_000;
  expect(lanes.all()).toEqual(["prompt"]);
  lanes.note("prompt", 15_000);
  expect(lanes.all()).toEqual([]);
  lanes.note("prompt", 1);
  now += 10 * 60_000;
  expect(lanes.has("prompt")).toBe(false);
  expect(lanes.all()).toEqual([]);
});

it("keeps no more than ten thousand, and lets the one go that was heard of the longest ago", () => {
  const lanes = createPromptLanes(() => 0);
  for (let i = 0; i < 10_000; i += 1) lanes.note(`lane-${i}`, 1);
  lanes.note("lane-0", 1);
  lanes.note("one more", 1);
  expect(lanes.all()).toHaveLength(10_000);
  expect([lanes.has("lane-0"), lanes.has("lane-1"), lanes.has("one more")]).toEqual([true, false, true]);
});
