import { ringgitFromSen } from "@kineticpay/contract/money";
import type { Repaired } from "./repair-members.ts";
import { isMasked, senOf, urlOf } from "./repair-value.ts";

const required: Readonly<Record<string, string>> = {
  invoice: "10001",
  amount: "12.50",
  description: "Order 10001",
  callback_success: "https://shop.example/thanks",
  callback_error: "https://shop.example/again",
};
const optional: Readonly<Record<string, string>> = { bank: "", callback_status: "https://shop.example/callback" };

/** Ringgit as text. Here a whole number means ringgit too. */
function ringgitOf(value: unknown): string | undefined {
  const text = String(value).replace(/^(rm|myr)\s*/i, "");
  const sen = senOf(/^\d+$/.test(text.trim()) ? `${text.trim()}.00` : text);
  return sen === undefined || sen === 0 ? undefined : ringgitFromSen(sen);
}

function repaired(name: string, value: unknown): string {
  const example = required[name] ?? optional[name] ?? "";
  if (isMasked(value) || (typeof value !== "string" && typeof value !== "number")) return example;
  if (name === "amount") return ringgitOf(value) ?? example;
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
  for (const name of [...Object.keys(required), ...Object.keys(optional)]) {
    const value = sent[name];
    const isNeeded = name in required;
    if (value === undefined || value === null || value === "") {
      if (!isNeeded) continue;
      members[name] = required[name];
      notes.push(`/${name}: was missing; this is an example.`);
    } else if (isFaulty(`/${name}`) || isMasked(value)) {
      members[name] = repaired(name, value);
      const why = isMasked(value) ? "the log does not keep what was sent, so this is an example" : "was put into form";
      notes.push(`/${name}: ${why}.`);
    } else members[name] = value;
  }
  return { members, notes };
}

/** Brings what was asked of `/payment/status` into form. */
export function repairStatus(sent: Readonly<Record<string, unknown>>): Repaired {
  const invoice = sent["invoice"];
  const isThere = (typeof invoice === "string" && invoice !== "" && !isMasked(invoice)) || typeof invoice === "number";
  return isThere
    ? { members: { invoice }, notes: [] }
    : { members: { invoice: "10001" }, notes: ["/invoice: this is an example; name the invoice that you created."] };
}
