import { decodeForm } from "./decode-form.ts";
import { nameCharacter, outboundFault, plainCharacter } from "./outbound-rules.ts";
import { toPlainText } from "./plain-text.ts";

/** Whose account pays: a person's (`b2c`) or a company's, with a maker and a checker (`b2b1`). */
export type FpxModel = "b2c" | "b2b1";

/** The `fpx_msgToken` of each model. */
export const messageToken: Readonly<Record<FpxModel, "01" | "02">> = { b2c: "01", b2b1: "02" };

/** A decoded message: field name (with its `fpx_` prefix) to value. */
export type FpxFields = Readonly<Record<string, string>>;

/** What is wrong with a message or a value; `field` names the place when there is one. Never repeats a value. */
export class FpxFormatError extends Error {
  override readonly name = "FpxFormatError";
  readonly field?: string;

  constructor(message: string, field?: string) {
    super(field === undefined ? message : `${message} (${field})`);
    if (field !== undefined) this.field = field;
  }
}

/** The signed fields of AR and AE, in the order of the signature. */
export const authorisationFields: readonly string[] = [
  "fpx_buyerAccNo",
  "fpx_buyerBankBranch",
  "fpx_buyerBankId",
  "fpx_buyerEmail",
  "fpx_buyerIban",
  "fpx_buyerId",
  "fpx_buyerName",
  "fpx_makerName",
  "fpx_msgToken",
  "fpx_msgType",
  "fpx_productDesc",
  "fpx_sellerBankCode",
  "fpx_sellerExId",
  "fpx_sellerExOrderNo",
  "fpx_sellerId",
  "fpx_sellerOrderNo",
  "fpx_sellerTxnTime",
  "fpx_txnAmount",
  "fpx_txnCurrency",
  "fpx_version",
];

/** The signed fields of AC (direct, indirect and as the reply to AE), in the order of the signature. */
export const confirmationFields: readonly string[] = [
  "fpx_buyerBankBranch",
  "fpx_buyerBankId",
  "fpx_buyerIban",
  "fpx_buyerId",
  "fpx_buyerName",
  "fpx_creditAuthCode",
  "fpx_creditAuthNo",
  "fpx_debitAuthCode",
  "fpx_debitAuthNo",
  "fpx_fpxTxnId",
  "fpx_fpxTxnTime",
  "fpx_makerName",
  "fpx_msgToken",
  "fpx_msgType",
  "fpx_sellerExId",
  "fpx_sellerExOrderNo",
  "fpx_sellerId",
  "fpx_sellerOrderNo",
  "fpx_sellerTxnTime",
  "fpx_txnAmount",
  "fpx_txnCurrency",
];

/** The signed fields of BE, in the order of the signature. */
export const bankListRequestFields: readonly string[] = [
  "fpx_msgToken",
  "fpx_msgType",
  "fpx_sellerExId",
  "fpx_version",
];

/** The signed fields of BC, in the order of the signature. */
export const bankListFields: readonly string[] = ["fpx_bankList", "fpx_msgToken", "fpx_msgType", "fpx_sellerExId"];

export interface AuthorisationInput {
  /** The exchange id, `EX` and eight digits. */
  readonly sellerExId: string;
  /** Our unique key of this attempt; never used twice. No `&` or `'`. */
  readonly sellerExOrderNo: string;
  /** Malaysian time, `YYYYMMDDHHmmss`. */
  readonly sellerTxnTime: string;
  /** The order number that the buyer sees. No `&` or `'`. */
  readonly sellerOrderNo: string;
  readonly sellerId: string;
  readonly sellerBankCode: string;
  readonly amountSen: number;
  readonly buyerEmail?: string;
  readonly buyerName?: string;
  readonly buyerBankId: string;
  readonly productDescription: string;
  readonly version: string;
  readonly model: FpxModel;
}

/**
 * Builds the unsigned AR with all 20 signed fields, blank ones included.
 *
 * Free text is fitted to what FPX takes: the description becomes plain ASCII cut to 30 characters (the order number
 * stands in when nothing is left of it), the buyer's name likewise to 40 or blank, and an e-mail address that cannot
 * be sent unchanged is left blank, because half an address is another person's.
 *
 * @throws FpxFormatError naming the field when any other value is missing, too long or holds a banned character
 */
export function authorisationRequest(input: AuthorisationInput): FpxFields {
  if (!(input.amountSen > 0)) throw new FpxFormatError("The amount must be more than nothing", "fpx_txnAmount");
  const email = input.buyerEmail?.trim() ?? "";
  const fields: FpxFields = {
    fpx_msgType: "AR",
    fpx_msgToken: messageToken[input.model],
    fpx_sellerExId: input.sellerExId,
    fpx_sellerExOrderNo: input.sellerExOrderNo,
    fpx_sellerTxnTime: input.sellerTxnTime,
    fpx_sellerOrderNo: input.sellerOrderNo,
    fpx_sellerId: input.sellerId,
    fpx_sellerBankCode: input.sellerBankCode,
    fpx_txnCurrency: "MYR",
    fpx_txnAmount: formatAmount(input.amountSen),
    fpx_buyerEmail: outboundFault("fpx_buyerEmail", email) === undefined ? email : "",
    fpx_buyerName: toPlainText(input.buyerName ?? "", nameCharacter, 40),
    fpx_buyerBankId: input.buyerBankId,
    fpx_buyerBankBranch: "",
    fpx_buyerAccNo: "",
    fpx_buyerId: "",
    fpx_makerName: "",
    fpx_buyerIban: "",
    fpx_productDesc:
      toPlainText(input.productDescription, plainCharacter, 30) || toPlainText(input.sellerOrderNo, plainCharacter, 30),
    fpx_version: input.version,
  };
  for (const [field, value] of Object.entries(fields)) {
    const fault = outboundFault(field, value);
    if (fault !== undefined) throw new FpxFormatError(`The field ${fault}`, field);
  }
  return fields;
}

