import { createPublicKey, generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findBank, resolveBankId } from "./banks.ts";
import { sign, sourceString, verify } from "./checksum.ts";
import {
  authorisationFields,
  authorisationRequest,
  bankListFields,
  bankListRequestFields,
  confirmationFields,
  encodeForm,
  type FpxFields,
  FpxFormatError,
  formatAmount,
  parseAmount,
  parseForm,
  parseReply,
} from "./messages.ts";
import { responseCode, responseCodes } from "./response-codes.ts";
import { fromFpxTime, toFpxTime } from "./time.ts";

const seed = Number(process.env["PROPERTY_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
console.info(`fpx properties: PROPERTY_SEED=${seed}`);

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const publicKey = createPublicKey(privateKey);

/** Any text that may stand in a message: the whole of Unicode save bars and control characters. */
const value = fc.string({ unit: "binary", maxLength: 24 }).map((text) => text.replace(/[|\p{Cc}\p{Cs}]/gu, "x"));
const order = fc.constantFrom(authorisationFields, confirmationFields, bankListRequestFields, bankListFields);
const message = order.chain((fields) =>
  fc.record({
    order: fc.constant(fields),
    values: fc.array(value, { minLength: fields.length, maxLength: fields.length }),
  }),
);
const signedMessage = message.map(({ order: fields, values }) => ({
  order: fields,
  signed: sign(asFields(fields, values), fields, privateKey),
}));
const place = fc.nat();

describe("for every message", () => {
  it("what was signed verifies, also after it went over the wire", () => {
    holds(
      fc.property(signedMessage, ({ order, signed }) => {
        expect(verify(signed, order, publicKey)).toBe(true);
        expect(verify(parseForm(encodeForm(signed)), order, publicKey)).toBe(true);
        expect(verify(parseReply(`\r\n${encodeForm(signed)}\n`) as FpxFields, order, publicKey)).toBe(true);
      }),
    );
  });

  it("an altered field, were it blanked, trimmed or one letter longer, is refused", () => {
    holds(
      fc.property(signedMessage, place, value, ({ order, signed }, at, other) => {
        const field = nth(order, at);
        const before = signed[field] ?? "";
        for (const after of [
          "",
          before.trim(),
          before.toUpperCase(),
          `${before} `,
          ` ${before}`,
          `${before}0`,
          other,
        ]) {
          if (after !== before) expect(verify({ ...signed, [field]: after }, order, publicKey)).toBe(false);
        }
      }),
    );
  });

  it("every single field, altered in turn, is refused", () => {
    holds(
      fc.property(signedMessage, ({ order, signed }) => {
        for (const field of order)
          expect(verify({ ...signed, [field]: `${signed[field]}x` }, order, publicKey)).toBe(false);
      }),
      20,
    );
  });

  it("a dropped field is refused, a blank one too", () => {
    holds(
      fc.property(signedMessage, place, fc.boolean(), ({ order, signed }, at, isBlank) => {
        const field = nth(order, at);
        const whole = isBlank ? sign({ ...signed, [field]: "" }, order, privateKey) : signed;
        const { [field]: _, ...rest } = whole;
        expect(verify(rest, order, publicKey)).toBe(false);
      }),
    );
  });

  it("a doubled field is refused before anything is verified, wherever it stands", () => {
    holds(
      fc.property(signedMessage, place, place, value, ({ order, signed }, at, where, other) => {
        const field = nth([...order, "fpx_checkSum"], at);
        for (const again of [signed[field] ?? "", other]) {
          const segments = encodeForm(signed).split("&");
          segments.splice(where % (segments.length + 1), 0, encodeForm({ [field]: again }));
          const fault = thrownBy(() => parseForm(segments.join("&")));
          expect(fault).toBeInstanceOf(FpxFormatError);
          expect(fault).toMatchObject({ field });
        }
      }),
    );
  });

  it("two fields with their values swapped are refused", () => {
    holds(
      fc.property(signedMessage, place, place, ({ order, signed }, one, two) => {
        const [first, second] = [nth(order, one), nth(order, two)];
        fc.pre(signed[first] !== signed[second]);
        const swapped = { ...signed, [first]: signed[second] ?? "", [second]: signed[first] ?? "" };
        expect(verify(swapped, order, publicKey)).toBe(false);
      }),
    );
  });

  it("a border moved between two fields changes the message, since no value may hold a bar", () => {
    holds(
      fc.property(message, place, value, value, ({ order, values }, at, left, right) => {
        const fields: FpxFields = { ...asFields(order, values), [nth(order, at)]: `${left}|${right}` };
        expect(() => sourceString(fields, order)).toThrow(FpxFormatError);
        expect(verify({ ...fields, fpx_checkSum: "A".repeat(512) }, order, publicKey)).toBe(false);
        expect(() => parseForm(encodeForm(fields))).toThrow(FpxFormatError);
      }),
    );
  });

  it("a checksum with one digit changed is refused", () => {
    holds(
      fc.property(signedMessage, fc.nat({ max: 511 }), ({ order, signed }, at) => {
        const checksum = signed["fpx_checkSum"] ?? "";
        const digit = checksum[at] === "0" ? "1" : "0";
        const altered = checksum.slice(0, at) + digit + checksum.slice(at + 1);
        expect(verify({ ...signed, fpx_checkSum: altered }, order, publicKey)).toBe(false);
      }),
    );
  });
});

describe("for every form", () => {
  const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,20}$/);

  it("reading what was written gives the same fields", () => {
    holds(
      fc.property(fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 30 }), (entries) => {
        const fields = Object.fromEntries(entries);
        expect(parseForm(encodeForm(fields))).toEqual(fields);
        expect(parseReply(encodeForm(fields))).toEqual(fields);
      }),
    );
  });

  it("a control character anywhere is refused", () => {
    const control = fc.oneof(fc.integer({ min: 0, max: 31 }), fc.integer({ min: 127, max: 159 }));
    holds(
      fc.property(value, control, value, (before, code, after) => {
        const raw = encodeForm({ fpx_a: before + String.fromCharCode(code) + after });
        expect(thrownBy(() => parseForm(raw))).toMatchObject({ field: "fpx_a" });
      }),
    );
  });

  it("arbitrary text is read or refused with a format error, never anything else", () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.stringMatching(/^[a-c=&%+|0-9~]{0,40}$/));
    holds(
      fc.property(text, (raw) => {
        for (const read of [parseForm, parseReply]) {
          const outcome = resultOf(() => read(raw));
          if (outcome instanceof Error) expect(outcome).toBeInstanceOf(FpxFormatError);
          else expect(JSON.stringify(outcome)).not.toContain("|");
        }
      }),
      500,
    );
  });
});

