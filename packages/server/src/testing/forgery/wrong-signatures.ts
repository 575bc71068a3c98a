import { constants, createHash, createPublicKey, type KeyObject, privateEncrypt, sign as signBytes } from "node:crypto";
import { entriesOf, type Forgery, formOf, type Genuine } from "./forgery.ts";

export interface Signers {
  /** The exchange's own key: what it signs in another way, or over another text, is no message either. */
  readonly exchange: KeyObject;
  /** Keys that nobody should believe today, by what they are. */
  readonly strangers: Readonly<Record<string, KeyObject>>;
  /** The fields under the signature, in its order. */
  readonly order: readonly string[];
}

/** What a thief would change, had he a key that is believed. */
const wishes: Readonly<Record<string, readonly string[]>> = {
  fpx_txnAmount: ["0.01", "1.00", "12.51", "30000.00"],
  fpx_txnCurrency: ["SGD", "USD", "myr", ""],
  fpx_sellerId: ["SE99999999", ""],
  fpx_sellerExId: ["EX99999999", ""],
  fpx_sellerOrderNo: ["ANOTHER", ""],
  fpx_sellerExOrderNo: ["KP00000000000000000000000000", ""],
  fpx_debitAuthCode: ["00", "51", "99"],
  fpx_msgToken: ["01", "02", "03"],
  fpx_msgType: ["AC", "AR", "AE", "BC"],
};

const upperHex = (bytes: Buffer) => bytes.toString("hex").toUpperCase();
const sha1 = (text: string | Buffer, key: KeyObject) => upperHex(signBytes("sha1", Buffer.from(text), key));

/** The message with another checksum, and with other values if any. */
function withChecksum(genuine: Genuine, checksum: string, change: Readonly<Record<string, string>> = {}): string {
  const entries = entriesOf(genuine).map(([name, raw]): [string, string] =>
    name === "fpx_checkSum"
      ? [name, encodeURIComponent(checksum)]
      : [name, encodeURIComponent(change[name] ?? decodeURIComponent(raw))],
  );
  return formOf(entries);
}

/** Whole messages, also about other sums and orders, under keys of strangers. */
function byStrangers(genuine: Genuine, { strangers, order }: Signers): Forgery[] {
  const changes = [
    {},
    ...Object.entries(wishes).flatMap(([name, values]) => values.map((value) => ({ [name]: value }))),
  ];
  return Object.entries(strangers).flatMap(([who, key]) =>
    changes.map((change: Readonly<Record<string, string>>) => {
      const text = order.map((name) => change[name] ?? genuine.fields[name] ?? "").join("|");
      const what = `signed by ${who}, with ${JSON.stringify(change)}`;
      return { what, body: withChecksum(genuine, sha1(text, key), change) };
    }),
  );
}

/** What the exchange itself signs, but as another kind of message, for another merchant exchange, or about nobody's order. */
function notForUs(genuine: Genuine, { exchange, order }: Signers): Forgery[] {
  const unknown = `KP${"0".repeat(26)}`;
  const changes: readonly Readonly<Record<string, string>>[] = [
    ...["AR", "AE", "BC", "BE", "AD", "ac", "", "AC "].map((type) => ({ fpx_msgType: type })),
    ...["EX99999999", "ex00000001", "EX00000001 ", "EX0000000", ""].map((id) => ({ fpx_sellerExId: id })),
    ...[unknown, "", "' OR '1'='1", "%", "_"].map((number) => ({ fpx_sellerExOrderNo: number })),
    { fpx_sellerExOrderNo: (genuine.fields["fpx_sellerExOrderNo"] ?? "").toLowerCase() },
  ];
  return changes.map((change) => {
    const text = order.map((name) => change[name] ?? genuine.fields[name] ?? "").join("|");
    const what = `signed by the exchange with ${JSON.stringify(change)}`;
    return { what, body: withChecksum(genuine, sha1(text, exchange), change) };
  });
}

