import { expect, test } from "vitest";
import { chooseLanguage, type LanguageSources, languageCookie } from "./language.ts";

const nothing: LanguageSources = { asked: undefined, cookieHeader: undefined, acceptHeader: undefined, known: [] };

test.each<[Partial<LanguageSources>, string]>([
  [{ asked: "ms", cookieHeader: "kp_lang=en", known: ["en"] }, "ms"],
  [{ cookieHeader: "a=b; kp_lang=ms", known: ["en"] }, "ms"],
  [{ known: [undefined, "ms"], acceptHeader: "en" }, "ms"],
  [{ acceptHeader: "fr-FR, ms-MY;q=0.8, en;q=0.5" }, "ms"],
  [{ asked: "fr", cookieHeader: "kp_lang=<script>" }, "en"],
  [{ asked: ["ms", "en"] }, "en"],
])("of %j, the page's language is the most deliberate choice: %s", (sources, locale) => {
  expect(chooseLanguage({ ...nothing, ...sources }).locale).toBe(locale);
});

test("addresses name the language only where neither a cookie nor the payment remembers it", () => {
  expect(chooseLanguage({ ...nothing, asked: "ms", known: ["en"] }).carried).toBe(true);
  expect(chooseLanguage({ ...nothing, asked: "ms", cookieHeader: "kp_lang=ms", known: ["en"] }).carried).toBe(false);
  expect(chooseLanguage({ ...nothing, asked: "ms", known: ["ms"] }).carried).toBe(false);
});

test("the cookie says nothing but the language, and goes to no other site and no script", () => {
  expect(languageCookie("ms", true)).toMatch(
    /^kp_lang=ms; Path=\/checkout; Max-Age=\d+; SameSite=Lax; HttpOnly; Secure$/,
  );
  expect(languageCookie("en", false)).not.toContain("Secure");
});
