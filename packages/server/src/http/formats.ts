import { isAddressRange } from "../merchants/address-range.ts";

/** Text that a person wrote: no control characters (a line break would forge a second line in a log), no half characters. */
export function isPlainText(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: keeping them out is the point
  return text.isWellFormed() && !/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(text);
}

/** Text of several lines: line breaks and tabs are welcome. */
export function isParagraph(text: string): boolean {
  return isPlainText(text.replace(/[\n\r\t]/g, ""));
}

/**
 * An absolute http or https address without credentials. Back-slashes and leading spaces are refused although the URL
 * standard repairs them, since another reader may repair them differently.
 */
export function isWebUrl(text: string): boolean {
  if (!/^https?:\/\/[^\s\\]+$/i.test(text) || !isPlainText(text) || !URL.canParse(text)) return false;
  const url = new URL(text);
  return url.username === "" && url.password === "" && url.hostname !== "";
}

export function isEmail(text: string): boolean {
  return text.length <= 254 && /^[^\s@<>()",;:\\]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(text);
}

/** RFC 3339 with a zone, or a date alone. */
export function isMoment(text: string): boolean {
  return (
    /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text) &&
    !Number.isNaN(Date.parse(text))
  );
}

/** Added to the validator, so that these faults come in the same answer as all others. */
export const formats = {
  "plain-text": isPlainText,
  paragraph: isParagraph,
  "web-url": isWebUrl,
  "email-address": isEmail,
  // Not "time", which the validator already knows as a time of day.
  moment: isMoment,
  "address-range": isAddressRange,
} as const;
