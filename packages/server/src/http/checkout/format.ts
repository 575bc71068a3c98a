import { ringgitFromSen } from "@kineticpay/contract/money";
import type { Locale } from "@kineticpay/contract/payment";

const timeZone = "Asia/Kuala_Lumpur";

function perLocale<T>(make: (tag: string) => T): Readonly<Record<Locale, T>> {
  return { en: make("en-MY"), ms: make("ms-MY") };
}

const money = perLocale((tag) => new Intl.NumberFormat(tag, { style: "currency", currency: "MYR" }));
const time = perLocale((tag) => new Intl.DateTimeFormat(tag, { timeZone, hour: "numeric", minute: "2-digit" }));
const day = perLocale(
  (tag) => new Intl.DateTimeFormat(tag, { timeZone, day: "numeric", month: "long", year: "numeric" }),
);
const second = perLocale(
  (tag) => new Intl.DateTimeFormat(tag, { timeZone, hour: "numeric", minute: "2-digit", second: "2-digit" }),
);

/** "RM 12.50"; the space does not break. */
export function formatAmount(locale: Locale, amountSen: number): string {
  // As text, so that money never passes through floating point.
  return money[locale].format(ringgitFromSen(amountSen) as `${number}`);
}

/** "10:32 am", in Malaysian time. */
export function formatTime(locale: Locale, at: Date): string {
  return time[locale].format(at);
}

/** "20 November 2026, 10:32 am", in Malaysian time. */
export function formatMoment(locale: Locale, at: Date): string {
  return `${day[locale].format(at)}, ${time[locale].format(at)}`;
}

/** The full moment of a receipt, with the second and the name of the zone. */
export function formatReceiptTime(locale: Locale, at: Date): string {
  const zone = locale === "ms" ? "waktu Malaysia" : "Malaysia time";
  return `${day[locale].format(at)}, ${second[locale].format(at)} (${zone})`;
}
