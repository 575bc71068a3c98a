import { verifyWithAny } from "@kineticpay/fpx/certificates";
import { confirmationFields, parseForm } from "@kineticpay/fpx/messages";
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

/** The codes told about one order: a resend from the test before may still be under way. */
const codes = (orderNo: string) =>
  trial.gateway.received
    .filter(({ fields }) => fields["fpx_sellerExOrderNo"] === orderNo)
    .map(({ fields }) => fields["fpx_debitAuthCode"]);
const isAuthentic = (body: string) =>
  verifyWithAny(parseForm(body), confirmationFields, trial.gateway.certificates, new Date()) !== undefined;

async function json(response: Response | Promise<Response>): Promise<Record<string, unknown>> {
  return (await (await response).json()) as Record<string, unknown>;
}

test("the bank can decide without a browser, more than once and the contrary; AE tells the last", async () => {
  const authorisation = trial.merchant.authorise({ orderNo: "EX-1", sellerOrderNo: "INV/1" });
  await trial.start(authorisation);
  for (const code of ["51", "00", "88"]) {
    expect((await json(trial.control("POST", "/transactions/EX-1/decide", { code })))["code"]).toBe(code);
  }
  expect(codes("EX-1")).toEqual(["51", "00", "88"]);
  const told = replyFields(await trial.merchant.enquire(trial.simulator.url, authorisation));
  expect(told["fpx_debitAuthCode"]).toBe("88");
});

test("a decision can be made in silence, for AE to find", async () => {
  await trial.start(trial.merchant.authorise({ orderNo: "EX-2" }));
  await trial.control("POST", "/transactions/EX-2/decide", { code: "00", direct: "drop" });
  expect(codes("EX-2")).toEqual([]);
  expect((await trial.describe("EX-2")).code).toBe("00");
});

test("a transaction is found by either order number, with what was sent and answered", async () => {
  const authorisation = trial.merchant.authorise({ orderNo: "EX-3", sellerOrderNo: "INV/3" });
  trial.gateway.answers.push({ status: 418, body: "teapot" });
  await trial.pay(authorisation, { action: "approve" });
  const byExchangeOrder = await trial.describe("EX-3");
  const direct = byExchangeOrder.messages.find(({ route }) => route === "direct");
  expect(direct).toMatchObject({ direction: "sent", answer: { status: 418, body: "teapot", acknowledged: false } });
  expect((await trial.describe(encodeURIComponent("INV/3"))).fpx_txn_id).toBe(byExchangeOrder.fpx_txn_id);
  const list = (await json(trial.control("GET", "/transactions")))["data"] as { seller_ex_order_no: string }[];
  expect(list.map((one) => one.seller_ex_order_no)).toEqual(["EX-3"]);
});

test("messages can be sent at will, each once, without changing what the bank stands by", async () => {
  await trial.start(trial.merchant.authorise({ orderNo: "EX-4" }));
  const sent = await json(trial.control("POST", "/transactions/EX-4/send", { route: "direct", code: "00", times: 3 }));
  expect(sent["data"]).toMatchObject(Array(3).fill({ status: 200, body: "OK", acknowledged: true }));
  await trial.control("POST", "/transactions/EX-4/send", { route: "indirect" });
  expect(codes("EX-4")).toEqual(["00", "00", "00", "09"]);
  expect((await trial.describe("EX-4")).code).toBeNull();
});

test("a message can be had without sending: genuine, signed with changes, or altered after signing", async () => {
  await trial.start(trial.merchant.authorise({ orderNo: "EX-5" }));
  const message = (body: object) =>
    json(trial.control("POST", "/transactions/EX-5/message", { route: "direct", code: "00", ...body }));
  const genuine = await message({});
  expect(genuine["url"]).toBe(`${trial.gateway.url}/fpx/direct`);
  expect(isAuthentic(String(genuine["body"]))).toBe(true);
  const changed = await message({ overrides: { fpx_txnAmount: "1.00" } });
  expect(isAuthentic(String(changed["body"]))).toBe(true);
  expect(parseForm(String(changed["body"]))["fpx_txnAmount"]).toBe("1.00");
  const altered = await message({ overrides: { fpx_txnAmount: "1.00" }, sign: false });
  expect(isAuthentic(String(altered["body"]))).toBe(false);
  const forged = await message({ overrides: { fpx_checkSum: "AB" } });
  expect(parseForm(String(forged["body"]))["fpx_checkSum"]).toBe("AB");
  expect(codes("EX-5")).toEqual([]);
});

test("bad input is answered 400 with every fault named", async () => {
  const response = await trial.control("POST", "/scripts", {
    match: {},
    code: "0",
    delay_ms: -1,
    direct: "sometimes",
    indirect: 7,
    order: "first",
    ae: "rude",
    times: 1.5,
    surprise: true,
  });
  expect(response.status).toBe(400);
  const paths = ((await json(response))["faults"] as { path: string }[]).map(({ path }) => path);
  const wrong = ["match", "code", "delay_ms", "direct", "indirect", "order", "ae", "times", "surprise"];
  expect(new Set(paths)).toEqual(new Set(wrong.map((name) => `/${name}`)));
});

