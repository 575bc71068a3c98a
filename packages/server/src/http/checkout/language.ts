import { type Locale, locales } from "@kineticpay/contract/payment";

const cookieName = "kp_lang";
const yearS = 365 * 24 * 60 * 60;

function asLocale(text: unknown): Locale | undefined {
  return locales.find((locale) => locale === text);
}

/** The language that the cookie names. It holds nothing else. */
function fromCookie(header: string | undefined): Locale | undefined {
  for (const part of (header ?? "").split(";")) {
    const [name, value] = part.split("=");
    if (name?.trim() === cookieName) return asLocale(value?.trim());
  }
  return undefined;
}

/** The first of our languages that the browser says its user reads. */
function fromBrowser(header: string | undefined): Locale | undefined {
  const wanted = (header ?? "").split(",").map((part) => part.trim().slice(0, 2).toLowerCase());
  return wanted.map(asLocale).find((locale) => locale !== undefined);
}

export interface Language {
  readonly locale: Locale;
  /** True when only the address or the form says so: then addresses must go on saying it. */
  readonly carried: boolean;
  /** True when the buyer has just chosen it, so that it is worth remembering. */
  readonly chosen: boolean;
}

export interface LanguageSources {
  /** From the address or the form. */
  readonly asked: unknown;
  readonly cookieHeader: string | undefined;
  readonly acceptHeader: string | undefined;
  /** In the order of trust: that of the last attempt, then that of the payment. */
  readonly known: readonly (Locale | undefined)[];
}

/**
 * The language of a page: as just asked, else as remembered, else as the buyer last went to a bank in (which survives
 * where cookies do not), else as the merchant asked, else the browser's own.
 */
export function chooseLanguage(sources: LanguageSources): Language {
  const asked = asLocale(sources.asked);
  const remembered = fromCookie(sources.cookieHeader);
  const known = sources.known.find((locale) => locale !== undefined);
  const locale = asked ?? remembered ?? known ?? fromBrowser(sources.acceptHeader) ?? "en";
  return { locale, carried: asked !== undefined && asked !== (remembered ?? known), chosen: asked !== undefined };
}

/** A cookie that remembers the language, for the checkout's pages alone. */
export function languageCookie(locale: Locale, secure: boolean): string {
  return `${cookieName}=${locale}; Path=/checkout; Max-Age=${yearS}; SameSite=Lax; HttpOnly${secure ? "; Secure" : ""}`;
}
