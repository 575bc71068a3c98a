import { createHmac } from "node:crypto";

/** A callback of the v2 API as it reached a shop: what Standard Webhooks signs, and its signature. */
export interface Webhook {
  readonly id: string;
  readonly timestamp: string;
  readonly signature: string;
  readonly body: string;
}

/** What a forger sends; a header that is undefined is not sent. */
export interface ForgedWebhook {
  readonly what: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function headersOf(webhook: Partial<Omit<Webhook, "body">>): Record<string, string> {
  const headers: Record<string, string> = {};
  if (webhook.id !== undefined) headers["webhook-id"] = webhook.id;
  if (webhook.timestamp !== undefined) headers["webhook-timestamp"] = webhook.timestamp;
  if (webhook.signature !== undefined) headers["webhook-signature"] = webhook.signature;
  return headers;
}

const v1 = (key: string | Buffer, text: string, digest = "sha256") =>
  `v1,${createHmac(digest, key).update(text).digest("base64")}`;

/** Other bodies that say the same to whoever parses them, and bodies that say something else. */
function otherBodies(body: string): Record<string, string> {
  const value = JSON.parse(body) as Record<string, unknown>;
  const sorted = Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  const backwards = Object.fromEntries(Object.entries(value).reverse());
  return {
    "set out in lines": JSON.stringify(value, null, 2),
    "with its members sorted": JSON.stringify(sorted),
    "with its members backwards": JSON.stringify(backwards),
    "with a space behind": `${body} `,
    "with a line feed": `${body}\n`,
    "with a byte order mark": `\ufeff${body}`,
    "with a space after each colon": body.replaceAll('":', '": '),
    "with a letter escaped": body.replace("payment", "\\u0070ayment"),
    "with a slash escaped": body.replace("/", "\\/"),
    "with a float for a whole number": body.replace(/"amount":(\d+)/, '"amount":$1.0'),
    "with a member twice": body.replace("{", '{"type":"payment.paid",'),
    "with another amount": body.replace(/"amount":(\d+)/, '"amount":1'),
    "with another status": body
      .replace(/"status":"\w+"/, '"status":"paid"')
      .replace(/"type":"[\w.]+"/, '"type":"payment.paid_"'),
    "about another payment": body.replace(/pay_[0-9A-Z]{26}/, "pay_00000000000000000000000000"),
    "about another invoice": body.replace(/"invoice":"[^"]+"/, '"invoice":"ANOTHER"'),
    "cut by a byte": body.slice(0, -1),
    "cut in half": body.slice(0, body.length / 2),
    "with nothing in it": "",
    "with an empty object": "{}",
  };
}

/** Keys that a forger knows or can guess. */
function knownKeys(webhook: Webhook, knownSecrets: readonly string[]): Record<string, string | Buffer> {
  const guessed = ["", "secret", "whsec_", "null", "undefined", "0".repeat(32), webhook.id, webhook.timestamp];
  const named = [...guessed, ...knownSecrets].flatMap((text) => [
    [`"${text.slice(0, 12)}"`, text] as const,
    [`"${text.slice(0, 12)}" decoded`, Buffer.from(text.replace(/^whsec_/, ""), "base64")] as const,
  ]);
  return Object.fromEntries(named);
}

/** Signatures that are none, made from the genuine one. */
function otherSignatures({ signature }: Webhook): Record<string, string> {
  const bare = signature.replace(/^v1,/, "");
  const bytes = Buffer.from(bare, "base64");
  const flipped = Buffer.from(bytes);
  flipped[0] = (flipped[0] ?? 0) ^ 1;
  return {
    ...{ nothing: "", "a space": " ", "a version alone": "v1", "a version and nothing": "v1,", "a comma": "," },
    ...{ "without its version": bare, "of another version": `v2,${bare}`, "of the asymmetric version": `v1a,${bare}` },
    ...{
      "in capitals": signature.toUpperCase(),
      "in hexadecimal": `v1,${bytes.toString("hex")}`,
      cut: signature.slice(0, -4),
    },
    ...{
      "with a bit turned": `v1,${flipped.toString("base64")}`,
      "with more behind": `${signature}A`,
      "without padding": signature.replace(/=+$/, ""),
    },
    ...{
      "for addresses": `v1,${bytes.toString("base64url")}x`,
      "many of nothing": "v1, ".repeat(50),
      noughts: `v1,${"A".repeat(43)}=`,
    },
    ...{ "joined by a comma": `v1,AAAA,${bare}`, "joined by a semicolon": `v1,AAAA;${signature}` },
  };
}

/**
 * Everything that somebody can send who has seen genuine callbacks and does not have the secret.
 * @param others more genuine callbacks of the same shop
 * @param knownSecrets what the forger has got hold of: other shops' secrets, keys of the API
 */
export function forgeWebhooks(
  genuine: Webhook,
  others: readonly Webhook[],
  knownSecrets: readonly string[],
): ForgedWebhook[] {
  const { id, timestamp, signature, body } = genuine;
  const forged: ForgedWebhook[] = [];
  const add = (what: string, change: Partial<Webhook>, without?: keyof Webhook) => {
    const all: Partial<Webhook> = { ...genuine, ...change };
    if (without !== undefined) delete (all as Record<string, unknown>)[without];
    forged.push({ what, headers: headersOf(all), body: all.body ?? "" });
  };
  const paid = body.replace(/"type":"[\w.]+"/, '"type":"payment.paid"').replace(/"amount":\d+/, '"amount":2');
  for (const [what, other] of Object.entries(otherBodies(body)))
    if (other !== body) add(`a body ${what}`, { body: other });
  for (const [what, other] of Object.entries(otherSignatures(genuine)))
    add(`a signature ${what}`, { signature: other });
  for (const [what, key] of Object.entries(knownKeys(genuine, knownSecrets))) {
    for (const each of [body, paid])
      add(`signed with ${what}`, { body: each, signature: v1(key, `${id}.${timestamp}.${each}`) });
  }
  const secret = knownSecrets[0] ?? "secret";
  for (const digest of ["sha1", "sha512", "md5"])
    add(`signed by ${digest}`, { signature: v1(secret, `${id}.${timestamp}.${body}`, digest) });
  for (const text of [body, `${timestamp}.${body}`, `${id}.${body}`, `${id}${timestamp}${body}`])
    add("signed over other text", { signature: v1(secret, text) });
  for (const seconds of [-1, 1, -60, 60, 299]) add("stamped anew", { timestamp: String(Number(timestamp) + seconds) });
  for (const other of ["", "0", "now", "-1", "1e9", new Date().toISOString(), `${timestamp}000`])
    add("stamped otherwise", { timestamp: other });
  for (const other of ["", "evt_00000000000000000000000000", `${id}0`, id.toLowerCase(), `${id}.${timestamp}`])
    add("under another id", { id: other });
  for (const without of ["id", "timestamp", "signature"] as const) add(`without its ${without}`, {}, without);
  // The signed text joins its parts with dots, so a part that holds a dot could be read as two.
  const [first = "", rest = ""] = [body.slice(0, body.indexOf(".") + 1), body.slice(body.indexOf(".") + 1)];
  if (first !== "") add("with a border moved", { timestamp: `${timestamp}.${first.slice(0, -1)}`, body: rest });
  for (const other of others) {
    add("with another's signature", { signature: other.signature });
    add("with another's body", { body: other.body });
    add("with another's id and time", { id: other.id, timestamp: other.timestamp });
    add("with another's signature and time", { signature: other.signature, timestamp: other.timestamp });
    add("with another's signature and id", { signature: other.signature, id: other.id });
    add("with both signatures crossed", { signature: `${other.signature} ${other.signature}` });
  }
  return forged.filter(
    (each) =>
      each.body !== body || JSON.stringify(each.headers) !== JSON.stringify(headersOf({ id, timestamp, signature })),
  );
}
