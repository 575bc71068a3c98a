import type { Schema } from "@kineticpay/contract/json-schema";
import { nearName } from "../../request-log/known-members.ts";
import { exampleOf, isMasked, repairValue } from "./repair-value.ts";

type Members = Readonly<Record<string, unknown>>;

/** What was put right, for people to read. */
export interface Repaired {
  readonly members: Record<string, unknown>;
  readonly notes: string[];
}

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const show = (value: unknown) => (isMasked(value) ? "what was sent" : JSON.stringify(value));

/** The member of the schema that a sent one stands for: itself, or the one that it is a slip of. */
function target(name: string, names: readonly string[], sent: Members): string | undefined {
  if (names.includes(name)) return name;
  const near = nearName(
    name,
    names.filter((each) => !(each in sent)),
  );
  return near;
}

interface Place {
  readonly members: Members;
  readonly schema: Schema;
  readonly at: string;
  readonly isFaulty: (path: string) => boolean;
}

function repairMember(name: string, value: unknown, place: Place, notes: string[]): unknown {
  const properties = place.schema["properties"] as Record<string, Schema>;
  const schema = properties[name] ?? {};
  const path = `${place.at}/${name}`;
  if (isObject(value) && schema.type === "object" && schema["properties"] !== undefined) {
    const inside = repairMembers(value, schema, path, place.isFaulty);
    notes.push(...inside.notes);
    return inside.members;
  }
  if (isMasked(value)) {
    notes.push(`${path}: the log does not keep what was sent, so this is an example. Put your own value in.`);
    return exampleOf(name, schema);
  }
  if (!place.isFaulty(path)) {
    const isReduced = schema["format"] === "web-url" && /[/=]x(?=[/?&]|$)/.test(String(value));
    if (isReduced) notes.push(`${path}: the log does not keep what may be private in an address; "x" stands for it.`);
    return value;
  }
  const repaired = repairValue(value, name, schema);
  if (repaired === undefined) notes.push(`${path}: left out, since what was sent cannot be read as one.`);
  else notes.push(`${path}: ${show(value)} became ${JSON.stringify(repaired)}.`);
  return repaired;
}

/**
 * Brings the members of a body or a query into the form that a schema takes. A member that nobody knows goes, one that is
 * a slip of a known name gets that name, one that is faulty is repaired, and one that is missing gets its example.
 * @param isFaulty whether the answer complained about a place, given as a JSON pointer
 */
export function repairMembers(
  sent: Members,
  schema: Schema,
  at: string,
  isFaulty: (path: string) => boolean,
): Repaired {
  const properties = (schema["properties"] ?? {}) as Record<string, Schema>;
  const names = Object.keys(properties);
  const notes: string[] = [];
  const members: Record<string, unknown> = {};
  const place = { members: sent, schema, at, isFaulty };
  for (const [name, value] of Object.entries(sent)) {
    if (name === "(others)") notes.push(`${at}: left out ${String(value)} that this call does not know.`);
    if (name.startsWith("(")) continue;
    const known = target(name, names, sent);
    if (known === undefined) {
      notes.push(`${at}/${name}: left out, since this call has no such field.`);
      continue;
    }
    const isRequired = ((schema["required"] ?? []) as readonly string[]).includes(known);
    // An example of what may as well be missing helps nobody.
    if (isMasked(value) && !isRequired && !isFaulty(`${at}/${known}`) && known === "metadata") {
      notes.push(`${at}/${known}: left out, since the log does not keep it. Put your own back in.`);
      continue;
    }
    if (known === name) members[known] = repairMember(known, value, place, notes);
    else {
      members[known] = repairValue(value, known, properties[known] ?? {});
      notes.push(`${at}/${name}: this call calls it "${known}".`);
    }
  }
  for (const name of Object.keys(members)) if (members[name] === undefined) delete members[name];
  for (const name of (schema["required"] ?? []) as readonly string[]) {
    if (name in members) continue;
    members[name] = exampleOf(name, properties[name] ?? {});
    notes.push(`${at}/${name}: was missing; this is an example.`);
  }
  return { members, notes };
}
