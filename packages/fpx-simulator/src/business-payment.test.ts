import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { replyFields } from "./testing/merchant.ts";
import { startTrial, type Trial } from "./testing/trial.ts";

let trial: Trial;
beforeAll(async () => {
  trial = await startTrial();
});
afterEach(async () => {
  await trial.control("POST", "/reset");
  trial.gateway.received.length = 0;
});
afterAll(() => trial.close());

const codes = () => trial.gateway.received.map(({ path, fields }) => `${path} ${fields["fpx_debitAuthCode"]}`);

async function checker(path: string, fields: Readonly<Record<string, string>>): Promise<void> {
  await trial.press(path.replace("/bank/", "/bank/checker/"), fields);
}

test("a maker's session ends with 99 on both routes, and the checker's approval brings a direct 00 alone", async () => {
  const authorisation = trial.merchant.authorise({ model: "b2b1", amountSen: 50_000 });
  const path = await trial.pay(authorisation, { action: "approve" });
  await trial.goBack(path);
  expect(codes()).toEqual(["/fpx/direct 99", "/fpx/indirect 99"]);
  expect(await trial.page("/bank/checker")).toContain("RM 500.00");

  await checker(path, { action: "approve" });
  expect(codes()).toEqual(["/fpx/direct 99", "/fpx/indirect 99", "/fpx/direct 00"]);
  expect(trial.gateway.received.every(({ isAuthentic }) => isAuthentic)).toBe(true);
  expect(await trial.page("/bank/checker")).toContain("Nothing is waiting");
  const told = replyFields(await trial.merchant.enquire(trial.simulator.url, authorisation));
  expect(told).toEqual(trial.gateway.received[2]?.fields);
  expect(told["fpx_makerName"]).not.toBe("");
});

test("a checker's rejection brings a direct failure code", async () => {
  const path = await trial.pay(trial.merchant.authorise({ model: "b2b1" }), { action: "approve" });
  await checker(path, { action: "reject" });
  expect(codes()).toEqual(["/fpx/direct 99", "/fpx/direct BC"]);
});

test("only the first checker decides", async () => {
  const path = await trial.pay(trial.merchant.authorise({ model: "b2b1" }), { action: "approve" });
  await checker(path, { action: "any", code: "51" });
  await checker(path, { action: "approve" });
  expect(codes()).toEqual(["/fpx/direct 99", "/fpx/direct 51"]);
});

test("a checker cannot decide a payment that no maker submitted", async () => {
  const path = await trial.start(trial.merchant.authorise({ model: "b2b1" }));
  await checker(path, { action: "approve" });
  expect(codes()).toEqual([]);
});

test("business payments are listed with their own banks and limits", async () => {
  const list = replyFields(await trial.merchant.listBanks(trial.simulator.url, "b2b1"));
  expect(list["fpx_bankList"]).toContain("PBB0234~A");
  expect(list["fpx_bankList"]).not.toContain("MB2U0227");
  await trial.start(trial.merchant.authorise({ model: "b2b1", amountSen: 199 }));
  await trial.start(trial.merchant.authorise({ model: "b2b1", amountSen: 100_000_001 }));
  expect(codes()).toEqual(["/fpx/direct 2A", "/fpx/direct 48"]);
});
