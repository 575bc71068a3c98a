import { ringgitFromSen } from "@kineticpay/contract/money";
import { nearName } from "../../request-log/known-members.ts";
import { chooseAmount, inRinggit, readRinggit, whyUnread } from "./repair-amount.ts";
import type { Repaired } from "./repair-members.ts";
import { isMasked, urlOf } from "./repair-value.ts";

const required: Readonly<Record<string, string>> = {
  invoice: "10001",
  amount: "12.50",
  callback_success: "https://shop.example/thanks",
  callback_error: "https://shop.example/again",
};
const optional: Readonly<Record<string, string>> = {
  description: "Order 10001",
  bank: "",
  callback_status: "https://shop.example/callback",
};
const names = [...Object.keys(required), ...Object.keys(optional)];

/** The amount in ringgit, where it can be told from what was sent; undefined, with a note, where only its sender knows. */
function repairAmount(value: unknown, notes: string[]): string | undefined {
  const read = isMasked(value) ? undefined : readRinggit(value);
  if (read === undefined) {
    notes.push(`/amount: ${whyUnread(value)} ${chooseAmount("ringgit")}`);
    return undefined;
  }
  const told = `/amount: ${JSON.stringify(value)} became ${inRinggit(read.sen)}.`;
  notes.push(read.isGuess ? `${told} That is a guess: check that it is the sum you meant.` : told);
  return ringgitFromSen(read.sen);
}

/** What was sent, by the names of this call, so that no example takes the place of what came under a slip of one. */
function underKnownNames(sent: Readonly<Record<string, unknown>>, notes: string[]): Record<string, unknown> {
  const known: Record<string, unknown> = {};
  for (const name of names) if (Object.hasOwn(sent, name)) known[name] = sent[name];
  for (const [name, value] of Object.entries(sent)) {
    if (Object.hasOwn(known, name) || name === "merchant_key") continue;
    const near = nearName(
      name,
      names.filter((each) => !Object.hasOwn(known, each)),
    );
    if (near === undefined) continue;
    known[near] = value;
    notes.push(`/${name}: this call calls it "${near}".`);
  }
  return known;
}

function repaired(name: string, value: unknown): string {
  const example = required[name] ?? optional[name] ?? "";
  if (isMasked(value) || (typeof value !== "string" && typeof value !== "number")) return example;
  if (name.startsWith("callback_")) return urlOf(value) ?? example;
  return (
    String(value)
      .replace(/\p{Cc}/gu, " ")
      .trim()
      .slice(0, 64) || example
  );
}

/** Brings what was sent to `/payment/create` into form. */
export function repairCreate(sent: Readonly<Record<string, unknown>>, isFaulty: (path: string) => boolean): Repaired {
  const notes: string[] = [];
  const members: Record<string, unknown> = {};
  const known = underKnownNames(sent, notes);
  for (const name of names) {
    const value = known[name];
    const isNeeded = name in required;
    if (value === undefined || value === null || value === "") {
      if (!isNeeded) continue;
      members[name] = required[name];
      notes.push(`/${name}: was missing; this is an example.`);
    } else if (name === "amount" && (isFaulty("/amount") || isMasked(value))) {
      members[name] = repairAmount(value, notes);
    } else if (isFaulty(`/${name}`) || isMasked(value)) {
      members[name] = repaired(name, value);
      const why = isMasked(value) ? "the log does not keep what was sent, so this is an example" : "was put into form";
      notes.push(`/${name}: ${why}.`);
    } else members[name] = value;
  }
  if (members["amount"] !== undefined) return { members, notes, toChoose: [] };
  const { amount: _, ...rest } = members;
  return { members: rest, notes, toChoose: ["amount"] };
}

/** Brings what was asked of `/payment/status` into form. */
export function repairStatus(sent: Readonly<Record<string, unknown>>): Repaired {
  const invoice = sent["invoice"];
  const isThere = (typeof invoice === "string" && invoice !== "" && !isMasked(invoice)) || typeof invoice === "number";
  return isThere
    ? { members: { invoice }, notes: [], toChoose: [] }
    : {
        members: { invoice: "10001" },
        notes: ["/invoice: this is an example; name the invoice that you created."],
        toChoose: [],
      };
}
