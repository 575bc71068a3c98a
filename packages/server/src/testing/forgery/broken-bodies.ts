import { gzipSync } from "node:zlib";
import { entriesOf, type Forgery, formOf, type Genuine } from "./forgery.ts";

/** Genuine messages that were cut, wrapped, or written in another way than as a form. */
export function breakBodies(genuine: Genuine): Forgery[] {
  const { body, fields } = genuine;
  const entries = entriesOf(genuine);
  const cuts = Array.from({ length: Math.floor(body.length / 12) }, (_, i) => i * 12 + 1);
  const latin = (bytes: Buffer) => bytes.toString("latin1");
  const parts = entries.map(
    ([name]) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${fields[name]}\r\n`,
  );
  const whole: Readonly<Record<string, string>> = {
    ...{ nothing: "", "one space": " ", OK: "OK", "a bare ERROR": "ERROR", "an ampersand": "&", "an equals sign": "=" },
    JSON: JSON.stringify(fields),
    "JSON in a field": `message=${encodeURIComponent(JSON.stringify(fields))}`,
    XML: `<m>${entries.map(([name, raw]) => `<${name}>${raw}</${name}>`).join("")}</m>`,
    multipart: `${parts.join("")}--x--\r\n`,
    "semicolons for ampersands": body.replaceAll("&", ";"),
    "colons for equals signs": body.replaceAll("=", ":"),
    "bars for ampersands": body.replaceAll("&", "|"),
    "encoded as a whole": encodeURIComponent(body),
    "encoded twice": formOf(entries.map(([name, raw]) => [name, raw.replaceAll("%", "%25")])),
    "encoded names and equals signs": body.replaceAll("=", "%3D"),
    base64: Buffer.from(body).toString("base64"),
    hexadecimal: Buffer.from(body).toString("hex"),
    gzip: latin(gzipSync(body)),
    "UTF-16": latin(Buffer.from(body, "utf16le")),
    "a byte order mark in front": `\ufeff${body}`,
    "a NUL in front": `\u0000${body}`,
    "a question mark in front": `?${body}`,
    "spaces around equals signs": body.replaceAll("=", " = "),
    "spaces around ampersands": body.replaceAll("&", " & "),
    "names in capitals": formOf(entries.map(([name, raw]) => [name.toUpperCase(), raw])),
    "names without prefix": formOf(entries.map(([name, raw]) => [name.slice(4), raw])),
    "said twice": `${body}&${body}`,
    "a bare word beside it": `${body}&OK`,
    "a nameless field beside it": `${body}&=00`,
    "a name like an object's machinery": `${body}&__proto__=00`,
    "a bracketed code beside it": `${body}&fpx_debitAuthCode[]=00`,
    "a doubled code, encoded": `${body}&fpx%5FdebitAuthCode=00`,
    "too many fields": `${body}${Array.from({ length: 101 }, (_, i) => `&f${i}=0`).join("")}`,
    "too long": `${body}&pad=${"A".repeat(70_000)}`,
    "a header in front": `POST /fpx/direct HTTP/1.1\r\n\r\n${body}`,
    "line breaks for ampersands": body.replaceAll("&", "\r\n"),
  };
  return [
    ...Object.entries(whole).map(([what, text]) => ({ what, body: text })),
    ...cuts.map((length) => ({ what: `cut after ${length} bytes`, body: body.slice(0, length) })),
    ...cuts.map((length) => ({ what: `begun after ${length} bytes`, body: body.slice(length) })),
  ];
}
