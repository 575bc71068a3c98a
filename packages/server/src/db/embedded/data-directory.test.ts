import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { startEmbeddedPostgres } from "./embedded-postgres.ts";
import { removeFolder, temporaryFolder } from "./stand-in-gateway.ts";

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await removeFolder(folder);
});

async function folderWith(file: string, text: string): Promise<string> {
  const folder = await temporaryFolder();
  folders.push(folder);
  const directory = path.join(folder, "postgres");
  await mkdir(path.join(directory, "cluster"), { recursive: true });
  await writeFile(path.join(directory, "cluster", file), text);
  return directory;
}

test("refuses to put a database where something else lies, and leaves that as it is", async () => {
  const directory = await folderWith("holiday.txt", "mine");
  await expect(startEmbeddedPostgres({ directory })).rejects.toMatchObject({ problem: "folder" });
  expect(await readFile(path.join(directory, "cluster/holiday.txt"), "utf8")).toBe("mine");
});

test("refuses the data of another major version by naming both", async () => {
  const directory = await folderWith("PG_VERSION", "16\n");
  await expect(startEmbeddedPostgres({ directory })).rejects.toThrow(/Postgres 16.*Postgres 18/s);
});

test("refuses a folder that cannot be made by naming it", async () => {
  const directory = path.join(await folderWith("a-file", ""), "cluster/a-file/postgres");
  await expect(startEmbeddedPostgres({ directory })).rejects.toMatchObject({
    problem: "folder",
    message: expect.stringContaining(directory),
  });
});
