import { isUtf8 } from "node:buffer";

/** A byte that is not part of any UTF-8, counted from 1, in hexadecimal. */
export interface StrayByte {
  readonly position: number;
  readonly byte: string;
}

const replacement = "\uFFFD";

/** Bytes as text, if they are UTF-8; else the first that is not. */
export function strictText(bytes: Buffer): string | StrayByte {
  const text = bytes.toString("utf8");
  if (isUtf8(bytes)) return text;
  let offset = 0;
  for (const [index, part] of text.split(replacement).entries()) {
    // A replacement that was really sent is three bytes of its own.
    if (index > 0 && bytes.subarray(offset - 3, offset).toString("utf8") !== replacement) break;
    offset += Buffer.byteLength(part) + 3;
  }
  const position = offset - 3;
  return { position: position + 1, byte: (bytes[position] ?? 0).toString(16).toUpperCase().padStart(2, "0") };
}

const westernEuropean = new TextDecoder("windows-1252");

/** Bytes as text: as UTF-8 if they are, and else as what programs wrote that knew of no UTF-8. */
export function lenientText(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString("utf8") : westernEuropean.decode(bytes);
}

/** The same for what stands in a form or a query string behind percent signs: what is no UTF-8 is written anew as such. */
export function lenientForm(text: string): string {
  return text.replace(/(?:%[0-9A-F]{2})+/gi, (run) => {
    const bytes = Buffer.from(run.replaceAll("%", ""), "hex");
    return isUtf8(bytes) ? run : encodeURIComponent(westernEuropean.decode(bytes));
  });
}
