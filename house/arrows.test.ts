import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { readArrowTable } from "./arrow-table.ts";
import { circles, forbiddenArrows, mapArrows } from "./arrows.ts";
import { databaseReaches } from "./database-reach.ts";
import { isPackageSource, readRepository, root } from "./source-files.ts";

const rooms = readArrowTable(readFileSync(path.join(root, "ARCHITECTURE.md"), "utf8"));
const files = readRepository().filter((file) => isPackageSource(file) || /^(acceptance|reliability)\//.test(file.path));

/** What the check says of one file that somebody might write. */
function judged(file: string, text: string): string[] {
  const { arrows, faults } = mapArrows(rooms, [{ path: file, text }]);
  return [...faults, ...forbiddenArrows(rooms, arrows)];
}

describe("the arrows of ARCHITECTURE.md", () => {
  test("every source lies in a room and imports only what its room may", () => {
    const { arrows, faults } = mapArrows(rooms, files);
    expect(arrows.length).toBeGreaterThan(100);
    expect([...faults, ...forbiddenArrows(rooms, arrows)]).toEqual([]);
  });

  test("no rooms use each other in a circle", () => {
    expect(circles(rooms)).toEqual([]);
  });

  test("only rooms that may import the database send it SQL", () => {
    expect(databaseReaches(rooms, files)).toEqual([]);
  });
});

describe("the check itself", () => {
  const route = "packages/server/src/http/routes/payments/planted.ts";

  test.each([
    ["an import", `import { openDb } from "../../../db/open-db.ts";`],
    ["an import of a type", `import type { Tx } from "../../../db/db.ts";`],
    ["an import for its effects", `import "../../../db/db.ts";`],
    ["an export from elsewhere", `export { openDb } from "../../../db/open-db.ts";`],
    ["an export of everything", `export * from "../../../db/db.ts";`],
    ["a dynamic import", `const { openDb } = await import("../../../db/open-db.ts");`],
    ["an import inside a type", `export type Planted = import("../../../db/db.ts").Tx;`],
    ["an import by the package's name", `import { openDb } from "@kineticpay/server/db/db";`],
    ["a concrete rail", `import { createFpxRail } from "../../../rails/fpx/fpx-rail.ts";`],
    ["a computed import", `const name: string = "../../../db/db.ts"; await import(name);`],
  ])("refuses %s across a forbidden arrow", (_kind, text) => {
    expect(judged(route, text)).toHaveLength(1);
  });

  test("lets a room take the gateway's type, and nothing more of it", () => {
    expect(judged(route, `import type { Gateway } from "../../../gateway.ts";`)).toEqual([]);
    expect(judged(route, `import { type Gateway } from "../../../gateway.ts";`)).toEqual([]);
    expect(judged(route, `import { gateway } from "../../../gateway.ts";`)).toHaveLength(1);
  });

  test.each([
    ["the simulator", "packages/fpx-simulator/src/planted.ts", "@kineticpay/contract/money"],
    ["the simulator", "packages/fpx-simulator/src/planted.ts", "@kineticpay/server/config"],
    ["the wire format", "packages/fpx/src/planted.ts", "@kineticpay/contract/money"],
    ["the contract", "packages/contract/src/planted.ts", "@kineticpay/fpx/banks"],
    ["a rail", "packages/server/src/rails/fpx/planted.ts", "../../payments/decide.ts"],
    ["the settings", "packages/server/src/settings.ts", "./gateway.ts"],
    ["a journey", "acceptance/planted.test.ts", "../packages/server/src/config.ts"],
    ["a journey", "acceptance/planted.test.ts", "@kineticpay/server/config"],
    ["a journey", "acceptance/planted.test.ts", "@kineticpay/fpx/checksum"],
    ["an instrument", "reliability/planted.ts", "@kineticpay/server/db/db"],
    ["an instrument", "reliability/planted.test.ts", "@kineticpay/server/payments/decide"],
  ])("keeps %s (%s) from importing %s", (_room, file, specifier) => {
    expect(judged(file, `import { planted } from "${specifier}";`)).toHaveLength(1);
  });

  test("leaves the tests of a room free", () => {
    expect(judged("packages/server/src/http/planted.test.ts", `import { openDb } from "../db/open-db.ts";`)).toEqual(
      [],
    );
  });

  test("keeps what is only for tests out of the sources", () => {
    expect(judged(route, `import { openTestCore } from "../../../testing/test-core.ts";`)).toHaveLength(1);
  });

  test("refuses a file that lies in no room", () => {
    expect(judged("packages/server/src/attic/planted.ts", "export const planted = 1;")).toHaveLength(1);
  });

  test("sees a circle between rooms", () => {
    const table = "| Room | Files | May import |\n|---|---|---|\n";
    const circle = readArrowTable(`${table}| \`a\` | \`a/\` | \`b\` |\n| \`b\` | \`b/\` | types of \`a\` |\n`);
    expect(circles(circle)).toContain("a -> b -> a");
  });

  test("refuses a table that it cannot read", () => {
    const table = "| Room | Files | May import |\n|---|---|---|\n";
    expect(() => readArrowTable("# No table")).toThrow("no table of arrows");
    expect(() => readArrowTable(`${table}| \`a\` | \`a/\` | \`attic\` |`)).toThrow("has no row");
    expect(() => readArrowTable(`${table}| \`a\` | \`a/\` | everything |`)).toThrow("not understood");
  });

  test.each([
    ["through the gateway", `await gateway.db.query("select 1");`],
    ["taken out of the gateway", `const { db } = gateway;`],
  ])("sees a route that uses the database %s", (_how, text) => {
    expect(databaseReaches(rooms, [{ path: route, text }])).toHaveLength(1);
  });
});
