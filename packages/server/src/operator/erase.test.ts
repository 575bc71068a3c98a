import { afterAll, beforeAll, expect, it } from "vitest";
import { asOwner } from "../db/as-owner.ts";
import { canaries, canaryPayment, foundCanaries, paidByCanary } from "../testing/canary-buyer.ts";
import { handedOff } from "../testing/handed-off.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { OperatorError, type OperatorOffice, type Options, UsageError } from "./command.ts";
import { eraseCommand } from "./erase.ts";

let core: TestCore;
let office: OperatorOffice;
beforeAll(async () => {
  core = await openTestCore();
  office = { ...core.gateway, asOwner: asOwner(core.database.owner) };
});
afterAll(() => core.close());

const run = (options: Options, at: OperatorOffice = office) =>
  eraseCommand.run(at, [], options, () => Promise.resolve(""));
const email = canaries.email.toUpperCase();

it("erases all payments of a buyer's address, whatever its case, and lists them before if asked", async () => {
  const payments = [await paidByCanary(core), await paidByCanary(core)].sort();
  const listed = await run({ "buyer-email": email, "dry-run": true });
  expect(listed.json).toEqual({ would_erase: payments });
  expect(await foundCanaries(core)).not.toEqual([]);
  const erased = await run({ "buyer-email": email, by: "Aminah" });
  expect(erased.json).toEqual({ erased: payments, kept: [] });
  expect(erased.exitCode).toBe(0);
  expect(await foundCanaries(core)).toEqual([]);
  expect((await run({ "buyer-email": email })).text).toBe("No payment has that buyer.");
});

it("ends with 1 and the reason when a payment keeps its buyer, and erases the others", async () => {
  const paid = await paidByCanary(core);
  const { paymentId: flying } = await handedOff(core, canaryPayment());
  const { text, json, exitCode } = await run({ "buyer-email": email });
  expect(json).toEqual({ erased: [paid], kept: [{ payment: flying, because: "it is processing" }] });
  expect(text).toContain(`${flying}  KEPT: it is processing`);
  expect(exitCode).toBe(1);
});

it("erases one payment by its id, and says so when there is none", async () => {
  const payment = await paidByCanary(core);
  expect((await run({ payment })).json).toEqual({ erased: [payment], kept: [] });
  await expect(run({ payment: "pay_none" })).rejects.toThrow(OperatorError);
});

it("needs to know whose data, and one way of saying so", async () => {
  await expect(run({})).rejects.toThrow(UsageError);
  await expect(run({ payment: "pay_1", "buyer-email": "a@b.example" })).rejects.toThrow(UsageError);
});

it("is refused without the owner of the tables, naming the setting", async () => {
  const payment = await paidByCanary(core);
  await expect(run({ payment }, core.gateway)).rejects.toThrow(/DATABASE_OWNER_URL/);
});
