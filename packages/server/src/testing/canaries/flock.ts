import { createHash } from "node:crypto";
import type { Canary } from "./canary.ts";

/** Letters and digits that look drawn by lot, and are the same in every run. */
function drawn(name: string, length: number): string {
  let text = "";
  for (let i = 0; text.length < length; i += 1)
    text += createHash("sha256")
      .update(`${name} ${i}`)
      .digest("base64")
      .replace(/[^A-Za-z0-9]/g, "");
  return text.slice(0, length);
}

/** Secrets of the forms that developers have lying about; none of them is one of ours. */
export const strangersSecrets: readonly Canary[] = [
  ...[20, 32, 40, 64].map((length) => ({ what: `a token of ${length} letters`, text: drawn("token", length) })),
  { what: "a hexadecimal token", text: createHash("sha256").update("hex").digest("hex") },
  { what: "a password with signs", text: `Tr0ub4dor&3"<${drawn("password", 12)}>'/\\` },
  { what: "a password with spaces and accents", text: `katalaluan saya – ${drawn("spaces", 14)} é` },
  { what: "a secret key of another service", text: `sk_live_${drawn("service", 32)}` },
  { what: "a token of a code host", text: `ghp_${drawn("host", 36)}` },
  { what: "a cloud key", text: `AKIA${drawn("cloud", 16).toUpperCase()}` },
  { what: "a JSON web token", text: `eyJ${drawn("head", 20)}.eyJ${drawn("claims", 30)}.${drawn("signature", 43)}` },
  { what: "a private key", text: `-----BEGIN PRIVATE KEY-----\n${drawn("private", 64)}\n-----END PRIVATE KEY-----` },
  { what: "a UUID", text: "7b1e6c52-93d4-4f0a-8e6b-5d2c9a71f3e8" },
  { what: "a card number", text: "4111111111111111" },
  { what: "a key of ours that is cut short", text: `kp_test_${drawn("short", 35)}` },
  { what: "a key of ours that nobody issued", text: `kp_live_${drawn("nobody", 36)}` },
  { what: "a signing secret that nobody issued", text: `whsec_${drawn("signing", 43)}=` },
  { what: "a database address", text: `postgres://kp:${drawn("database", 24)}@db.internal:5432/kp` },
];

const payments = ["payments", "events", "deliveries", "delivery_attempts", "attempts", "bank_messages"];

/** What a shop tells of its buyer, and what it keeps with a payment for itself: kept with the payment, and nowhere else. */
export const buyersData = {
  name: { what: "the buyer's name", text: "Nurul Canary binti Abdullah", keptIn: payments },
  email: { what: "the buyer's address", text: `${drawn("buyer", 14)}@mail.example`, keptIn: payments },
  phone: { what: "the buyer's number", text: "+60 12-345 98761", keptIn: payments },
  description: { what: "a description", text: `Rawatan ${drawn("description", 16)}`, keptIn: payments },
  metadata: { what: "the shop's own note", text: drawn("note", 24), keptIn: payments },
  callbackToken: { what: "a token in the shop's address", text: drawn("callback", 24), keptIn: payments },
} as const satisfies Readonly<Record<string, Canary>>;
