import { describe, expect, test } from "vitest";
import { badNames, longFiles, mostLines, strayTests } from "./names.ts";
import { readRepository } from "./source-files.ts";

const files = readRepository();
const named = (path: string) => [{ path, text: "" }];

describe("the names and sizes of files", () => {
  test("every name is in kebab-case and says what is in the file", () => {
    expect(badNames(files)).toEqual([]);
  });

  test("every file can be read in one sitting", () => {
    expect(longFiles(files)).toEqual([]);
  });

  test("every test has the name under which it is run", () => {
    expect(strayTests(files)).toEqual([]);
  });
});

describe("the check itself", () => {
  test.each([
    "packages/server/src/payments/utils.ts",
    "packages/server/src/payments/types.ts",
    "packages/server/src/helpers/dates.ts",
    "packages/fpx/src/common.ts",
    "acceptance/misc.test.ts",
    "packages/server/src/payments/settlePayment.ts",
    "packages/server/src/Payments/settle.ts",
    "house/file_names.ts",
  ])("refuses %s", (path) => {
    expect(badNames(named(path))).toHaveLength(1);
  });

  test("lets a word stand inside a name that says more", () => {
    expect(badNames(named("packages/server/src/payments/shared-ledger.test.ts"))).toEqual([]);
    expect(badNames(named("packages/server/src/README.md"))).toEqual([]);
  });

  test("counts lines as an editor does", () => {
    const lines = (count: number) => [{ path: "packages/fpx/src/long.ts", text: "x\n".repeat(count) }];
    expect(longFiles(lines(mostLines))).toEqual([]);
    expect(longFiles(lines(mostLines + 1))).toHaveLength(1);
  });

  test("sees a test that would never run", () => {
    expect(strayTests(named("packages/fpx/src/money.spec.ts"))).toHaveLength(1);
    expect(strayTests(named("packages/fpx/src/__tests__/money.ts"))).toHaveLength(1);
  });
});
