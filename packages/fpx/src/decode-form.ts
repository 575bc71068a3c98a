const maxBytes = 64 * 1024;
const maxFields = 100;
/** A name that can never collide with an object's own machinery; every FPX field fits. */
const fieldName = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the purpose
const controlCharacter = /[\u0000-\u001f\u007f-\u009f]/;
const loneSurrogate = /\p{Cs}/u;

export type DecodedForm =
  | { readonly fields: Readonly<Record<string, string>> }
  | { readonly fault: string; readonly field?: string };

/**
 * Decodes `application/x-www-form-urlencoded` text (`+` is a space, `%XX` is UTF-8) without changing any value.
 *
 * It refuses whatever could make two readers see different messages: a doubled field, a bar or control character
 * (they would forge the borders of the signed text), percent signs that decode to nothing. Empty segments are
 * skipped, since they carry no field. A fault never repeats a value.
 */
export function decodeForm(raw: string): DecodedForm {
  if (Buffer.byteLength(raw, "utf8") > maxBytes) return { fault: `The message is longer than ${maxBytes} bytes` };
  const fields: Record<string, string> = {};
  const segments = raw.split("&").filter((segment) => segment !== "");
  if (segments.length > maxFields) return { fault: `The message has more than ${maxFields} fields` };
  for (const segment of segments) {
    const border = segment.indexOf("=");
    if (border < 0) return { fault: "The message holds a segment without an equals sign" };
    const name = decodeComponent(segment.slice(0, border));
    if (name === undefined || !fieldName.test(name)) return { fault: "The message holds a malformed field name" };
    if (Object.hasOwn(fields, name)) return { fault: "The field appears more than once", field: name };
    const value = decodeComponent(segment.slice(border + 1));
    if (value === undefined) return { fault: "The field's percent-encoding does not decode", field: name };
    const fault = textFault(value);
    if (fault !== undefined) return { fault, field: name };
    fields[name] = value;
  }
  return { fields };
}

/** Says why `value` may not stand between the bars of a signed text, or `undefined` when it may. */
export function textFault(value: string): string | undefined {
  if (value.includes("|")) return "The field holds a bar";
  if (controlCharacter.test(value)) return "The field holds a control character";
  if (loneSurrogate.test(value)) return "The field holds half a character";
  return undefined;
}

function decodeComponent(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}
