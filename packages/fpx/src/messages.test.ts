import { describe, expect, it } from "vitest";
import {
  type AuthorisationInput,
  authorisationFields,
  authorisationRequest,
  bankListRequest,
  encodeForm,
  enquiryRequest,
  FpxFormatError,
  formatAmount,
  parseAmount,
  parseBankList,
  parseForm,
  parseReply,
} from "./messages.ts";

const order: AuthorisationInput = {
  sellerExId: "EX00001234",
  sellerExOrderNo: "X-2023-1",
  sellerTxnTime: "20230615112327",
  sellerOrderNo: "INV-10001",
  sellerId: "SE00005678",
  sellerBankCode: "01",
  amountSen: 100,
  buyerBankId: "MB2U0227",
  productDescription: "Batik shirt",
  version: "7.0",
  model: "b2c",
};

describe("an authorisation request", () => {
  it("carries all twenty fields, blank ones included", () => {
    const request = authorisationRequest(order);
    expect(Object.keys(request).sort()).toEqual([...authorisationFields]);
    expect(Object.values(request).filter((value) => value === "")).toHaveLength(7);
    expect(request).toMatchObject({
      fpx_msgType: "AR",
      fpx_msgToken: "01",
      fpx_txnAmount: "1.00",
      fpx_txnCurrency: "MYR",
    });
    expect(authorisationRequest({ ...order, model: "b2b1" })["fpx_msgToken"]).toBe("02");
  });

  it.each([
    ["Kopi Jalan Café – ‘asli’", "Kopi Jalan Cafe - 'asli'"],
    ['{"id":7,"note":"a|b"}', "id 7, note a b"],
    ["  padded \t\r\n text  ", "padded text"],
    ["a description of more than thirty letters", "a description of more than thi"],
    ["exactly twenty-nine letters .. cut", "exactly twenty-nine letters .."],
    ["cut where a word ends exactly so and goes on", "cut where a word ends exactly"],
    ["付款", "INV-10001"],
    ["", "INV-10001"],
  ])("says %j to FPX as %j", (description, sent) => {
    expect(authorisationRequest({ ...order, productDescription: description })["fpx_productDesc"]).toBe(sent);
  });

  it.each([
    ["Nguyễn Văn Đức", "Nguyen Van Duc"],
    ['Ali "Boy" bin Abu; Esq.', 'Ali "Boy" bin Abu; Esq.'],
    ["陈大文 Tan", "Tan"],
    ["陈大文", ""],
    ["A".repeat(60), "A".repeat(40)],
  ])("sends the buyer's name %j as %j", (name, sent) => {
    expect(authorisationRequest({ ...order, buyerName: name })["fpx_buyerName"]).toBe(sent);
  });

  it.each([
    ["siti@example.my", "siti@example.my"],
    [" siti@example.my ", "siti@example.my"],
    ["siti+shop@example.my", ""],
    ["sití@example.my", ""],
    [`${"a".repeat(50)}@example.my`, ""],
  ])("sends the e-mail address %j as %j, whole or not at all", (email, sent) => {
    expect(authorisationRequest({ ...order, buyerEmail: email })["fpx_buyerEmail"]).toBe(sent);
  });

  it.each([
    ["fpx_sellerExId", { sellerExId: "EX000012345" }],
    ["fpx_sellerExId", { sellerExId: "" }],
    ["fpx_sellerExOrderNo", { sellerExOrderNo: "A&B" }],
    ["fpx_sellerExOrderNo", { sellerExOrderNo: "A".repeat(41) }],
    ["fpx_sellerExOrderNo", { sellerExOrderNo: "é" }],
    ["fpx_sellerOrderNo", { sellerOrderNo: "A'B" }],
    ["fpx_sellerOrderNo", { sellerOrderNo: "A|B" }],
    ["fpx_sellerOrderNo", { sellerOrderNo: " " }],
    ["fpx_sellerTxnTime", { sellerTxnTime: "2023061511232" }],
    ["fpx_sellerTxnTime", { sellerTxnTime: "20230615242327" }],
    ["fpx_sellerId", { sellerId: "SE 0001234" }],
    ["fpx_sellerBankCode", { sellerBankCode: "001" }],
    ["fpx_buyerBankId", { buyerBankId: "" }],
    ["fpx_buyerBankId", { buyerBankId: "MB2U02270000" }],
    ["fpx_version", { version: "7" }],
    ["fpx_txnAmount", { amountSen: 0 }],
    ["fpx_txnAmount", { amountSen: -100 }],
    ["fpx_txnAmount", { amountSen: 1.5 }],
    ["fpx_txnAmount", { amountSen: Number.NaN }],
  ] as const)("names %s when its value is one that FPX does not take: %j", (field, change) => {
    const fault = thrownBy(() => authorisationRequest({ ...order, ...change }));
    expect(fault).toBeInstanceOf(FpxFormatError);
    expect(fault).toMatchObject({ name: "FpxFormatError", field });
  });

  it("never repeats a refused value in the fault", () => {
    expect(String(thrownBy(() => authorisationRequest({ ...order, sellerOrderNo: "secret|value" })))).not.toContain(
      "secret",
    );
  });
});

