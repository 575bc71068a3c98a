import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { processesOf } from "./harness/processes-of.ts";
import { startProgram } from "./harness/program.ts";
import { until } from "./harness/until.ts";

const program = "packages/server/dist/demo/demo.js";
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kp-demo-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const left = () => processesOf(folder);

/** The process that this one started. */
async function childOf(pid: number): Promise<number | undefined> {
  for (const name of (await readdir("/proc")).filter((each) => /^\d+$/.test(each))) {
    const stat = await readFile(`/proc/${name}/stat`, "utf8").catch(() => "");
    if (stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1] === String(pid)) return Number(name);
  }
  return undefined;
}

test("the demo tells one payment from beginning to end, ends well because shop and gateway agree, and leaves nothing behind", async () => {
  // Settings of another gateway, or of a live one, must not make it behave otherwise.
  const settings = { KINETICPAY_MODE: "live", PORT: "1", DATABASE_URL: "postgres://nowhere.invalid/x" };
  const demo = startProgram(program, { TMPDIR: folder, ...settings });
  expect((await demo.ended).code, demo.stderr()).toBe(0);
  await until("its last line", () => demo.stdout().includes("Shop and gateway agree: paid."));
  const story = demo.stdout();
  for (const step of [1, 2, 3, 4, 5, 6, 7]) expect(story).toMatch(new RegExp(`^${step}\\. `, "m"));
  expect(story).toContain("payment.paid");
  expect(story).not.toMatch(/kp_(test|live)_|whsec_/);
  expect(demo.stderr()).toBe("");
  expect(await readdir(folder)).toEqual([]);
  expect(await left()).toEqual([]);
});

// The demo stops its gateway itself, so that one which is stopped by somebody else gets two signals, the second while it stops.
test("a gateway that is told to stop twice, while it starts and while it stops, still takes its database with it", async () => {
  const demos = Array.from({ length: 3 }, () => startProgram(program, { TMPDIR: folder }));
  const gateways = await Promise.all(demos.map(({ pid }) => until("its gateway", () => childOf(pid))));
  // When its database begins to run, no part of it listens yet.
  await until(
    "their databases",
    async () => (await left()).filter((line) => line.includes("/postgres\0-D")).length >= 3,
  );
  for (const gateway of gateways) process.kill(gateway, "SIGTERM");
  for (const demo of demos) expect((await demo.ended).code, demo.stderr()).toBe(1);
  expect(await left()).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
});

test("a demo whose gateway goes away fails with the reason, and leaves nothing behind", async () => {
  const demo = startProgram(program, { TMPDIR: folder });
  process.kill(await until("its gateway", () => childOf(demo.pid)), "SIGTERM");
  expect((await demo.ended).code).toBe(1);
  await until("the reason", () => /^The demo failed: .{10,}/.test(demo.stderr()));
  expect(demo.stdout()).not.toContain("agree");
  expect(await readdir(folder)).toEqual([]);
  expect(await left()).toEqual([]);
});
