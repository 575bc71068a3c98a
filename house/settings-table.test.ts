import type { Setting } from "@kineticpay/server/settings";
import { describe, expect, test } from "vitest";
import { settingsPage } from "./settings-table.ts";

describe("docs/settings.md", () => {
  test("tells every setting as the program reads it (npm run docs writes it anew)", async () => {
    await expect(settingsPage()).toMatchFileSnapshot("../docs/settings.md");
  });
});

describe("the page", () => {
  const planted: Setting<number> = {
    name: "KINETICPAY_PLANTED",
    read: () => {
      throw new Error("a whole number | of days");
    },
    fallback: 3,
    summary: "Days to wait.",
  };

  test("shows a new setting, what it takes and its fallback", () => {
    expect(settingsPage([planted])).toContain(
      "| `KINETICPAY_PLANTED` | a whole number \\| of days | `3` | Days to wait. |",
    );
  });

  test("changes with a fallback", () => {
    expect(settingsPage([{ ...planted, fallback: 4 }])).not.toBe(settingsPage([planted]));
  });
});
