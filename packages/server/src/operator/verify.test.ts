import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sealBookings } from "../ledger/seal-bookings.ts";
import type { Attempt } from "../payments/payment.ts";
import { paidPayments } from "../testing/bookings.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { OperatorError } from "./command.ts";
import { verifyCommand } from "./verify.ts";

let core: TestCore;
let folder: string;
let superuser: pg.Client;
let attempts: Attempt[];
beforeAll(async () => {
  core = await openTestCore();
  folder = await mkdtemp(path.join(tmpdir(), "kp-verify-"));
  attempts = await paidPayments(core, 3);
  await sealBookings(core.gateway);
  superuser = new pg.Client(core.database.superuser);
  await superuser.connect();
  await superuser.query("set session_replication_role = replica");
});
afterAll(async () => {
  await superuser.end();
  await core.close();
  await rm(folder, { recursive: true, force: true });
});

const run = (options: Record<string, string> = {}) =>
  verifyCommand.run(core.gateway, [], options, () => Promise.resolve(""));

async function file(name: string, content: unknown): Promise<string> {
  const at = path.join(folder, name);
  await writeFile(at, typeof content === "string" ? content : JSON.stringify(content));
  return at;
}

it("ends with 0 when all holds, and prints how much was proved and the heads of the chains", async () => {
  const { text, json, exitCode } = await run();
  expect(exitCode).toBe(0);
  expect(text).toMatch(/^All \d+ checks hold: 3 payments, 3 bookings with 6 lines/);
  expect(text).toMatch(new RegExp(`${core.merchant.merchantId}  3  [0-9a-f]{64}$`));
  expect(json).toMatchObject({ object: "verification", holds: true, fault_count: 0, faults: [] });
  expect((await run({ against: await file("earlier.json", json) })).exitCode).toBe(0);
  expect((await run({ against: await file("heads.json", (json as { heads: unknown }).heads) })).exitCode).toBe(0);
});

it("ends with 1 when something does not, and says what, where, and what should hold", async () => {
  const [victim] = attempts;
  await superuser.query("update payments set status = 'open', paid_at = null, paid_attempt_id = null where id = $1", [
    victim?.paymentId,
  ]);
  const { text, json, exitCode } = await run();
  await superuser.query("update payments set status = 'paid', paid_at = now(), paid_attempt_id = $2 where id = $1", [
    victim?.paymentId,
    victim?.id,
  ]);
  expect(exitCode).toBe(1);
  expect(text).toMatch(/^\d+ of \d+ checks do NOT hold/);
  expect(text).toContain("payments.status: 1 fault. What a payment says of itself follows from its attempts");
  expect(text).toContain(`    ${victim?.paymentId}  the payment is open`);
  expect(json).toMatchObject({ holds: false });
  expect((json as { faults: unknown[] }).faults).toContainEqual(
    expect.objectContaining({ check: "payments.status", subject: victim?.paymentId, payment: victim?.paymentId }),
  );
  expect((await run()).exitCode).toBe(0);
});

it("misses a seal that stands in an earlier list of heads, and ends with 1", async () => {
  const head = { merchant_id: core.merchant.merchantId, number: 4, hash: "ab".repeat(32) };
  const { text, exitCode } = await run({ against: await file("later.json", { heads: [head] }) });
  expect(exitCode).toBe(1);
  expect(text).toContain(`${core.merchant.merchantId} seal 4  is gone; it was ${head.hash}`);
});

it.each([
  ["no JSON", "heads"],
  ["no heads", { heads: [] }],
  ["what is no head", [{ merchant_id: "mer_1", number: 1, hash: "ab" }]],
])("refuses a list of heads with %s, rather than prove nothing against it", async (_what, content) => {
  await expect(run({ against: await file("bad.json", content) })).rejects.toThrow(OperatorError);
  await expect(run({ against: path.join(folder, "absent.json") })).rejects.toThrow(OperatorError);
});
