import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { confirmationFields } from "@kineticpay/fpx/messages";
import { issueCertificate } from "@kineticpay/fpx-simulator/testing/certificate";
import { Agent, request } from "undici";
import { afterAll, beforeAll, expect, it } from "vitest";
import { enquirePermitted } from "../payments/enquire-attempt.ts";
import type { Attempt, Payment } from "../payments/payment.ts";
import { readPayment } from "../payments/read-payments.ts";
import { EnquiryFailed } from "../rails/rail.ts";
import { createOutbound } from "../seams/outbound.ts";
import { openVisitor, type Visitor } from "../testing/checkout-visitor.ts";
import { alterFields } from "../testing/forgery/altered-fields.ts";
import { breakBodies } from "../testing/forgery/broken-bodies.ts";
import { type Forgery, type Genuine, genuineOf, isSameMessage } from "../testing/forgery/forgery.ts";
import { forgeSignatures, type Signers } from "../testing/forgery/wrong-signatures.ts";
import { tellFigures } from "../testing/tell-figures.ts";
import { openTestGateway, type TestGateway } from "../testing/test-gateway.ts";
import { wholeDatabase } from "../testing/whole-database.ts";

const day = 86_400_000;
const atOnce = 16;
const agent = new Agent({ connections: atOnce });
/** What the exchange answers to the next enquiries, instead of what it would. */
let enquiryAnswer: string | undefined;
const strangers: Record<string, Signers["exchange"]> = {};

let test: TestGateway;
let visitor: Visitor;
let signers: Signers;
beforeAll(async () => {
  const real = createOutbound({ privateTargets: "on" });
  test = await openTestGateway({
    outbound: {
      close: () => real.close(),
      async post(call) {
        if (enquiryAnswer === undefined || !call.url.includes("TxnStatus")) return real.post(call);
        return { status: 200, headers: {}, body: enquiryAnswer, truncated: false, durationMs: 1 };
      },
    },
    async layCertificates(directory) {
      const now = Date.now();
      for (const [name, from, until] of [
        ["an expired certificate", -400, -35],
        ["a certificate that begins tomorrow", 1, 400],
        ["a successor before its turn", -1, 12_000],
      ] as const) {
        const { pem, privateKey } = await issueCertificate(
          name,
          new Date(now + from * day),
          new Date(now + until * day),
        );
        await writeFile(path.join(directory, `${name.replaceAll(" ", "-")}.cer`), pem);
        strangers[`the key of ${name}`] = privateKey;
      }
    },
  });
  visitor = openVisitor(test);
  const { dataDirectory } = test.gateway.config;
  const keyOf = async (...names: string[]) => createPrivateKey(await readFile(path.join(dataDirectory, ...names)));
  strangers["the gateway's own key"] = await keyOf("fpx", "sandbox-exchange.key");
  strangers["a key of nobody"] = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  strangers["a longer key of nobody"] = generateKeyPairSync("rsa", { modulusLength: 4096 }).privateKey;
  strangers["an elliptic key"] = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  signers = { exchange: await keyOf("simulator", "exchange-key.pem"), strangers, order: confirmationFields };
});
afterAll(async () => {
  await agent.destroy();
  await test.close();
});

type Told = { readonly status: number; readonly text: string };