describe("for every authorisation request", () => {
  it("whatever a shop and a buyer wrote becomes plain ASCII within FPX's lengths", () => {
    const free = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.string({ unit: "grapheme", maxLength: 200 }),
    );
    holds(
      fc.property(free, free, free, fc.integer({ min: 1, max: 100_000_000 }), (text, name, email, amountSen) => {
        const request = authorisationRequest({
          sellerExId: "EX00001234",
          sellerExOrderNo: "X-1",
          sellerTxnTime: "20230615112327",
          sellerOrderNo: "INV-1",
          sellerId: "SE00005678",
          sellerBankCode: "01",
          amountSen,
          buyerEmail: email,
          buyerName: name,
          buyerBankId: "MB2U0227",
          productDescription: text,
          version: "7.0",
          model: "b2c",
        });
        for (const sent of Object.values(request)) {
          expect(sent).toMatch(/^[ -{}~]*$/);
          expect(sent).toBe(sent.trim());
        }
        expect(request["fpx_productDesc"]).toMatch(/^.{1,30}$/);
        expect(request["fpx_buyerName"]?.length).toBeLessThanOrEqual(40);
        expect(request["fpx_buyerEmail"]?.length).toBeLessThanOrEqual(50);
      }),
    );
  });
});

describe("for every value", () => {
  it("an amount reads back to the same sen", () => {
    holds(
      fc.property(fc.nat({ max: 1_000_000_000_000 }), (amountSen) => {
        expect(formatAmount(amountSen)).toMatch(/^\d+\.\d\d$/);
        expect(parseAmount(formatAmount(amountSen))).toBe(amountSen);
      }),
    );
  });

  it("a time reads back to the same second", () => {
    const years = { min: new Date("1970-01-02T00:00:00Z"), max: new Date("2199-12-31T00:00:00Z"), noInvalidDate: true };
    holds(
      fc.property(fc.date(years), (date) => {
        expect(fromFpxTime(toFpxTime(date)).getTime()).toBe(Math.floor(date.getTime() / 1000) * 1000);
      }),
    );
  });

  it("a code that is in no table is undecided", () => {
    const known = new Set(responseCodes.map(({ code }) => code));
    holds(
      fc.property(fc.oneof(fc.string({ maxLength: 3 }), fc.stringMatching(/^[0-9A-Z]{2}$/)), (code) => {
        fc.pre(!known.has(code));
        expect(responseCode(code)).toMatchObject({ code, class: "pending", reason: "unknown_code" });
      }),
    );
  });

  it("resolving a bank id twice changes nothing more, and an unknown bank is not found", () => {
    holds(
      fc.property(fc.string({ maxLength: 12 }), (id) => {
        expect(resolveBankId(resolveBankId(id))).toBe(resolveBankId(id));
        expect(findBank("b2c", id)?.id ?? resolveBankId(id)).toBe(resolveBankId(id));
      }),
    );
  });
});

function holds<Values>(property: fc.IProperty<Values>, numRuns = 100): void {
  fc.assert(property, { seed, numRuns });
}

function asFields(order: readonly string[], values: readonly string[]): FpxFields {
  return Object.fromEntries(order.map((field, index) => [field, values[index] ?? ""]));
}

function nth(fields: readonly string[], at: number): string {
  return fields[at % fields.length] ?? "";
}

function resultOf(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

function thrownBy(action: () => unknown): unknown {
  const result = resultOf(action);
  if (!(result instanceof Error)) throw new Error("Nothing was thrown");
  return result;
}
