import type { FieldFault, FieldFaultCode } from "@kineticpay/contract/errors/field-fault";
import { senFromRinggit } from "@kineticpay/contract/money";
import { shownText } from "@kineticpay/contract/shown-text";
import { isPlainText, isWebUrl } from "../../formats.ts";
import type { WireFields } from "./read-fields.ts";

/** What `/payment/create` asks for, checked. */
export interface CreateFields {
  readonly amountSen: number;
  readonly invoice: string;
  readonly description: string;
  /** As it came; whether there is such a bank is not a question of form. */
  readonly bank: string;
  readonly successUrl: string;
  readonly failureUrl: string;
  readonly callbackUrl: string | null;
}

const invoiceLength = 64;
const urlLength = 2_000;
const descriptionLength = 2_000;

const expected = {
  amount: 'ringgit with at most two decimals, such as "12.50"',
  invoice: `your own reference, 1 to ${invoiceLength} characters, such as "10001"`,
  description: `text of up to ${descriptionLength} characters`,
  url: `an absolute http or https address of up to ${urlLength} characters, without a name and password in it, such as "https://shop.example/return?order=10001"`,
} as const;

class Fault extends Error {
  readonly code: FieldFaultCode;
  constructor(code: FieldFaultCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * A field's value as text: shops send numbers where text is meant and text where numbers are. A JSON number is printed
 * in its shortest form, so 2.5 stays "2.5". Undefined when it is missing, null or blank.
 */
function textOf(fields: WireFields, name: string): string | undefined {
  const value = fields.get(name);
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number") return String(value);
  if (typeof value !== "string") throw new Fault("field_wrong_type", `${name} must be text or a number.`);
  const text = value.trim();
  return text === "" ? undefined : text;
}

function required(fields: WireFields, name: string): string {
  const text = textOf(fields, name);
  if (text === undefined) throw new Fault("field_missing", `${name} is missing.`);
  return text;
}

function amountOf(fields: WireFields): number {
  // Databases keep amounts with four decimals; zeros beyond the second change nothing.
  const text = required(fields, "amount").replace(/^(\d+\.\d\d)0+$/, "$1");
  const amountSen = senFromRinggit(text);
  if (amountSen !== undefined) return amountSen;
  if (/^[+-]?\d+(\.\d{1,2})?$/.test(text))
    throw new Fault(
      "field_out_of_range",
      `amount came as ${shownText(text)} and must be more than zero, and no more than FPX carries, such as "12.50".`,
    );
  // Shown only when it looks like a number: a shop may have put its key into the wrong field.
  const seen = /^[\d.,+\-eE RM]{1,12}$/.test(text) ? ` as "${text}"` : "";
  throw new Fault("field_invalid", `amount came${seen} and must be ${expected.amount}.`);
}

function invoiceOf(fields: WireFields): string {
  const value = fields.get("invoice");
  // Beyond this JavaScript, like most languages, has already lost the last digits.
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new Fault(
      "field_invalid",
      "invoice came as a number that is not whole, or too long to be exact; send it as text.",
    );
  }
  const text = required(fields, "invoice");
  if (text.length > invoiceLength) {
    throw new Fault("field_too_long", `invoice has ${text.length} characters; at most ${invoiceLength} are taken.`);
  }
  if (!isPlainText(text))
    throw new Fault(
      "field_invalid",
      "invoice holds a line break, a tab or another character that cannot be printed; send it without.",
    );
  return text;
}

/**
 * Any text, exactly as it came: one shop keeps JSON here and reads it back. Only what no page and no record can carry,
 * control characters other than line breaks and tabs, gives way to a space, since that must not stop a sale.
 */
function descriptionOf(fields: WireFields): string {
  const value = fields.get("description");
  const text = typeof value === "string" ? value : (textOf(fields, "description") ?? "");
  if (text.length > descriptionLength) {
    throw new Fault(
      "field_too_long",
      `description has ${text.length} characters; at most ${descriptionLength} are taken.`,
    );
  }
  return text.toWellFormed().replace(/(?![\t\n\r])\p{Cc}/gu, " ");
}

function urlOf(name: string, text: string): string {
  if (text.length > urlLength) {
    throw new Fault("field_too_long", `${name} has ${text.length} characters; at most ${urlLength} are taken.`);
  }
  if (!isWebUrl(text)) throw new Fault("field_invalid", `${name} must be ${expected.url}.`);
  return text;
}

function optionalUrl(fields: WireFields, name: string): string | null {
  const text = textOf(fields, name);
  return text === undefined ? null : urlOf(name, text);
}

/** A bank id from a shop's settings is never a reason to refuse: the buyer can choose on our page. */
function bankOf(fields: WireFields): string {
  const value = fields.get("bank");
  return typeof value === "string" ? value.trim() : "";
}

/** Reads every field, and keeps the fault of each one that has one, so that all are told at once. */
export function readCreateFields(fields: WireFields): { value: CreateFields } | { faults: FieldFault[] } {
  const faults: FieldFault[] = [];
  const read = <T>(name: string, form: string, reader: () => T): T | undefined => {
    try {
      return reader();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      faults.push({ path: `/${name}`, code: error.code, message: error.message, expected: form });
      return undefined;
    }
  };
  const url = (name: string) => read(name, expected.url, () => urlOf(name, required(fields, name)));
  const invoice = read("invoice", expected.invoice, () => invoiceOf(fields));
  const amountSen = read("amount", expected.amount, () => amountOf(fields));
  const description = read("description", expected.description, () => descriptionOf(fields));
  const successUrl = url("callback_success");
  const failureUrl = url("callback_error");
  const callbackUrl = read("callback_status", expected.url, () => optionalUrl(fields, "callback_status")) ?? null;
  if (
    invoice === undefined ||
    amountSen === undefined ||
    description === undefined ||
    successUrl === undefined ||
    failureUrl === undefined ||
    faults.length > 0
  ) {
    return { faults };
  }
  return { value: { amountSen, invoice, description, bank: bankOf(fields), successUrl, failureUrl, callbackUrl } };
}
