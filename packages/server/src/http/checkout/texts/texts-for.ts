import type { Locale } from "@kineticpay/contract/payment";
import { en, type Texts } from "./en.ts";
import { ms } from "./ms.ts";

/** The words of one language. */
export function textsFor(locale: Locale): Texts {
  return locale === "ms" ? ms : en;
}

/** The language that the switch on every page leads to. */
export function otherLocale(locale: Locale): Locale {
  return locale === "ms" ? "en" : "ms";
}
