import { chmod, rm, stat } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { dataDirectoryIn } from "./data-directory.ts";
import { startEmbeddedPostgres } from "./embedded-postgres.ts";
import { ask, compileStandIn, removeFolder, startStandIn, temporaryFolder } from "./stand-in-gateway.ts";

// Only root has anything to choose. A normal user runs the programs directly, whatever the kernel permits.
const isRoot = process.getuid?.() === 0;
let compiled: string;
const folders: string[] = [];

beforeAll(async () => {
  compiled = await compileStandIn();
});

afterAll(() => rm(compiled, { recursive: true, force: true }));

afterEach(async () => {
  for (const folder of folders.splice(0)) await removeFolder(folder);
});

async function newDirectory(folderMode: number): Promise<string> {
  const folder = await temporaryFolder();
  folders.push(folder);
  await chmod(folder, folderMode);
  return path.join(folder, "postgres");
}

test("runs in a folder that its user alone can reach, and leaves every file that user's", async () => {
  const directory = await newDirectory(0o700);
  const database = await startEmbeddedPostgres({ directory });
  expect(await ask(database.owner, "select 1 as one")).toEqual({ one: 1 });
  await database.stop();
  expect((await stat(dataDirectoryIn(directory))).uid).toBe(process.getuid?.());
});

test("runs as an unprivileged account where user namespaces are refused, and does so again", async () => {
  const directory = await newDirectory(0o755);
  const labels: string[] = [];
  for (let round = 0; round < 2; round++) {
    const log = (line: string) => labels.push(/\(([^)]*)\)/.exec(line)?.[1] ?? "");
    const database = await startEmbeddedPostgres({ directory, userNamespaces: "refused", log });
    expect(await ask(database.owner, "select 1 as one")).toEqual({ one: 1 });
    await database.stop();
  }
  const { uid } = await stat(dataDirectoryIn(directory));
  expect(uid === 0).toBe(false);
  expect(labels.at(-1)).toBe(isRoot ? `as uid ${uid}` : "this user");
});

test("says what was tried and what to set where nobody can run it", async () => {
  const directory = await newDirectory(0o700);
  const start = startEmbeddedPostgres({ directory, userNamespaces: "refused" });
  if (!isRoot) return (await start).stop();
  await expect(start).rejects.toMatchObject({ problem: "cannot_run" });
  await expect(start).rejects.toThrow(/DATABASE_URL.*KINETICPAY_DATA_DIR.*normal user/s);
  await expect(start).rejects.toThrow(/in a user namespace: refused\n.*cannot reach/s);
});

test("adopts a crashed gateway's server although it may not look into other users' processes", async () => {
  const directory = await newDirectory(0o755);
  // As root in a container with its usual rights.
  const lessRights = isRoot ? ["setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace"] : [];
  const options = { directory, userNamespaces: "refused" };
  const first = startStandIn(compiled, options, lessRights);
  expect(await first.first).toMatchObject({ ready: true, adopted: false });
  first.process.kill("SIGKILL");
  await first.ended;
  const second = startStandIn(compiled, options, lessRights);
  expect(await second.first).toMatchObject({ ready: true, adopted: true });
  second.process.kill("SIGTERM");
  await second.ended;
  expect(second.process.exitCode).toBe(0);
});