/** Posts a message as the exchange or a browser would. */
async function tell(route: "direct" | "indirect", body: string): Promise<Told> {
  const answer = await request(`${test.url}/fpx/${route}`, {
    ...{ method: "POST", dispatcher: agent, body },
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
  return { status: answer.statusCode, text: await answer.body.text() };
}

/** A buyer at the bank, undecided, and what the exchange would say of that in each case. */
async function atBank(change: Parameters<Visitor["create"]>[0] = {}) {
  const payment = await visitor.create(change);
  const attempt = await visitor.goToBank(payment);
  const say = async (code: string): Promise<Genuine> => genuineOf(await visitor.bankMessage(attempt, code));
  return { payment, attempt, say };
}

const attemptOf = async (payment: Payment) => (await visitor.attempts(payment))[0] as Attempt;

async function forEachOf<T>(list: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...list];
  const worker = async () => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) await work(next);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/**
 * Every forgery of two genuine messages about one order: that it was paid, and that it was not.
 * @param read what the reader of such a message takes off around it
 */
async function forgeAll(
  subject: Awaited<ReturnType<typeof atBank>>,
  read = (body: string): string => body,
): Promise<Forgery[]> {
  const other = await atBank({ amountSen: 100 });
  const [paid, refused] = [await subject.say("00"), await subject.say("51")];
  const others = [refused, await subject.say("99"), await other.say("00"), await other.say("51")];
  const made = [
    ...[paid, refused].flatMap((each) => alterFields(each, confirmationFields)),
    ...[paid, refused].flatMap(breakBodies),
    ...forgeSignatures(paid, others, signers),
    ...forgeSignatures(refused, [paid], signers),
  ];
  // A forger's luck: a change that changes nothing, such as capitals of a word in capitals.
  return made.filter(({ body }) => ![paid, ...others].some((each) => isSameMessage(read(body), each)));
}

const counted: Record<string, number> = {};

it.each(["direct", "indirect"] as const)(
  "answers no forged message on /fpx/%s with success, and changes nothing by it",
  {
    timeout: 120_000,
  },
  async (route) => {
    const subject = await atBank();
    const forgeries = await forgeAll(subject);
    const before = await wholeDatabase(test.gateway.db);
    const believed: string[] = [];
    await forEachOf(forgeries, async ({ what, body }) => {
      const { status, text } = await tell(route, body);
      if (status !== 403 || text.trim() === "OK") believed.push(`${what}: ${status} ${text.slice(0, 40)}`);
    });
    counted[route] = forgeries.length;
    expect(believed.slice(0, 10)).toEqual([]);
    expect(await wholeDatabase(test.gateway.db)).toBe(before);
    // The message from which they were made is believed, so it was their falsehood alone that stopped them.
    const { status, text } = await tell(route, (await subject.say("00")).body);
    expect([status, text]).toEqual(route === "direct" ? [200, "OK"] : [303, ""]);
  },
);

it("takes no forged answer to an enquiry for one, and changes nothing by it", { timeout: 120_000 }, async () => {
  const subject = await atBank();
  const other = await atBank();
  const attempt = await attemptOf(subject.payment);
  const paid = await subject.say("00");
  const forgeries = [
    ...(await forgeAll(subject, (body) => body.replace(/[\r\n]/g, "").trim())),
    { what: "a genuine answer about another order", body: (await other.say("00")).body },
  ];
  const before = await wholeDatabase(test.gateway.db);
  const believed: string[] = [];
  for (const { what, body } of forgeries) {
    enquiryAnswer = body;
    const outcome = await enquirePermitted(test.gateway, attempt, 5_000).catch((error: unknown) => error);
    if (!(outcome instanceof EnquiryFailed)) believed.push(`${what}: ${String(outcome)}`);
  }
  counted["enquiry"] = forgeries.length;
  expect(believed.slice(0, 10)).toEqual([]);
  expect(await wholeDatabase(test.gateway.db)).toBe(before);
  enquiryAnswer = paid.body;
  expect((await enquirePermitted(test.gateway, attempt, 5_000)).effect).toBe("paid");
  enquiryAnswer = undefined;
});

const otherSums: readonly Readonly<Record<string, string>>[] = [
  ...["0.01", "1.00", "12.49", "12.51", "125.00", "1250.00", "30000.00", "0.00", "-12.50", "12,50", "1.25e1", ""],
  ...["12.500", "12.50 ", "+12.50", "١٢.٥٠", "99999999999999.99"],
]
  .map((amount): Record<string, string> => ({ fpx_txnAmount: amount }))
  .concat(["SGD", "USD", "myr", "MYR ", "RM", ""].map((currency) => ({ fpx_txnCurrency: currency })))
  .concat([{ fpx_txnAmount: "1.00", fpx_txnCurrency: "SGD" }]);

it.each(["direct", "indirect", "enquiry"] as const)(
  "pays nothing and shows a person each message (%s) that the exchange itself signed about another sum or currency",
  { timeout: 60_000 },
  async (route) => {
    for (const overrides of otherSums) {
      const { payment, attempt } = await atBank();
      const about = `/transactions/${attempt.orderNumber}/message`;
      const signed = { route: "direct", code: "00", overrides, sign: true };
      const { body } = (await visitor.control(about, signed)) as { body: string };
      if (route === "enquiry") {
        enquiryAnswer = body;
        expect((await enquirePermitted(test.gateway, attempt, 5_000)).effect).toBe("facts_differ");
        enquiryAnswer = undefined;
      } else expect((await tell(route, body)).status).toBe(route === "direct" ? 200 : 303);
      const { payment: after } = await readPayment(test.gateway, test.merchant.collectionId, payment.id);
      expect([after.status, (await attemptOf(payment)).status], JSON.stringify(overrides)).toEqual([
        "processing",
        "in_flight",
      ]);
      const found = await test.gateway.db.query<{ kind: string; received: string[] }>(
        "select kind, detail->'received' as received from cases where payment_id = $1",
        [payment.id],
      );
      expect(found).toEqual([{ kind: "facts_differ", received: Object.values(overrides) }]);
      expect(
        await test.gateway.db.query("select 1 from ledger_transactions where payment_id = $1", [payment.id]),
      ).toEqual([]);
    }
    tellFigures("other sums", { ways: 1, messages: otherSums.length });
  },
);

it("reads a genuine message by its signed fields alone, however it is written and whatever else is beside them", async () => {
  const clothes: readonly ((genuine: Genuine) => string)[] = [
    ({ body }) =>
      body.replace(/fpx_checkSum=\w+/, (found) => found.toLowerCase().replace("fpx_checksum", "fpx_checkSum")),
    ({ body }) => body.split("&").reverse().join("&"),
    ({ body }) => `&&${body}&`,
    ({ body }) => body.replace("SE00000001", "%53E00000001"),
    ({ body }) => `${body}&fpx_eaccountNum=&fpx_ebuyerID=`,
    ({ body }) => `${body}&FPX_DEBITAUTHCODE=00&fpx_debitauthcode=00&debitAuthCode=00&status=00&code=00`,
    ({ body }) => `fpx_DebitAuthCode=00&fpx_paid=1&${body}`,
  ];
  for (const [i, dress] of clothes.entries()) {
    const { payment, say } = await atBank();
    expect(await tell("direct", dress(await say("51"))), `clothes ${i}`).toEqual({ status: 200, text: "OK" });
    expect((await attemptOf(payment)).status).toBe("failed");
  }
});

it("has tried at least five thousand forgeries", () => {
  const total = Object.values(counted).reduce((sum, each) => sum + each, 0);
  tellFigures("forged messages", { total, ...counted });
  expect(total).toBeGreaterThanOrEqual(5_000);
});
