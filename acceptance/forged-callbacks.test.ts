import { Webhook as StandardWebhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { newInvoice, send } from "./harness/api.ts";
import { newBuyer } from "./harness/buyer.ts";
import { forgeEnvelopes } from "./harness/forge-envelopes.ts";
import { forgeWebhooks, type Webhook } from "./harness/forge-webhooks.ts";
import { callGuide } from "./harness/guide-code.ts";
import { operate } from "./harness/operator.ts";
import { decideAtBank, defaultBank, openStage, type Stage } from "./harness/stage.ts";
import { isGenuineWebhook } from "./harness/standard-webhook.ts";
import { tellFigures } from "./harness/tell-figures.ts";
import { until } from "./harness/until.ts";
import { openEnvelope } from "./harness/wire-envelope.ts";

const subjects = 5;

/** What a forger may well have: the keys of a shop of their own. */
interface OtherShop {
  readonly api_key: string;
  readonly merchant_key: string;
  readonly signing_secret: string;
}

let stage: Stage;
let otherShop: OtherShop;
beforeAll(async () => {
  stage = await openStage();
  otherShop = await operate<OtherShop>(stage.gateway, [
    "merchants",
    "create",
    "Kedai Lain",
    "--website",
    "https://lain.example",
  ]);
});
afterAll(() => stage.close());
afterEach(() => void vi.useRealTimers());

/** Callbacks of the v2 API, of payments that were paid and that were refused. */
async function genuineWebhooks(): Promise<Webhook[]> {
  const ids = [];
  for (const button of ["Approve", "Cancel", "Approve", "Cancel", "Approve"]) {
    const payment = await stage.create();
    await decideAtBank(await stage.buyerAtBank(payment), button);
    ids.push(payment.id);
  }
  return Promise.all(
    ids.map(async (id) => {
      const { headers, body } = await stage.shop.waitForVisit("/callback", (visit) => visit.body.includes(id));
      const header = (name: string) => String(headers[`webhook-${name}`]);
      return { id: header("id"), timestamp: header("timestamp"), signature: header("signature"), body };
    }),
  );
}

const headersOf = ({ id, timestamp, signature }: Webhook) => ({
  "webhook-id": id,
  "webhook-timestamp": timestamp,
  "webhook-signature": signature,
});

/** Whether the guide's function, an independent library and the harness's own reading of the standard believe each of them. */
async function believed(
  secret: string,
  calls: readonly { headers: Record<string, string>; body: string }[],
  nowMs = Date.now(),
): Promise<boolean[][]> {
  const guide = await callGuide(
    "docs/guides/first-payment.md",
    "isFromGateway",
    calls.map(({ headers, body }) => [secret, headers, body]),
    nowMs,
  );
  vi.useFakeTimers({ toFake: ["Date"], now: nowMs });
  const library = new StandardWebhook(secret);
  const verifies = (headers: Record<string, string>, body: string) => {
    try {
      library.verify(body, headers);
      return true;
    } catch {
      return false;
    }
  };
  const verdicts = calls.map(({ headers, body }, i) => [
    guide[i]?.value === true,
    verifies(headers, body),
    isGenuineWebhook(secret, headers, body),
  ]);
  vi.useRealTimers();
  return verdicts;
}

const all = [true, true, true];
const none = [false, false, false];

test("five hundred forged callbacks of the v2 API are refused by the guide's check and by a Standard Webhooks library, and no genuine one is", async () => {
  const secret = stage.gateway.access.signing_secret;
  const genuine = await genuineWebhooks();
  const known = [
    otherShop.signing_secret,
    otherShop.api_key,
    stage.gateway.access.api_key,
    stage.gateway.access.merchant_key,
  ];
  const forged = genuine.flatMap((each) =>
    forgeWebhooks(
      each,
      genuine.filter((other) => other !== each),
      known,
    ),
  );
  expect(forged.length).toBeGreaterThanOrEqual(500);
  const verdicts = await believed(
    secret,
    forged.map(({ headers, body }) => ({ headers, body })),
  );
  expect(forged.filter((_, i) => verdicts[i]?.includes(true)).map(({ what }) => what)).toEqual([]);

  const calls = genuine.map((each) => ({ headers: headersOf(each), body: each.body }));
  expect(await believed(secret, calls)).toEqual(genuine.map(() => all));
  // While a secret is rolled, a callback carries a signature by each.
  const rolled = calls.map(({ headers, body }) => ({
    headers: { ...headers, "webhook-signature": `v1,${"A".repeat(43)}= ${headers["webhook-signature"]}` },
    body,
  }));
  expect(await believed(secret, rolled)).toEqual(genuine.map(() => all));
  for (const wrong of [otherShop.signing_secret, `whsec_${btoa("x".repeat(32))}`])
    expect(await believed(wrong, calls)).toEqual(genuine.map(() => none));
  for (const minutes of [-60, -6, 6, 60, 24 * 60])
    expect(await believed(secret, calls, Date.now() + minutes * 60_000), `${minutes} minutes`).toEqual(
      genuine.map(() => none),
    );
  for (const empty of ["", "whsec_"]) {
    const results = await callGuide("docs/guides/first-payment.md", "isFromGateway", [
      [empty, calls[0]?.headers, calls[0]?.body],
    ]);
    expect(results[0]?.error).toContain("missing");
  }
  tellFigures("callbacks of the v2 API", { forged: forged.length, genuine: genuine.length });
});

interface WireCallback {
  readonly invoice: string;
  readonly encoded: string;
  readonly sealed: string;
}

/** A callback of the wire protocol, about an order that was paid or refused. */
async function genuineEnvelope(button: string): Promise<WireCallback> {
  const invoice = newInvoice();
  const shop = stage.shop.url;
  const created = await send<{ checkout_url: string }>(`${stage.gateway.url}/payment/create`, {
    method: "POST",
    body: new URLSearchParams({
      ...{ merchant_key: stage.gateway.access.merchant_key, invoice, amount: "12.50", description: "Paint" },
      ...{
        callback_success: `${shop}/paid`,
        callback_error: `${shop}/not-paid`,
        callback_status: `${shop}/told/${invoice}`,
      },
    }),
  });
  const buyer = newBuyer();
  await buyer.open(created.body.checkout_url);
  await buyer.goToBank(defaultBank);
  await decideAtBank(buyer, button);
  const { form } = await stage.shop.waitForVisit(`/told/${invoice}`, () => true);
  return {
    invoice,
    encoded: form.get("encoded_transaction_data") ?? "",
    sealed: form.get("encrypted_transaction_data") ?? "",
  };
}

test("five hundred forged callbacks of the wire protocol are refused by the guide's check, and no genuine one is", async () => {
  const key = stage.gateway.access.merchant_key;
  const guide = "docs/guides/moving-from-kineticpay.md";
  const genuine: WireCallback[] = [];
  for (let i = 0; i < subjects; i += 1) genuine.push(await genuineEnvelope(i % 2 === 0 ? "Approve" : "Cancel"));
  const known = [
    otherShop.merchant_key,
    otherShop.signing_secret,
    stage.gateway.access.api_key,
    stage.gateway.access.signing_secret,
  ];
  const forged = genuine.flatMap(({ sealed, encoded }) => {
    const others = genuine.filter((other) => other.sealed !== sealed).map((other) => other.sealed);
    const wish = encoded
      .replace(/"transaction_status_code":"\w+"/, '"transaction_status_code":"00"')
      .replace("12.50", "1.00");
    return forgeEnvelopes(sealed, others, wish, known);
  });
  expect(forged.length).toBeGreaterThanOrEqual(500);
  const results = await callGuide(
    guide,
    "openCallback",
    forged.map(({ sealed }) => [key, sealed]),
  );
  expect(forged.filter((_, i) => results[i]?.error === undefined).map(({ what }) => what)).toEqual([]);
  for (const { sealed, what } of forged) expect(() => openEnvelope(key, sealed), what).toThrow();

  const opened = await callGuide(
    guide,
    "openCallback",
    genuine.map(({ sealed }) => [key, sealed]),
  );
  const records = genuine.map(({ encoded }) => (JSON.parse(encoded) as { record: Record<string, unknown> }).record);
  expect(opened.map(({ value }) => value)).toEqual(records);
  for (const { sealed, encoded } of genuine) expect(openEnvelope(key, sealed)).toBe(encoded);
  for (const wrong of [otherShop.merchant_key, `${key}x`, key.slice(0, -1), ""]) {
    const refused = await callGuide(
      guide,
      "openCallback",
      genuine.map(({ sealed }) => [wrong, sealed]),
    );
    expect(refused.filter(({ error }) => error === undefined)).toEqual([]);
  }
  tellFigures("callbacks of the wire protocol", { forged: forged.length, genuine: genuine.length });

  // What the plugin of old believed: a code in a form that anybody can send. And what is genuine, but about something else.
  const order = { number: genuine[0]?.invoice, amount: "12.50" };
  const bare = await callGuide(guide, "openCallback", [
    [key, undefined],
    [key, null],
    [key, genuine[0]?.encoded],
  ]);
  expect(bare.filter(({ error }) => error === undefined)).toEqual([]);
  const [paid, cancelled, another] = records;
  const compared = await callGuide(guide, "isPaid", [
    [paid, order],
    [cancelled, { ...order, number: genuine[1]?.invoice }],
    [another, order],
    [paid, { ...order, amount: "125.00" }],
    [paid, { ...order, number: `${order.number}0` }],
  ]);
  expect(compared.map(({ value }) => value)).toEqual([true, false, false, false, false]);
});

test("a forged callback can be told from a genuine one also when it is posted to the shop beside it", async () => {
  const payment = await stage.create();
  await decideAtBank(await stage.buyerAtBank(payment), "Cancel");
  const { headers, body } = await stage.shop.waitForVisit("/callback", (visit) => visit.body.includes(payment.id));
  const {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signature,
  } = headers as Record<string, string>;
  await send(`${stage.shop.url}/callback/forged`, {
    method: "POST",
    headers: { "webhook-id": `${id}`, "webhook-timestamp": `${timestamp}`, "webhook-signature": `${signature}` },
    body: body.replace("payment.attempt_failed", "payment.paid"),
  });
  await until("the forged callback", () => stage.shop.visitsTo("/callback/forged").length === 1);
  expect(() => stage.shop.told(payment.id)).toThrow("not genuine");
});
