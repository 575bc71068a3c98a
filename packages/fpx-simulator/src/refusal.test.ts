import { verifyWithAny } from "@kineticpay/fpx/certificates";
import { sign } from "@kineticpay/fpx/checksum";
import {
  authorisationFields,
  bankListFields,
  encodeForm,
  enquiryRequest,
  type FpxFields,
  parseBankList,
} from "@kineticpay/fpx/messages";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createMerchant, postForm, postText, replyFields, sellerId } from "./testing/merchant.ts";
import { startTrial, type Trial } from "./testing/trial.ts";

let trial: Trial;
beforeAll(async () => {
  trial = await startTrial({ sellerIds: [sellerId] });
});
afterEach(async () => {
  await trial.control("POST", "/reset");
  trial.gateway.received.length = 0;
});
afterAll(() => trial.close());

const receiver = "/FPXMain/seller2DReceiver.jsp";
const enquiries = "/FPXMain/sellerNVPTxnStatus.jsp";

async function expectErrorPage(body: FpxFields | string): Promise<void> {
  const before = trial.gateway.received.length;
  const response = await postForm(trial.simulator.url + receiver, body);
  expect(response.status).toBe(400);
  expect(await response.text()).toContain("FPX could not find any data");
  expect(trial.gateway.received).toHaveLength(before);
}

async function transactions(): Promise<unknown[]> {
  return ((await (await trial.control("GET", "/transactions")).json()) as { data: unknown[] }).data;
}

test.each(authorisationFields)(
  "an AR whose %s was altered shows the buyer an error and calls nobody back",
  async (field) => {
    const genuine = trial.merchant.authorise();
    await expectErrorPage({ ...genuine, [field]: `${genuine[field]}1` });
    expect(await transactions()).toHaveLength(0);
  },
);

test("an AR that is signed by another key, unsigned, malformed or empty starts nothing", async () => {
  const genuine = trial.merchant.authorise();
  await expectErrorPage(createMerchant().signed(genuine));
  await expectErrorPage(Object.fromEntries(authorisationFields.map((field) => [field, genuine[field] ?? ""])));
  await expectErrorPage(`${encodeForm(genuine)}&fpx_txnAmount=1.00`);
  await expectErrorPage("");
  expect(await transactions()).toHaveLength(0);
});

test.each([
  { fpx_sellerExId: "EX00000002" },
  { fpx_sellerId: "SE00000002" },
  { fpx_msgType: "AE" },
  { fpx_msgToken: "03" },
  { fpx_sellerExOrderNo: "" },
])("a well-signed AR with %o starts nothing", async (change) => {
  await expectErrorPage(trial.merchant.signed({ ...trial.merchant.authorise(), ...change } as FpxFields));
  expect(await transactions()).toHaveLength(0);
});

test("the same AR again leads to the same bank page while the payment is unfinished", async () => {
  const authorisation = trial.merchant.authorise();
  const path = await trial.start(authorisation);
  expect(await trial.start(authorisation)).toBe(path);
  expect(await transactions()).toHaveLength(1);
});

test("a used order number is refused once its payment is finished, or with another amount, and alters nothing", async () => {
  const authorisation = trial.merchant.authorise();
  const path = await trial.start(authorisation);
  await expectErrorPage(trial.merchant.signed({ ...authorisation, fpx_txnAmount: "1.00" }));
  await trial.press(`${path}/decide`, { action: "approve" });
  await expectErrorPage(authorisation);
  const told = replyFields(await trial.merchant.enquire(trial.simulator.url, authorisation));
  expect(told).toMatchObject({ fpx_debitAuthCode: "00", fpx_txnAmount: authorisation["fpx_txnAmount"] });
});

test.each([
  ["an unknown bank", { fpx_buyerBankId: "NOBANK01" }, "92"],
  ["another currency", { fpx_txnCurrency: "SGD" }, "47"],
  ["less than RM 1", { fpx_txnAmount: "0.99" }, "2A"],
  ["more than RM 30,000", { fpx_txnAmount: "30000.01" }, "48"],
  ["an amount that is none", { fpx_txnAmount: "1,000.00" }, "13"],
])("a verified AR with %s is declined at once with a direct AC", async (_what, change, code) => {
  const authorisation = trial.merchant.signed({ ...trial.merchant.authorise(), ...change } as FpxFields);
  const page = await trial.page(await trial.start(authorisation));
  expect(page).toContain("Payment not made");
  expect(trial.gateway.received.map(({ fields }) => fields["fpx_debitAuthCode"])).toEqual([code]);
});

test("a bank that was taken offline is listed as blocked and declines payments until it is back", async () => {
  const { merchant, simulator } = trial;
  const statusOf = async (bankId: string) => {
    const list = replyFields(await merchant.listBanks(simulator.url, "b2c"));
    expect(verifyWithAny(list, bankListFields, trial.gateway.certificates, new Date())).toBeDefined();
    return parseBankList(list["fpx_bankList"] ?? "").find((bank) => bank.bankId === bankId)?.online;
  };
  expect(await statusOf("TEST0022")).toBe(true);
  await trial.control("POST", "/banks/TEST0022", { model: "b2c", online: false });
  expect(await statusOf("TEST0022")).toBe(false);
  expect(await statusOf("TEST0021")).toBe(true);
  await trial.start(merchant.authorise({ bankId: "TEST0022" }));
  expect(trial.gateway.received.map(({ fields }) => fields["fpx_debitAuthCode"])).toEqual(["BB"]);
  await trial.press("/banks", { model: "b2c", bank_id: "TEST0022", online: "true" });
  expect(await statusOf("TEST0022")).toBe(true);
});

test("an enquiry about an order that never arrived tells 76 without an FPX id", async () => {
  const told = replyFields(await trial.merchant.enquire(trial.simulator.url, trial.merchant.authorise()));
  expect(told).toMatchObject({ fpx_msgType: "AC", fpx_debitAuthCode: "76", fpx_fpxTxnId: "", fpx_fpxTxnTime: "" });
});

test("an enquiry or bank list request that does not verify is answered with the bare word ERROR", async () => {
  const { url } = trial.simulator;
  const authorisation = trial.merchant.authorise();
  const enquiry = trial.merchant.signed(enquiryRequest(authorisation));
  const stranger = createMerchant();
  const foreign = sign(enquiryRequest(authorisation), authorisationFields, stranger.privateKey);
  for (const fields of [{ ...enquiry, fpx_txnAmount: "1.00" }, foreign, authorisation, {}]) {
    expect((await postText(url + enquiries, fields)).trim()).toBe("ERROR");
  }
  expect((await stranger.listBanks(url, "b2c")).trim()).toBe("ERROR");
});

test("a body over 64 KiB is refused", async () => {
  await expectErrorPage(`fpx_msgType=${"A".repeat(70_000)}`);
  expect((await (await postForm(trial.simulator.url + enquiries, "A".repeat(70_000))).text()).trim()).toBe("ERROR");
});
