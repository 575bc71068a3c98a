import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import { createLog } from "./log.ts";

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

/** What the log says of an error, as one line of JSON. */
function logged(error: unknown): string {
  const lines: string[] = [];
  createLog("info", { write: (line) => void lines.push(line) }).error({ err: error }, "it failed");
  return lines.join("");
}

it("tells of an error of the driver what it was and where it came from, and not the row that PostgreSQL quotes", async () => {
  await client.query(
    "create temporary table buyers (email text unique); insert into buyers values ('siti@secret.example')",
  );
  const error: unknown = await client
    .query("insert into buyers values ($1)", ["siti@secret.example"])
    .catch((fault: unknown) => fault);
  expect(error).toMatchObject({ detail: expect.stringContaining("siti@secret.example") });
  const line = logged(error);
  expect(JSON.parse(line)).toMatchObject({
    err: { type: "DatabaseError", code: "23505", message: expect.any(String), stack: expect.any(String) },
  });
  expect(line).not.toContain("siti@secret.example");
});

it("tells an error's causes as sparingly as the error itself, and no more than three of them", () => {
  const caused = (depth: number): Error =>
    Object.assign(new Error(`at ${depth}`, depth === 9 ? {} : { cause: caused(depth + 1) }), {
      password: `secret-${depth}`,
    });
  const line = logged(caused(0));
  expect(line).toContain("at 3");
  expect(line).not.toContain("at 4");
  expect(line).not.toContain("secret-");
});
