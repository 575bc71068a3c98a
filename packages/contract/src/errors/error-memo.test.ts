import { expect, it } from "vitest";
import { createErrorMemo, isRepeated } from "./error-memo.ts";
import { GatewayError } from "./gateway-error.ts";

const keyMissing = () => new GatewayError("key_missing", { meta: { expected: "a header" } });

it("gives the same error for the same name, and another for another", () => {
  const repeated = createErrorMemo();
  const first = repeated("a", keyMissing);
  expect(repeated("a", keyMissing)).toBe(first);
  expect(repeated("b", keyMissing)).not.toBe(first);
});

it("knows its errors from others", () => {
  expect(isRepeated(createErrorMemo()("a", keyMissing))).toBe(true);
  expect(isRepeated(keyMissing())).toBe(false);
});

it("keeps no more than it was told to, however many names strangers think of", () => {
  const repeated = createErrorMemo(10);
  let made = 0;
  const make = () => {
    made += 1;
    return keyMissing();
  };
  for (let i = 0; i < 10; i += 1) repeated(`name ${i}`, make);
  repeated("name 0", make);
  expect(made).toBe(10);
  repeated("one too many", make);
  repeated("name 0", make);
  expect(made).toBe(12);
});
