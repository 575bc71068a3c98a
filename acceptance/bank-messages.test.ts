import { createSign, generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { send } from "./harness/api.ts";
import { operate } from "./harness/operator.ts";
import { decideAtBank, openStage, type Stage } from "./harness/stage.ts";
import { until } from "./harness/until.ts";

/** The fields under the signature of an AC, in its order (`fpx.md` §1.4); written down here and not taken from the gateway. */
const signedFields = [
  "buyerBankBranch",
  "buyerBankId",
  "buyerIban",
  "buyerId",
  "buyerName",
  "creditAuthCode",
  "creditAuthNo",
  "debitAuthCode",
  "debitAuthNo",
  "fpxTxnId",
  "fpxTxnTime",
  "makerName",
  "msgToken",
  "msgType",
  "sellerExId",
  "sellerExOrderNo",
  "sellerId",
  "sellerOrderNo",
  "sellerTxnTime",
  "txnAmount",
  "txnCurrency",
].map((name) => `fpx_${name}`);

let stage: Stage;
beforeAll(async () => {
  // Nothing is asked of the exchange while a test looks, so that only the messages it sends can change anything.
  stage = await openStage({ settings: { KINETICPAY_REQUERY_SCHEDULE: "600" } });
});
afterAll(() => stage.close());

/** A payment whose buyer stands at the bank, undecided, and the order number of the attempt. */
async function undecided(): Promise<{ id: string; order: string }> {
  const payment = await stage.create();
  await stage.buyerAtBank(payment);
  const { attempts } = await stage.gateway.api.get(payment.id);
  return { id: payment.id, order: attempts[0]?.order_number ?? "" };
}

/** Posts a message as FPX does, server to server. */
function tell(body: string) {
  return send<string>(`${stage.gateway.url}/fpx/direct`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body,
  });
}

async function genuine(order: string, code = "00", route: "direct" | "indirect" = "direct"): Promise<URLSearchParams> {
  return new URLSearchParams((await stage.gateway.exchange.message(order, { route, code })).body);
}

/** Another payment from its creation to its callback: by then, whatever else was to be sent at once has been sent. */
async function anotherIsTold(): Promise<void> {
  const { id, order } = await undecided();
  await tell((await genuine(order)).toString());
  await stage.shop.waitForTold(id, "payment.paid");
}

test("a message altered in any one field is not acknowledged and changes nothing", async () => {
  const { id, order } = await undecided();
  const before = await stage.gateway.api.get(id);
  const message = await genuine(order);
  expect([...message.keys()].sort()).toEqual([...signedFields, "fpx_checkSum"].sort());
  for (const name of [...signedFields, "fpx_checkSum"]) {
    const value = message.get(name) ?? "";
    const replaced = name === "fpx_checkSum" ? `${value.startsWith("0") ? "1" : "0"}${value.slice(1)}` : `${value}0`;
    for (const change of ["changed", "emptied", "left out", "doubled"] as const) {
      // An empty field that is emptied, or a blank one that is left out, is the genuine message.
      if (value === "" && (change === "emptied" || change === "left out")) continue;
      const altered = new URLSearchParams(message);
      if (change === "changed") altered.set(name, replaced);
      if (change === "emptied") altered.set(name, "");
      if (change === "left out") altered.delete(name);
      if (change === "doubled") altered.append(name, value);
      const answer = await tell(altered.toString());
      expect(answer.text, `${name} ${change}`).not.toBe("OK");
      expect(answer.status, `${name} ${change}`).toBe(403);
    }
  }
  expect(await stage.gateway.api.get(id)).toEqual(before);
  const answer = await tell(message.toString());
  expect([answer.status, answer.text]).toEqual([200, "OK"]);
  await stage.waitForStatus(id, "paid");
});

test("a message signed with anybody else's key is not acknowledged and changes nothing", async () => {
  const { id, order } = await undecided();
  const before = await stage.gateway.api.get(id);
  const message = await genuine(order);
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const source = signedFields.map((name) => message.get(name) ?? "").join("|");
  message.set("fpx_checkSum", createSign("RSA-SHA1").update(source).sign(privateKey, "hex").toUpperCase());
  const answer = await tell(message.toString());
  expect([answer.status, answer.text === "OK"]).toEqual([403, false]);
  expect(await stage.gateway.api.get(id)).toEqual(before);
});

test("what is no message at all is not acknowledged: bars, control characters, broken escapes, nothing, too much", async () => {
  const { id, order } = await undecided();
  const before = await stage.gateway.api.get(id);
  const body = (await genuine(order)).toString();
  const broken = [
    "",
    "OK",
    body.replace("fpx_buyerName=", "fpx_buyerName=A%7CB"),
    body.replace("fpx_buyerName=", "fpx_buyerName=A%0AB"),
    body.replace("fpx_buyerName=", "fpx_buyerName=%zz"),
    `${body}&fpx_pad=${"A".repeat(70_000)}`,
    JSON.stringify(Object.fromEntries(new URLSearchParams(body))),
  ];
  for (const each of broken) {
    const answer = await tell(each);
    expect([answer.status, answer.text === "OK"], each.slice(0, 80)).toEqual([403, false]);
  }
  expect(await stage.gateway.api.get(id)).toEqual(before);
});

