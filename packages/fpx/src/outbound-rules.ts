import { fromFpxTime } from "./time.ts";

/** One character that FPX takes in any field. */
export const plainCharacter = /^[A-Za-z0-9@/\\() .\-_,&']$/;
/** One character that FPX takes in the buyer's name, which is allowed a little more. */
export const nameCharacter = /^[A-Za-z0-9@/\\() .\-_,&'`~*";:]$/;

interface OutboundRule {
  readonly maxLength: number;
  readonly required?: true;
  /** The whole value must match; the default is any run of `plainCharacter`. */
  readonly pattern?: RegExp;
  readonly expected?: string;
}

const plain = /^[A-Za-z0-9@/\\() .\-_,&']*$/;
const orderNumber = /^[A-Za-z0-9@/\\() .\-_,]*$/;
const identity = /^[A-Za-z0-9@\\() .\-_,]*$/;
const codeLike = /^[A-Za-z0-9]*$/;

/** Lengths and bans of what we send. They bind outbound messages only: inbound text is whatever FPX signed. */
const rules: Readonly<Record<string, OutboundRule>> = {
  fpx_msgType: { maxLength: 2, required: true, pattern: /^A[RE]$/, expected: "AR or AE" },
  fpx_msgToken: { maxLength: 2, required: true, pattern: /^0[12]$/, expected: "01 or 02" },
  fpx_sellerExId: { maxLength: 10, required: true, pattern: codeLike },
  fpx_sellerExOrderNo: { maxLength: 40, required: true, pattern: orderNumber },
  fpx_sellerTxnTime: { maxLength: 14, required: true, pattern: /^[0-9]{14}$/, expected: "YYYYMMDDHHmmss" },
  fpx_sellerOrderNo: { maxLength: 40, required: true, pattern: orderNumber },
  fpx_sellerId: { maxLength: 10, required: true, pattern: codeLike },
  fpx_sellerBankCode: { maxLength: 2, required: true, pattern: codeLike },
  fpx_txnCurrency: { maxLength: 3, required: true, pattern: /^MYR$/, expected: "MYR" },
  fpx_txnAmount: { maxLength: 16, required: true, pattern: /^[0-9]+\.[0-9]{2}$/, expected: "an amount like 1.00" },
  fpx_buyerEmail: { maxLength: 50 },
  fpx_buyerName: { maxLength: 40, pattern: /^[A-Za-z0-9@/\\() .\-_,&'`~*";:]*$/ },
  fpx_buyerBankId: { maxLength: 10, required: true, pattern: codeLike },
  fpx_buyerBankBranch: { maxLength: 10 },
  fpx_buyerAccNo: { maxLength: 20 },
  fpx_buyerId: { maxLength: 20, pattern: identity },
  fpx_makerName: { maxLength: 40 },
  fpx_buyerIban: { maxLength: 35 },
  fpx_productDesc: { maxLength: 30, required: true },
  fpx_version: { maxLength: 3, required: true, pattern: /^[0-9]\.[0-9]$/, expected: "a version like 7.0" },
};

/** Says in one phrase why FPX would not take `value` in `field`, or `undefined` when it would. The value is not repeated. */
export function outboundFault(field: string, value: string): string | undefined {
  const rule = rules[field];
  if (rule === undefined) return "is not a field of this message";
  if (rule.required && value.trim() === "") return "must not be blank";
  if (value.length > rule.maxLength) return `is longer than ${rule.maxLength} characters`;
  if (!(rule.pattern ?? plain).test(value)) {
    return rule.expected ? `must be ${rule.expected}` : "holds a character that FPX does not take in this field";
  }
  if (field === "fpx_sellerTxnTime" && !isCalendarTime(value)) return "is not a time of the calendar";
  return undefined;
}

function isCalendarTime(text: string): boolean {
  try {
    fromFpxTime(text);
    return true;
  } catch {
    return false;
  }
}
