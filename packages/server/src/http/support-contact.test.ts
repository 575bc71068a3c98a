import { expect, it } from "vitest";
import { readConfig } from "../config.ts";
import { contactsOf, supportOf } from "./support-contact.ts";

const settings = {
  KINETICPAY_SUPPORT_EMAIL: "help@pay.example",
  KINETICPAY_SUPPORT_PHONE: "+60 3-1234 5678",
  KINETICPAY_SUPPORT_URL: "https://pay.example/help/",
};

it("tells every way that is set, as people read it and as a link, and none that is not", () => {
  expect(contactsOf(readConfig(settings))).toEqual([
    { text: "help@pay.example", href: "mailto:help@pay.example" },
    { text: "+60 3-1234 5678", href: "tel:+60312345678" },
    { text: "pay.example/help", href: "https://pay.example/help/" },
  ]);
  expect(contactsOf(readConfig({}))).toEqual([]);
  expect(contactsOf(readConfig({ KINETICPAY_SUPPORT_PHONE: "03-1234 5678" }))).toHaveLength(1);
});

it("gives programs the same list each time, so that a written answer can be used again", () => {
  const config = readConfig(settings);
  expect(supportOf(config)).toEqual(["help@pay.example", "+60 3-1234 5678", "https://pay.example/help/"]);
  expect(supportOf(config)).toBe(supportOf(config));
});

it.each([
  ["KINETICPAY_SUPPORT_EMAIL", "help"],
  ["KINETICPAY_SUPPORT_EMAIL", "help@pay.example?subject=x"],
  ["KINETICPAY_SUPPORT_EMAIL", "<help@pay.example>"],
  ["KINETICPAY_SUPPORT_PHONE", "call us"],
  ["KINETICPAY_SUPPORT_PHONE", "12"],
  ["KINETICPAY_SUPPORT_URL", "javascript:alert(1)"],
  ["KINETICPAY_SUPPORT_URL", "//pay.example"],
  ["KINETICPAY_SUPPORT_URL", "https://me:secret@pay.example/"],
])("refuses %s=%s, which could not be followed or would lead elsewhere", (name, value) => {
  expect(() => readConfig({ [name]: value })).toThrow(new RegExp(`${name} must be`));
});
