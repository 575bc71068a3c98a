import { createCipheriv, createHash, createHmac, hkdfSync, randomBytes } from "node:crypto";

interface Envelope {
  readonly iv: string;
  readonly value: string;
  readonly mac: string;
  readonly tag: string;
}

export interface ForgedEnvelope {
  readonly what: string;
  /** What stands in `encrypted_transaction_data`. */
  readonly sealed: string;
}

const readEnvelope = (sealed: string) => JSON.parse(Buffer.from(sealed, "base64").toString("utf8")) as Envelope;
const writeEnvelope = (envelope: object) => Buffer.from(JSON.stringify(envelope)).toString("base64");

/** Seals a record as the gateway does, but under a key of the forger's. */
function seal(key: Buffer, text: string): string {
  const iv = randomBytes(16);
  const cipher = createCipheriv("aes-256-cbc", key, iv);
  const value = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]).toString("base64");
  const ivText = iv.toString("base64");
  const mac = createHmac("sha256", key).update(`${ivText}${value}`).digest("hex");
  return writeEnvelope({ iv: ivText, value, mac, tag: "" });
}

/** Keys that a forger can derive from what they know. */
function forgersKeys(knownKeys: readonly string[]): Record<string, Buffer> {
  const derive = (text: string, info: string, salt = "") => Buffer.from(hkdfSync("sha256", text, salt, info, 32));
  const info = "kineticpay callback v1";
  return Object.fromEntries(
    ["", "secret", ...knownKeys].flatMap((text, i) => [
      [`derived from known text ${i}`, derive(text, info)],
      [`derived otherwise from known text ${i}`, derive(text, "")],
      [`salted from known text ${i}`, derive(text, info, "salt")],
      [`a digest of known text ${i}`, createHash("sha256").update(text).digest()],
      [`known text ${i}, padded`, Buffer.concat([Buffer.from(text), Buffer.alloc(32)]).subarray(0, 32)],
    ]),
  );
}

/** Parts of a genuine envelope that were changed, or moved over the border between them. */
function alteredParts(envelope: Envelope): Record<string, object> {
  const { iv, value, mac } = envelope;
  const turned = (text: string, at: number) => {
    const bytes = Buffer.from(text, "base64");
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return bytes.toString("base64");
  };
  const length = Buffer.from(value, "base64").length;
  const turns = Array.from({ length: 16 }, (_, i) => ({
    [`iv with byte ${i} turned`]: { ...envelope, iv: turned(iv, i) },
    [`value with byte ${Math.floor((i * length) / 16)} turned`]: {
      ...envelope,
      value: turned(value, Math.floor((i * length) / 16)),
    },
  }));
  const moved = [1, 4, 24, 64, 128].flatMap((count) => [
    {
      [`${count} of the value moved into the iv`]: {
        ...envelope,
        iv: `${iv}${value.slice(0, count)}`,
        value: value.slice(count),
      },
    },
    {
      [`${count} of the iv moved into the value`]: {
        ...envelope,
        iv: iv.slice(0, -count),
        value: `${iv.slice(-count)}${value}`,
      },
    },
  ]);
  const macs = [
    "",
    "0",
    mac.slice(0, -1),
    mac.slice(0, 32),
    mac.slice(0, 8),
    `${mac}00`,
    `${mac}zz`,
    ` ${mac}`,
    mac.toUpperCase(),
    "0".repeat(64),
    null,
    true,
    0,
    [mac],
    { mac },
  ];
  return {
    ...Object.assign({}, ...turns, ...moved),
    ...Object.fromEntries(macs.map((other, i) => [`mac ${i}`, { ...envelope, mac: other }])),
    ...{
      "no mac": { iv, value, tag: "" },
      "no iv": { value, mac, tag: "" },
      "no value": { iv, mac, tag: "" },
      nothing: {},
    },
    ...{
      "an empty value": { ...envelope, value: "" },
      "an empty iv": { ...envelope, iv: "" },
      "iv and value swapped": { ...envelope, iv: value, value: iv },
    },
    ...{
      "value cut by a block": { ...envelope, value: value.slice(0, -24) },
      "value doubled": { ...envelope, value: `${value}${value}` },
    },
    "a digest without a key": { ...envelope, mac: createHash("sha256").update(`${iv}${value}`).digest("hex") },
    "a mac with an empty key": { ...envelope, mac: createHmac("sha256", "").update(`${iv}${value}`).digest("hex") },
  };
}

/**
 * Everything that somebody can put into `encrypted_transaction_data` who has seen genuine callbacks and does not have the
 * merchant key.
 * @param others more genuine envelopes of the same shop
 * @param record the JSON text that the forger wants to be believed
 * @param knownKeys keys of other shops, and whatever else the forger knows
 */
export function forgeEnvelopes(
  genuine: string,
  others: readonly string[],
  record: string,
  knownKeys: readonly string[],
): ForgedEnvelope[] {
  const envelope = readEnvelope(genuine);
  const plain = [record, Buffer.from(record).toString("base64"), "", "e30=", "bnVsbA==", "{}", "null", "undefined"];
  const wrapped = (members: object) => writeEnvelope({ ...envelope, ...members });
  const mixed = others.flatMap((sealed) => {
    const { iv, value, mac } = readEnvelope(sealed);
    return [{ iv }, { value }, { mac }, { iv, value }, { iv, mac }, { value, mac }].map((members) => ({
      what: `${Object.keys(members).join(" and ")} of another`,
      sealed: wrapped(members),
    }));
  });
  return [
    ...Object.entries(alteredParts(envelope)).map(([what, members]) => ({ what, sealed: writeEnvelope(members) })),
    ...Object.entries(forgersKeys(knownKeys)).map(([what, key]) => ({
      what: `sealed with a key ${what}`,
      sealed: seal(key, record),
    })),
    ...plain.map((sealed) => ({ what: `not sealed at all: ${sealed.slice(0, 12)}`, sealed })),
    ...[0.25, 0.5, 0.9].map((share) => ({ what: "cut", sealed: genuine.slice(0, genuine.length * share) })),
    { what: "the record in place of the value", sealed: wrapped({ value: Buffer.from(record).toString("base64") }) },
    ...mixed,
  ];
}
