import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Gateway, startGateway } from "./harness/gateway.ts";
import { operate } from "./harness/operator.ts";
import { type Ended, startProgram } from "./harness/program.ts";
import { decideAtBank, openStage, type Stage } from "./harness/stage.ts";

interface Verified {
  readonly holds: boolean;
  readonly heads: readonly { readonly merchant_id: string; readonly number: number; readonly hash: string }[];
}

let stage: Stage;
let folder: string;
let file: string;
let restored: Gateway | undefined;

beforeAll(async () => {
  stage = await openStage();
  folder = await mkdtemp(path.join(tmpdir(), "kp-restore-"));
  file = path.join(folder, "night.kpbackup");
});
afterAll(async () => {
  await restored?.dispose();
  await stage.close();
  await rm(folder, { recursive: true, force: true });
});

/** Runs the operator's program on a data folder, whatever it ends with. */
async function runOperator(data: string, ...words: readonly string[]): Promise<Ended & { said: string }> {
  const program = startProgram("packages/server/dist/operator/main.js", { KINETICPAY_DATA_DIR: data }, words);
  const ended = await program.ended;
  return { ...ended, said: `${program.stdout()}${program.stderr()}` };
}

async function pay(): Promise<string> {
  const payment = await stage.create();
  await decideAtBank(await stage.buyerAtBank(payment), "Approve");
  await stage.waitForStatus(payment.id, "paid");
  return payment.id;
}

test("a gateway is backed up while it serves, and restored into a new folder with its key, payments, and the ends of its chains", async () => {
  const paid = [await pay(), await pay()];
  const before = await operate<Verified>(stage.gateway, ["verify"]);
  const creating = Promise.all(Array.from({ length: 20 }, () => stage.create()));
  const written = await runOperator(stage.gateway.dataDirectory, "backup", file);
  expect(written.code, written.said).toBe(0);
  await creating;
  const after = await pay();
  await stage.gateway.kill();

  const data = path.join(folder, "new", "data");
  const without = await runOperator(data, "restore", file);
  expect(without.code).toBe(1);
  expect(without.said).toContain("opens 0 of");
  await rm(data, { recursive: true });

  // What else a gateway is made of: its keys, and in the sandbox those of the pretend bank network.
  for (const name of ["master.key", "sandbox.json", "fpx", "simulator"])
    await cp(path.join(stage.gateway.dataDirectory, name), path.join(data, name), { recursive: true });
  const restoring = await runOperator(data, "restore", file);
  expect(restoring.code, restoring.said).toBe(0);
  expect(restoring.said).toMatch(/checks hold, and the chains end where they ended then/);

  restored = await startGateway({ dataDirectory: data });
  expect(restored.access.api_key).toBe(stage.gateway.access.api_key);
  for (const id of paid) expect(await restored.api.get(id)).toMatchObject({ id, status: "paid" });
  // What happened after the backup is not in it.
  expect((await restored.api.call("GET", `/api/v2/payments/${after}`)).status).toBe(404);
  const now = await operate<Verified>(restored, ["verify"]);
  expect(now.holds).toBe(true);
  for (const head of before.heads)
    expect(now.heads.find((each) => each.merchant_id === head.merchant_id)?.number).toBeGreaterThanOrEqual(head.number);
  expect((await restored.api.create()).status).toBe("open");

  const again = await runOperator(data, "restore", file);
  expect(again.code).toBe(1);
  expect(again.said).toMatch(/in use|already/);
  await stage.gateway.start();
}, 120_000);
