import { readdirSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { migrationsDirectory } from "../db/migrate.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { UsageError } from "./command.ts";
import { migrateCommand } from "./migrate.ts";

let core: TestCore;
beforeAll(async () => {
  core = await openTestCore();
});
afterAll(() => core.close());
const run = (...words: string[]) => migrateCommand.run(core.gateway, words, {}, () => Promise.resolve(""));

it("tells how far the schema is, and as whom the gateway works in it", async () => {
  const all = readdirSync(migrationsDirectory).map((name) => name.replace(/\.sql$/, ""));
  const { text, json } = await run();
  expect(json).toEqual({ migrations: all.sort(), role: core.database.connection.user });
  expect(text).toContain(all.sort().at(-1));
  expect(text).toContain(core.database.connection.user);
});

it("takes no words, so that a slip of the fingers is told", async () => {
  await expect(run("down")).rejects.toThrow(UsageError);
});
