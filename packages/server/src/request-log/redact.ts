import { isOneText, keepScalar, notKept } from "./keep-value.ts";
import { type Keeping, keepingFor, type Side } from "./known-members.ts";

/** The most of a body or an answer that one row keeps. */
export const mostKeptBytes = 4 * 1024;
const mostItems = 20;
const mostMembers = 60;
const deepest = 4;

interface Pass {
  readonly side: Side;
  readonly secrets: readonly string[];
  /** What may still be looked at: however large a body is, little of it is read. */
  left: number;
}

function redactObject(value: object, pass: Pass, depth: number): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  let others = 0;
  for (const [name, member] of Object.entries(value)) {
    const keeping = pass.left > 0 ? keepingFor(name, pass.side) : undefined;
    pass.left -= 1;
    if (keeping === undefined) others += 1;
    else kept[name] = redactMember(member, keeping, pass, depth);
  }
  if (others > 0) kept["(others)"] = others;
  return kept;
}

function redactMember(value: unknown, keeping: Keeping, pass: Pass, depth: number): unknown {
  if (typeof value !== "object" || value === null) return keepScalar(value, keeping, pass.secrets);
  if (keeping === "nothing") return notKept;
  if (keeping === "text") return `(object of ${Object.keys(value).length} members)`;
  if (depth >= deepest) return notKept;
  if (!Array.isArray(value)) return redactObject(value, pass, depth + 1);
  // A list where one value belongs is no value of that kind, so nothing is known of what is in it.
  if (isOneText(keeping)) return notKept;
  return value.slice(0, mostItems).map((item) => redactMember(item, keeping, pass, depth + 1));
}

/** What is left when even the redacted form is too long: its own plain values. */
function shortened(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return notKept;
  const plain = Object.entries(value).filter(([, member]) => typeof member !== "object" || member === null);
  const kept = Object.fromEntries([...plain.slice(0, mostMembers), ["(shortened)", true]]);
  return JSON.stringify(kept).length <= mostKeptBytes ? kept : { "(shortened)": true };
}

/**
 * What may be kept of a body, an answer or a query: the members on the allow-list, each reduced as its rule says, at most
 * 4 KiB in all. Whatever is not on the list leaves nothing but its number.
 * @param side whether a caller sent it or the gateway answered it: they know different members
 * @param secrets what the call presented as keys; they are taken out wherever they turn up
 */
export function redact(value: unknown, side: Side, secrets: readonly string[]): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value !== "object") return notKept;
  const pass: Pass = { side, secrets, left: mostMembers * 4 };
  const redacted = redactMember(value, "inside", pass, 0);
  const text = JSON.stringify(redacted);
  const fits = text.length <= mostKeptBytes ? redacted : shortened(redacted);
  // The last line of defence; the rules above leave nothing for it to find.
  return secrets.some((secret) => secret.length >= 4 && text.includes(JSON.stringify(secret).slice(1, -1)))
    ? notKept
    : fits;
}

/** A query string, redacted by the names of its parameters. */
export function redactQuery(query: string, secrets: readonly string[]): unknown {
  return query === "" ? {} : redact(Object.fromEntries(new URLSearchParams(query.slice(0, 8_192))), "asked", secrets);
}
