import { expect, it } from "vitest";
import { createSpotter } from "./canary.ts";

const canary = { what: "a key", text: "kp_test_0123456789abcdefgh" };
const spotter = createSpotter([canary, { what: "another", text: "correct horse battery staple" }]);
const isSeenIn = (text: string) => spotter.find(text).some((sighting) => sighting.canary === canary);

it.each([
  ["whole", canary.text],
  ["in part", "the key 0123456789abc was"],
  ["at the very end", `... ${canary.text}`],
  ["in hexadecimal", Buffer.from(canary.text).toString("hex")],
  ["in base64", Buffer.from(canary.text).toString("base64")],
  ["within longer base64", Buffer.from(`user:${canary.text}:x`).toString("base64")],
  ["escaped", encodeURIComponent(canary.text)],
])("sees a canary that stands there %s", (_how, text) => {
  expect(isSeenIn(text)).toBe(true);
});

it("sees none in what may be shown of a key, nor where there is none", () => {
  expect(isSeenIn("kp_test_…efgh and kp_test_0123…")).toBe(false);
  expect(isSeenIn("x".repeat(100_000))).toBe(false);
  expect(isSeenIn("")).toBe(false);
});