describe("an enquiry", () => {
  it("repeats the request's values, with another type and without its signature", () => {
    const sent = authorisationRequest({ ...order, buyerName: "Siti" });
    expect(enquiryRequest({ ...sent, fpx_checkSum: "AB", fpx_eaccountNum: "" })).toEqual({
      ...sent,
      fpx_msgType: "AE",
    });
  });

  it("is refused for anything but a whole authorisation request", () => {
    const sent = authorisationRequest(order);
    const { fpx_buyerIban: _, ...incomplete } = sent;
    expect(thrownBy(() => enquiryRequest(incomplete))).toMatchObject({ field: "fpx_buyerIban" });
    expect(thrownBy(() => enquiryRequest({ ...sent, fpx_msgType: "AC" }))).toMatchObject({ field: "fpx_msgType" });
  });
});

describe("a bank list request", () => {
  it("asks for one model's banks", () => {
    expect(bankListRequest({ sellerExId: "EX00001234", model: "b2b1", version: "7.0" })).toEqual({
      fpx_msgType: "BE",
      fpx_msgToken: "02",
      fpx_sellerExId: "EX00001234",
      fpx_version: "7.0",
    });
  });

  it("names the field that FPX would not take", () => {
    const request = { sellerExId: "EX|", model: "b2c", version: "7.0" } as const;
    expect(thrownBy(() => bankListRequest(request))).toMatchObject({ field: "fpx_sellerExId" });
  });
});

describe("reading a form", () => {
  it("keeps every value to the letter, spaces and blanks included", () => {
    expect(parseForm("fpx_a=+x+&fpx_b=&fpx_c=%20&fpx_d=a%3Db=c&fpx_e=%C3%A9")).toEqual({
      fpx_a: " x ",
      fpx_b: "",
      fpx_c: " ",
      fpx_d: "a=b=c",
      fpx_e: "é",
    });
  });

  it.each([
    ["a doubled field", "fpx_a=1&fpx_a=2", "fpx_a"],
    ["a field doubled with the same value", "fpx_a=1&fpx_b=2&fpx_a=1", "fpx_a"],
    ["a field doubled under percent-encoding", "fpx_a=1&fpx%5Fa=1", "fpx_a"],
    ["a bar", "fpx_a=x|y", "fpx_a"],
    ["an encoded bar", "fpx_a=x%7Cy", "fpx_a"],
    ["a line break", "fpx_a=x%0Ay", "fpx_a"],
    ["a null character", "fpx_a=%00", "fpx_a"],
    ["a delete character", "fpx_a=%7F", "fpx_a"],
    ["a C1 control character", "fpx_a=%C2%85", "fpx_a"],
    ["a percent sign alone", "fpx_a=100%", "fpx_a"],
    ["percent-encoding that is not hexadecimal", "fpx_a=%G1", "fpx_a"],
    ["percent-encoding that is not UTF-8", "fpx_a=%E9", "fpx_a"],
    ["overlong UTF-8", "fpx_a=%C1%BC", "fpx_a"],
    ["half a surrogate pair", "fpx_a=\ud800", "fpx_a"],
    ["a name that belongs to objects", "__proto__=1", undefined],
    ["a blank name", "=1", undefined],
    ["a name with a bar", "fpx|a=1", undefined],
    ["a page instead of a form", "<html>", undefined],
    ["more than 100 fields", Array.from({ length: 101 }, (_, index) => `fpx_${index}=`).join("&"), undefined],
    ["more than 64 KiB", `fpx_a=${"x".repeat(64 * 1024)}`, undefined],
  ])("refuses %s", (_name, raw, field) => {
    const fault = thrownBy(() => parseForm(raw));
    expect(fault).toBeInstanceOf(FpxFormatError);
    expect((fault as FpxFormatError).field).toBe(field);
  });

  it("takes as much as its limits say", () => {
    const many = Array.from({ length: 100 }, (_, index) => `fpx_${index}=`).join("&");
    expect(Object.keys(parseForm(many))).toHaveLength(100);
    expect(parseForm(`fpx_a=${"x".repeat(64 * 1024 - 6)}`)["fpx_a"]).toHaveLength(64 * 1024 - 6);
  });

  it("does not mistake an inherited name for a field", () => {
    expect(parseForm("constructor=1&toString=2")).toEqual({ constructor: "1", toString: "2" });
  });
});