/**
 * Builds the unsigned AE that asks about an AR: the very same values, only the message type differs, since FPX may
 * match on any of them. Signatures and other extra fields of what is passed in are left behind.
 *
 * @throws FpxFormatError when the fields passed in are not a whole AR
 */
export function enquiryRequest(sentAuthorisation: FpxFields): FpxFields {
  if (sentAuthorisation["fpx_msgType"] !== "AR") {
    throw new FpxFormatError("Only an authorisation request can be enquired about", "fpx_msgType");
  }
  const fields: Record<string, string> = {};
  for (const field of authorisationFields) {
    const value = Object.hasOwn(sentAuthorisation, field) ? sentAuthorisation[field] : undefined;
    if (value === undefined) throw new FpxFormatError("The authorisation request lacks a field", field);
    fields[field] = field === "fpx_msgType" ? "AE" : value;
  }
  return fields;
}

/**
 * Builds the unsigned BE, which asks for the banks of one model.
 *
 * @throws FpxFormatError naming the field that FPX would not take
 */
export function bankListRequest(input: { sellerExId: string; model: FpxModel; version: string }): FpxFields {
  for (const [field, value] of [
    ["fpx_sellerExId", input.sellerExId],
    ["fpx_version", input.version],
  ] as const) {
    const fault = outboundFault(field, value);
    if (fault !== undefined) throw new FpxFormatError(`The field ${fault}`, field);
  }
  return {
    fpx_msgType: "BE",
    fpx_msgToken: messageToken[input.model],
    fpx_sellerExId: input.sellerExId,
    fpx_version: input.version,
  };
}

/**
 * Decodes the raw body of an AC. Values are kept to the letter: blanks stay, spaces at the ends stay, because all of
 * it is signed. Pass the body as received; a framework's parsed form has already lost doubled fields.
 *
 * @throws FpxFormatError on a doubled field, a bar, a control character, bad percent-encoding, a segment without an
 * equals sign, a malformed name, more than 100 fields or 64 KiB
 */
export function parseForm(raw: string): FpxFields {
  const decoded = decodeForm(raw);
  if ("fault" in decoded) throw new FpxFormatError(decoded.fault, decoded.field);
  return decoded.fields;
}

/**
 * Decodes the body of a reply to AE or BE. Line breaks and spaces around it are dropped first (the exchange adds
 * them); the bare word `ERROR` means that the request was refused without a reason, which says nothing about any
 * payment.
 *
 * @throws FpxFormatError as {@link parseForm}, and when the reply holds no field at all
 */
export function parseReply(raw: string): FpxFields | "ERROR" {
  const body = raw.replace(/[\r\n]/g, "").trim();
  if (body === "ERROR") return "ERROR";
  const fields = parseForm(body);
  if (Object.keys(fields).length === 0) throw new FpxFormatError("The reply is empty");
  return fields;
}

/**
 * Encodes fields as `application/x-www-form-urlencoded`, in the order they stand, blank ones included.
 *
 * @throws FpxFormatError when a value holds half of a surrogate pair, which has no encoding
 */
export function encodeForm(fields: FpxFields): string {
  return Object.entries(fields)
    .map(([name, value]) => `${encodeComponent(name, name)}=${encodeComponent(value, name)}`)
    .join("&");
}

function encodeComponent(text: string, field: string): string {
  try {
    return encodeURIComponent(text).replaceAll("%20", "+");
  } catch {
    throw new FpxFormatError("The field holds half a character", field);
  }
}

/**
 * Reads the `fpx_bankList` of a BC, decoded text like `ABB0233~A,MB2U0227~B` (`A` online, `B` blocked). Banks that our
 * table does not know are kept: the exchange may add one any day. An empty list is a list.
 *
 * @throws FpxFormatError when an entry has another shape or a bank appears twice
 */
export function parseBankList(text: string): { bankId: string; online: boolean }[] {
  if (text === "") return [];
  const seen = new Set<string>();
  return text.split(",").map((entry) => {
    const match = /^([A-Za-z0-9]{1,10})~([AB])$/.exec(entry);
    if (match?.[1] === undefined) throw new FpxFormatError("The bank list holds a malformed entry", "fpx_bankList");
    if (seen.has(match[1])) throw new FpxFormatError("The bank list names a bank twice", "fpx_bankList");
    seen.add(match[1]);
    return { bankId: match[1], online: match[2] === "A" };
  });
}

/**
 * Writes whole sen as FPX does: ringgit, a dot, two digits (`100` is `1.00`).
 *
 * @throws FpxFormatError when the amount is not a non-negative safe integer or needs more than 16 characters
 */
export function formatAmount(amountSen: number): string {
  if (!Number.isSafeInteger(amountSen) || amountSen < 0) {
    throw new FpxFormatError("The amount must be whole sen, not negative", "fpx_txnAmount");
  }
  const digits = String(amountSen).padStart(3, "0");
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/**
 * Reads an FPX amount as whole sen, without floating point. Takes `1.00`, and `1` or `1.5` too, which can only mean
 * one thing; refuses signs, spaces, thousands separators, exponents and a third decimal.
 *
 * @throws FpxFormatError when the text is anything else
 */
export function parseAmount(text: string): number {
  const match = /^([0-9]{1,13})(?:\.([0-9]{1,2}))?$/.exec(text);
  if (match?.[1] === undefined) throw new FpxFormatError("The amount is malformed", "fpx_txnAmount");
  return Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
}