test("a forged message in the buyer's own browser gets a page that says so, and changes nothing", async () => {
  const { id, order } = await undecided();
  const before = await stage.gateway.api.get(id);
  const message = await genuine(order, "51", "indirect");
  message.set("fpx_debitAuthCode", "00");
  const answer = await send<string>(`${stage.gateway.url}/fpx/indirect`, { method: "POST", body: message });
  expect(answer.status).toBe(403);
  expect(answer.headers.get("content-type")).toContain("text/html");
  expect(answer.text).toContain("could not confirm this answer");
  expect(await stage.gateway.api.get(id)).toEqual(before);
});

test("an authentic message about another amount, currency, seller, order or model is believed in nothing and shown to a person", async () => {
  const { id, order } = await undecided();
  const before = await stage.gateway.api.get(id);
  const facts = {
    fpx_txnAmount: "1.00",
    fpx_txnCurrency: "SGD",
    fpx_sellerId: "SE99999999",
    fpx_sellerOrderNo: "ANOTHER",
    fpx_msgToken: "02",
  };
  for (const [name, value] of Object.entries(facts)) {
    const message = await stage.gateway.exchange.message(order, {
      route: "direct",
      code: "00",
      overrides: { [name]: value },
      sign: true,
    });
    await tell(message.body);
    expect(await stage.gateway.api.get(id), name).toEqual(before);
  }
  const cases = await operate<{ kind: string; paymentId: string; detail: { differing: string[] } }[]>(stage.gateway, [
    "cases",
    "list",
  ]);
  const about = cases.filter((each) => each.paymentId === id);
  expect(about.map((each) => each.kind)).toContain("facts_differ");
});

test("an authentic message of another exchange, or about an order that is not ours, is not acknowledged", async () => {
  const { id, order } = await undecided();
  const before = await stage.gateway.api.get(id);
  for (const overrides of [{ fpx_sellerExId: "EX99999999" }, { fpx_sellerExOrderNo: "KP00000000" }]) {
    const message = await stage.gateway.exchange.message(order, { route: "direct", code: "00", overrides, sign: true });
    const answer = await tell(message.body);
    expect([answer.status, answer.text === "OK"]).toEqual([403, false]);
  }
  expect(await stage.gateway.api.get(id)).toEqual(before);
});

test("the same message many times, side by side, is acknowledged every time and pays once", async () => {
  const { id, order } = await undecided();
  const body = (await genuine(order)).toString();
  const answers = await Promise.all(Array.from({ length: 12 }, () => tell(body)));
  expect(answers.map((each) => each.text)).toEqual(Array.from({ length: 12 }, () => "OK"));
  const paid = await stage.waitForStatus(id, "paid");
  expect(paid.attempts).toHaveLength(1);
  expect(paid.flags).toEqual([]);
  await stage.shop.waitForTold(id, "payment.paid");
  await anotherIsTold();
  expect(stage.shop.visitsTo("/callback").filter((visit) => visit.body.includes(id))).toHaveLength(1);
});

test.each([
  { said: ["00", "09", "00"], means: "a pending message after the success" },
  { said: ["09", "00", "99"], means: "an awaited approval after the success" },
  { said: ["51", "00"], means: "the success after a refusal" },
  { said: ["1M", "00", "51"], means: "a refusal before and after the success" },
])("messages in another order still end in one payment: $means", async ({ said }) => {
  const { id, order } = await undecided();
  for (const code of said) expect((await tell((await genuine(order, code)).toString())).text).toBe("OK");
  const paid = await stage.waitForStatus(id, "paid");
  expect(paid).toMatchObject({ certainty: "final", flags: [] });
  expect(paid.attempts.map((each) => each.status)).toEqual(["succeeded"]);
  const told = await stage.shop.waitForTold(id, "payment.paid");
  expect(told.payment.status).toBe("paid");
  expect(stage.shop.told(id).filter((each) => each.type === "payment.paid")).toHaveLength(1);
});

test("direct messages that the exchange doubles, and a browser's that it doubles, pay once", async () => {
  const payment = await stage.create();
  await stage.gateway.exchange.script({
    match: { seller_order_no: payment.invoice },
    direct: "duplicate",
    indirect: "duplicate",
  });
  const buyer = await stage.buyerAtBank(payment);
  await decideAtBank(buyer, "Approve");
  await buyer.press("Continue");
  await buyer.press("Continue to the shop");
  expect(buyer.page.heading).toBe("Payment successful");
  const sent = await until("both direct messages to be acknowledged", async () => {
    const { messages } = await stage.atExchange(payment.id);
    const direct = messages.filter((each) => each.route === "direct" && each.answer?.acknowledged === true);
    return direct.length === 2 && direct;
  });
  expect(sent).toHaveLength(2);
  expect(await stage.gateway.api.get(payment.id)).toMatchObject({ status: "paid", flags: [] });
  await stage.shop.waitForTold(payment.id, "payment.paid");
  expect(stage.shop.told(payment.id)).toHaveLength(1);
});
