import { expect, it } from "vitest";
import { shownPath, shownText } from "./shown-text.ts";

it("shows whole what callers mistype: words, names in any style, short references, ids of ours", () => {
  const names = [
    "callback_url",
    "callbackUrl",
    "success-redirect",
    "not_a_member",
    "10001",
    "INV-2026-001",
    "payments",
  ];
  for (const text of [...names, "pay_01J8ZQ4X7W3N5M2K9RTB6CDEFG", "", "é"]) expect(shownText(text)).toBe(text);
});

it("only begins what may be a secret in the wrong place", () => {
  expect(shownText("kp_test_ytibPqqfeiZkYvpyosFGWE6CLpvX")).toBe("kp_test_…");
  expect(shownText(`cs_${"0123456789".repeat(4)}`)).toBe("cs_01234…");
  expect(shownText("sk_0123456789abcdefghijklmn")).toBe("sk_01234…");
  expect(shownText("4111111111111111")).toBe("41111111…");
  expect(shownText("7b1e6c52-93d4-4f0a-8e6b-5d2c9a71f3e8")).toBe("7b1e6c52…");
  expect(shownText("WYXhdSxQpsrlbVOethBK")).toBe("WYXhdSxQ…");
  expect(shownText("katalaluan saya, dan panjang")).toBe("katalalu…");
});

it("shows the words of a path and begins the rest of its steps", () => {
  expect(shownPath("/api/v2/paymints/4111111111111111/cancel")).toBe("/api/v2/paymints/41111111…/cancel");
});
