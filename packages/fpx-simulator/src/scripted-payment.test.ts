import { verifyWithAny } from "@kineticpay/fpx/certificates";
import { confirmationFields, FpxFormatError, parseReply } from "@kineticpay/fpx/messages";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { replyFields } from "./testing/merchant.ts";
import { startTrial, type Trial, until } from "./testing/trial.ts";

let trial: Trial;
beforeAll(async () => {
  trial = await startTrial();
});
afterEach(async () => {
  await trial.control("POST", "/reset");
  trial.gateway.received.length = 0;
});
afterAll(() => trial.close());

const story = () =>
  trial.gateway.received.map(({ path, fields }) => `${path.replace("/fpx/", "")} ${fields["fpx_debitAuthCode"]}`);

async function script(body: object): Promise<void> {
  const response = await trial.control("POST", "/scripts", { match: { any: true }, ...body });
  if (response.status !== 200) throw new Error(await response.text());
}

async function enquireCode(authorisation: Readonly<Record<string, string>>): Promise<string | undefined> {
  return replyFields(await trial.merchant.enquire(trial.simulator.url, authorisation))["fpx_debitAuthCode"];
}

test("a scripted code is what the bank answers whatever the buyer presses", async () => {
  await script({ match: { seller_order_no: "ORDER-9" }, code: "51" });
  await trial.approve();
  await trial.approve({ sellerOrderNo: "ORDER-9" });
  expect(story()).toEqual(["direct 00", "direct 51"]);
});

test("a bank that takes its time is pending on every route until it has decided", async () => {
  await script({ delay_ms: 400 });
  const authorisation = trial.merchant.authorise();
  const path = await trial.pay(authorisation, { action: "approve" });
  expect(await enquireCode(authorisation)).toBe("09");
  await trial.goBack(path);
  expect(await trial.page(path)).toContain('http-equiv="refresh"');
  await until(() => story().length === 2);
  expect(story()).toEqual(["indirect 09", "direct 00"]);
  expect(await enquireCode(authorisation)).toBe("00");
});

test("a dropped direct AC leaves the browser and AE to tell", async () => {
  await script({ direct: "drop" });
  const authorisation = trial.merchant.authorise();
  const path = await trial.pay(authorisation, { action: "approve" });
  expect(await enquireCode(authorisation)).toBe("00");
  await trial.goBack(path);
  expect(story()).toEqual(["indirect 00"]);
});

test("a dropped indirect AC gives the browser nothing to bring", async () => {
  await script({ indirect: "drop" });
  const path = await trial.pay(trial.merchant.authorise(), { action: "approve" });
  await expect(trial.goBack(path)).rejects.toThrow("no form to continue with");
  expect(story()).toEqual(["direct 00"]);
});

test("duplicates arrive twice on either route", async () => {
  await script({ direct: "duplicate", indirect: "duplicate" });
  const path = await trial.pay(trial.merchant.authorise(), { action: "approve" });
  expect(story()).toEqual(["direct 00", "direct 00"]);
  await trial.goBack(path);
  expect(story()).toEqual(["direct 00", "direct 00", "indirect 00", "indirect 00"]);
});

test("with the browser first the direct AC waits for it", async () => {
  await script({ order: "indirect_first", direct: { delay_ms: 50 } });
  const path = await trial.pay(trial.merchant.authorise(), { action: "approve" });
  expect(story()).toEqual([]);
  await trial.goBack(path);
  await until(() => story().length === 2);
  expect(story()).toEqual(["indirect 00", "direct 00"]);
});

test("a delayed direct AC comes after the browser was let go", async () => {
  await script({ direct: { delay_ms: 200 } });
  const path = await trial.pay(trial.merchant.authorise(), { action: "approve" });
  await trial.goBack(path);
  await until(() => story().length === 2);
  expect(story()).toEqual(["indirect 00", "direct 00"]);
});

test("a late success contradicts an earlier failure by direct AC and AE", async () => {
  await script({ code: "51", late_success_after_ms: 100 });
  const authorisation = await trial.approve();
  await until(() => story().length === 2);
  expect(story()).toEqual(["direct 51", "direct 00"]);
  expect(await enquireCode(authorisation)).toBe("00");
});

test("a script with times holds for so many payments, also for their later messages", async () => {
  await script({ code: "51", ae: "error", times: 1 });
  const first = await trial.approve();
  const second = await trial.approve();
  expect(story()).toEqual(["direct 51", "direct 00"]);
  expect((await trial.merchant.enquire(trial.simulator.url, first)).trim()).toBe("ERROR");
  expect(await enquireCode(second)).toBe("00");
});

test("a script that is made while the buyer is at the bank still holds for the payment", async () => {
  const authorisation = trial.merchant.authorise();
  const path = await trial.start(authorisation);
  await script({ match: { bank_id: "TEST0021" }, code: "1M" });
  await trial.press(`${path}/decide`, { action: "approve" });
  expect(story()).toEqual(["direct 1M"]);
});

test("AE can be garbage, a page, forged, refused, broken, cut off, oversized or slow, and then honest again", async () => {
  const authorisation = await trial.approve();
  const enquire = () => trial.merchant.enquire(trial.simulator.url, authorisation);
  const honest = (await enquire()).trim();
  const disturbed = async (ae: string, more: object = {}) => {
    await trial.control("DELETE", "/scripts");
    await trial.control("POST", "/reset");
    await script({ ae, ae_times: 1, ...more });
    await trial.pay(authorisation, { action: "approve" });
    return enquire();
  };
  const garbage = await disturbed("garbage");
  expect(() => parseReply(garbage)).toThrow(FpxFormatError);
  expect(await disturbed("html")).toMatch(/^<!doctype html>/);
  for (const forgery of ["bad_signature", "wrong_key"]) {
    const forged = replyFields(await disturbed(forgery));
    expect(Object.keys(forged).sort()).toEqual(Object.keys(replyFields(honest)).sort());
    expect(verifyWithAny(forged, confirmationFields, trial.gateway.certificates, new Date())).toBeUndefined();
  }
  expect((await disturbed("error")).trim()).toBe("ERROR");
  expect(await disturbed("http_500")).toContain("Internal Server Error");
  for (const cut of ["reset", "closed"]) await expect(disturbed(cut)).rejects.toThrow("fetch failed");
  expect((await disturbed("oversized")).length).toBeGreaterThan(10_000_000);
  const started = performance.now();
  expect(replyFields(await disturbed("slow", { slow_ms: 150 }))["fpx_debitAuthCode"]).toBe("00");
  expect(performance.now() - started).toBeGreaterThan(149);
  expect(Object.keys(replyFields(await enquire()))).toEqual(Object.keys(replyFields(honest)));
});

test("a bank list script disturbs so many bank lists and no payment", async () => {
  await script({ be: "error", times: 1 });
  await trial.approve();
  const list = () => trial.merchant.listBanks(trial.simulator.url, "b2c");
  expect((await list()).trim()).toBe("ERROR");
  expect(replyFields(await list())["fpx_msgType"]).toBe("BC");
  expect(story()).toEqual(["direct 00"]);
});
