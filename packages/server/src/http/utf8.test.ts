import fc from "fast-check";
import { expect, it } from "vitest";
import { lenientForm, lenientText, strictText } from "./utf8.ts";

const seed = Number(process.env["TEST_SEED"] ?? Date.now() % 1_000_000);

it(`reads whatever is UTF-8, and finds the first byte that is not, wherever it stands (seed ${seed})`, () => {
  const text = fc.string({ unit: fc.constantFrom("a", "é", "\uFFFD", "\u{1F35C}", "ż") });
  fc.assert(
    fc.property(text, text, fc.integer({ min: 0x80, max: 0xff }), (before, after, byte) => {
      const head = Buffer.from(before);
      expect(strictText(head)).toBe(before);
      expect(strictText(Buffer.concat([head, Buffer.from([byte, 0x20]), Buffer.from(after)]))).toEqual({
        position: head.length + 1,
        byte: byte.toString(16).toUpperCase(),
      });
    }),
    { seed },
  );
});

it("reads what was written before UTF-8 as what was meant, so that two texts stay two", () => {
  expect(lenientText(Buffer.from("Café", "latin1"))).toBe("Café");
  expect(lenientText(Buffer.from("Café"))).toBe("Café");
  const invoiceOf = (form: string) => new URLSearchParams(lenientForm(form)).get("invoice");
  expect(invoiceOf("invoice=CAF%E9&amount=2")).toBe("CAFé");
  expect(invoiceOf("invoice=CAF%E8&amount=2")).toBe("CAFè");
  expect(invoiceOf("invoice=CAF%C3%A9+%26%20x")).toBe("CAFé & x");
  expect(invoiceOf("invoice=A%2BB%25")).toBe("A+B%");
});