describe("reading a reply", () => {
  it("drops the line breaks and spaces around it before the first key is read", () => {
    expect(parseReply("\r\n \nfpx_debitAuthCode=09&fpx_debitAuthNo=&\r\n&fpx_buyerName=A+B& \r\n")).toEqual({
      fpx_debitAuthCode: "09",
      fpx_debitAuthNo: "",
      fpx_buyerName: "A B",
    });
  });

  it("knows the bare refusal", () => {
    expect(parseReply("ERROR")).toBe("ERROR");
    expect(parseReply("\r\n ERROR \r\n")).toBe("ERROR");
  });

  it.each([
    "",
    "\r\n",
    "error",
    "ERROR ERROR",
    "<html><body>Bad gateway</body></html>",
    "fpx_a=1&fpx_a=2",
    "fpx_a=%7C",
  ])("refuses %j", (raw) => {
    expect(() => parseReply(raw)).toThrow(FpxFormatError);
  });
});

describe("writing a form", () => {
  it("escapes what would end a value, and writes blanks", () => {
    expect(encodeForm({ fpx_a: "x & y=z+1%", fpx_b: "", fpx_c: "é~," })).toBe(
      "fpx_a=x+%26+y%3Dz%2B1%25&fpx_b=&fpx_c=%C3%A9~%2C",
    );
  });

  it("refuses half a surrogate pair instead of changing it", () => {
    expect(thrownBy(() => encodeForm({ fpx_a: "\ud800" }))).toMatchObject({ field: "fpx_a" });
  });
});

describe("a bank list", () => {
  it("says which banks are online, unknown ones included, in the order given", () => {
    expect(parseBankList("MB2U0227~B,ABB0233~A,NEWBANK99~A")).toEqual([
      { bankId: "MB2U0227", online: false },
      { bankId: "ABB0233", online: true },
      { bankId: "NEWBANK99", online: true },
    ]);
    expect(parseBankList("")).toEqual([]);
  });

  it.each([
    "ABB0233",
    "ABB0233~",
    "ABB0233~C",
    "~A",
    "ABB0233~A,",
    "ABB0233~A, BSN0601~A",
    "ABB0233~A,ABB0233~B",
    "ERROR",
  ])("refuses %j", (text) => {
    expect(thrownBy(() => parseBankList(text))).toMatchObject({ name: "FpxFormatError", field: "fpx_bankList" });
  });
});

describe("an amount", () => {
  it.each([
    [0, "0.00"],
    [5, "0.05"],
    [100, "1.00"],
    [3000000, "30000.00"],
    [100000050, "1000000.50"],
  ])("of %d sen is written %s and read back", (amountSen, text) => {
    expect(formatAmount(amountSen)).toBe(text);
    expect(parseAmount(text)).toBe(amountSen);
  });

  it("is read without floating point where a decimal is left out", () => {
    expect(parseAmount("1")).toBe(100);
    expect(parseAmount("1.1")).toBe(110);
    expect(parseAmount("9999999999999.99")).toBe(999999999999999);
  });

  it.each([
    "",
    ".",
    "1.",
    ".5",
    "1.005",
    "1,000.00",
    "-1.00",
    "+1.00",
    " 1.00",
    "1.00 ",
    "1e3",
    "0x1",
    "١.٠٠",
    "12345678901234.00",
  ])("is refused when written %j", (text) => {
    expect(thrownBy(() => parseAmount(text))).toMatchObject({ field: "fpx_txnAmount" });
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("is refused as %d sen", (amountSen) => {
    expect(() => formatAmount(amountSen)).toThrow(FpxFormatError);
  });
});

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error("Nothing was thrown");
}