test("a fault names what was sent and what is taken", async () => {
  const body = { match: {}, code: "ZZ", direct: "lose", order: 7, be: "rude", times: 0, surprise: true };
  const answer = await json(trial.control("POST", "/scripts", body));
  const faults = answer["faults"] as { path: string; message: string }[];
  const told = Object.fromEntries(faults.map(({ path, message }) => [path, message]));
  expect(faults).toHaveLength(Object.keys(told).length);
  expect(told).toEqual({
    "/match": 'came as {}; it must be an object with "seller_order_no", "bank_id" or "any": true',
    "/code": expect.stringMatching(/^came as "ZZ"; it must be a response code of FPX as text: .*\b00\b.*\b51\b/),
    "/direct": 'came as "lose"; it must be one of "send", "drop", "duplicate", or {"delay_ms": 2000}',
    "/order": 'came as 7; it must be one of "direct_first", "indirect_first"',
    "/be": expect.stringMatching(/^came as "rude"; it must be one of "normal", "slow", /),
    "/times": "came as 0; it must be a whole number from 1 to 100000",
    "/surprise": expect.stringMatching(/^is not known here; the members are match, code, /),
  });
  const missing = await json(trial.control("POST", "/transactions/EX-7/send", {}));
  expect(missing["faults"]).toEqual([
    { path: "/route", message: 'is missing; it must be one of "direct", "indirect"' },
  ]);
});

test.each(["/scripts", "/transactions/EX-8/decide", "/transactions/EX-8/send", "/transactions/EX-8/message"])(
  "%s takes no code that is in no table of FPX",
  async (path) => {
    const response = await trial.control("POST", path, { match: { any: true }, route: "direct", code: "ZZ" });
    expect(response.status).toBe(400);
    const faults = (await json(response))["faults"] as { path: string }[];
    expect(faults.map((fault) => fault.path)).toContain("/code");
    expect((await json(trial.control("GET", "/scripts")))["data"]).toEqual([]);
  },
);

test.each([
  [{ "content-type": "application/x-www-form-urlencoded" }, "came as application/x-www-form-urlencoded"],
  [{ "content-type": "text/plain" }, "came as text/plain"],
  [{}, "came without a Content-Type"],
])("a body with the headers %j is answered with the header that it needs", async (headers, came) => {
  // As bytes, for which fetch makes up no type of its own.
  const sent = new TextEncoder().encode('{"match": {"any": true}, "code": "51"}');
  const response = await fetch(`${trial.simulator.url}/_control/scripts`, { method: "POST", headers, body: sent });
  expect(response.status).toBe(400);
  const { message } = await json(response);
  expect(message).toContain(came);
  expect(message).toContain("Content-Type: application/json");
});

test.each([
  ["POST", "/transactions/EX-6/decide", {}, 400],
  ["POST", "/transactions/NONE/decide", { code: "00" }, 404],
  ["POST", "/transactions/NONE/send", { route: "direct" }, 404],
  ["POST", "/transactions/NONE/message", { route: "direct", code: "00" }, 404],
  ["GET", "/transactions/NONE", undefined, 404],
  ["POST", "/banks/NONE", { online: false }, 404],
  ["POST", "/banks/TEST0021", { online: "no" }, 400],
  ["GET", "/nothing", undefined, 404],
] as const)("%s %s with %o answers %i in JSON", async (method, path, body, status) => {
  const response = await trial.control(method, path, body);
  expect(response.status).toBe(status);
  expect(await json(response)).toMatchObject({ error: expect.any(String), message: expect.any(String) });
});

test("a page of another site may not call the control API", async () => {
  const headers = { "sec-fetch-site": "cross-site" };
  const response = await fetch(`${trial.simulator.url}/_control/reset`, { method: "POST", headers });
  expect(response.status).toBe(403);
});

test("scripts can be listed and deleted, and a reset forgets everything, resends too", async () => {
  await trial.control("POST", "/scripts", { match: { any: true }, code: "51" });
  expect((await json(trial.control("GET", "/scripts")))["data"]).toHaveLength(1);
  await trial.control("DELETE", "/scripts");
  expect((await json(trial.control("GET", "/scripts")))["data"]).toHaveLength(0);

  await trial.control("POST", "/banks/TEST0023", { online: false });
  trial.gateway.answers.push(...Array(1_000).fill({ status: 500, body: "" }));
  await trial.approve();
  await trial.control("POST", "/reset");
  trial.gateway.answers.length = 0;
  const sentBefore = trial.gateway.received.length;
  // A new payment is resent at the same pace, so its second attempt proves that the old one had its time.
  trial.gateway.answers.push({ status: 500, body: "" });
  const next = await trial.approve({ bankId: "TEST0023" });
  while ((await trial.describe(next["fpx_sellerExOrderNo"] ?? "")).direct_waiting > 0);
  const since = trial.gateway.received.slice(sentBefore).map(({ fields }) => fields["fpx_sellerExOrderNo"]);
  expect(since.filter((orderNo) => orderNo !== next["fpx_sellerExOrderNo"]).length).toBeLessThanOrEqual(1);
  expect((await json(trial.control("GET", "/transactions")))["data"]).toHaveLength(1);
});