/** The exchange's own key over this very message, but with another digest or padding, or over another text. */
function otherwiseSigned(genuine: Genuine, { exchange, order }: Signers): Forgery[] {
  const values = order.map((name) => genuine.fields[name] ?? "");
  const text = values.join("|");
  const named = order.map((name) => `${name}=${genuine.fields[name] ?? ""}`);
  const texts: Readonly<Record<string, string | Buffer>> = {
    ...{
      "without bars": values.join(""),
      "with commas": values.join(","),
      "with spaces around bars": values.join(" | "),
    },
    ...{ "with a bar at its end": `${text}|`, "with a bar in front": `|${text}`, "with a line feed": `${text}\n` },
    ...{ "with names": named.join("|"), "as a form": named.join("&"), "as it came": genuine.body, nothing: "" },
    ...{ "without blanks": values.filter((value) => value !== "").join("|"), "in capitals": text.toUpperCase() },
    ...{ "in the form's order": Object.values(genuine.fields).join("|"), backwards: [...values].reverse().join("|") },
    ...{
      "in UTF-16": Buffer.from(text, "utf16le"),
      "in base64": Buffer.from(text).toString("base64"),
      sorted: [...values].sort().join("|"),
    },
    ...{ "without the last": values.slice(0, -1).join("|"), "without the first": values.slice(1).join("|") },
    ...{
      "with one more": `${text}|00`,
      hashed: createHash("sha1").update(text).digest(),
      "hashed in hex": createHash("sha1").update(text).digest("hex"),
    },
  };
  const digest = createHash("sha1").update(text).digest();
  const pss = (hash: string) =>
    signBytes(hash, Buffer.from(text), { key: exchange, padding: constants.RSA_PKCS1_PSS_PADDING });
  const signatures: Readonly<Record<string, Buffer>> = {
    ...Object.fromEntries(
      ["sha256", "sha384", "sha512", "sha224", "md5", "ripemd160"].map((hash) => [
        hash,
        signBytes(hash, Buffer.from(text), exchange),
      ]),
    ),
    ...{ "PSS, sha1": pss("sha1"), "PSS, sha256": pss("sha256"), "a bare digest": privateEncrypt(exchange, digest) },
    "a bare digest in hex": privateEncrypt(exchange, Buffer.from(digest.toString("hex"))),
    "a digest padded with noughts": privateEncrypt(
      { key: exchange, padding: constants.RSA_NO_PADDING },
      Buffer.concat([Buffer.alloc(236), digest]),
    ),
  };
  return [
    ...Object.entries(texts).map(([what, over]) => ({
      what: `signed over the text ${what}`,
      body: withChecksum(genuine, sha1(over, exchange)),
    })),
    ...Object.entries(signatures).map(([what, bytes]) => ({
      what: `signed by ${what}`,
      body: withChecksum(genuine, upperHex(bytes)),
    })),
  ];
}

/** The same number again, modulo the key's: what a careless verifier takes for the signature. */
function plusModulus(hex: string, key: KeyObject): string {
  const modulus = BigInt(
    `0x${Buffer.from(createPublicKey(key).export({ format: "jwk" }).n ?? "", "base64url").toString("hex")}`,
  );
  return (BigInt(`0x${hex}`) + modulus).toString(16).toUpperCase();
}

/** The genuine signature, written otherwise or spoilt. */
function spoiltSignatures(genuine: Genuine, { exchange }: Signers): Forgery[] {
  const hex = genuine.fields["fpx_checkSum"] ?? "";
  const bytes = Buffer.from(hex, "hex");
  const spoilt: Readonly<Record<string, string>> = {
    ...{
      base64: bytes.toString("base64"),
      "base64 for addresses": bytes.toString("base64url"),
      latin: bytes.toString("latin1"),
    },
    ...{
      "with 0x": `0x${hex}`,
      "with colons": hex.replace(/..(?=.)/g, "$&:"),
      "with spaces": hex.replace(/..(?=.)/g, "$& "),
    },
    ...{
      "a nought in front": `0${hex}`,
      "a byte in front": `00${hex}`,
      "a byte behind": `${hex}00`,
      "a digit short": hex.slice(0, -1),
    },
    ...{
      "a byte short": hex.slice(0, -2),
      "a byte short in front": hex.slice(2),
      "half of it": hex.slice(0, 256),
      twice: `${hex}${hex}`,
    },
    ...{
      backwards: upperHex(Buffer.from(bytes).reverse()),
      noughts: "0".repeat(512),
      ones: `${"0".repeat(511)}1`,
      full: "F".repeat(512),
    },
    ...{
      nothing: "",
      "a space": " ",
      "a word": "OK",
      null: "null",
      "not hexadecimal": `G${hex.slice(1)}`,
      "a list": `${hex},${hex}`,
      "plus the modulus": plusModulus(hex, exchange),
    },
  };
  const flipped = Array.from({ length: 64 }, (_, i) => {
    const other = Buffer.from(bytes);
    other[i * 4] = (other[i * 4] ?? 0) ^ (1 << (i % 8));
    return [`with a bit of byte ${i * 4} turned`, upperHex(other)] as const;
  });
  return [...Object.entries(spoilt), ...flipped].map(([what, checksum]) => ({
    what: `the signature ${what}`,
    body: withChecksum(genuine, checksum),
  }));
}

/** Signatures and whole parts of other genuine messages. */
function borrowed(genuine: Genuine, others: readonly Genuine[]): Forgery[] {
  return others.flatMap((other, i) => {
    const own = genuine.fields["fpx_checkSum"] ?? "";
    const foreign = other.fields["fpx_checkSum"] ?? "";
    const mixed = Object.keys(genuine.fields)
      .filter((name) => genuine.fields[name] !== other.fields[name] && name !== "fpx_checkSum")
      .flatMap((name) => {
        const change = { [name]: other.fields[name] ?? "" };
        return [own, foreign].map((checksum) => ({
          what: `${name} of message ${i}`,
          body: withChecksum(genuine, checksum, change),
        }));
      });
    return [{ what: `the signature of message ${i}`, body: withChecksum(genuine, foreign) }, ...mixed];
  });
}

/** Every wrong signature that one can think of, for one genuine message. */
export function forgeSignatures(genuine: Genuine, others: readonly Genuine[], signers: Signers): Forgery[] {
  return [
    ...byStrangers(genuine, signers),
    ...notForUs(genuine, signers),
    ...otherwiseSigned(genuine, signers),
    ...spoiltSignatures(genuine, signers),
    ...borrowed(genuine, others),
  ];
}
