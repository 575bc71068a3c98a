import type { Schema } from "@kineticpay/contract/json-schema";
import { nearName } from "../../request-log/known-members.ts";
import { chooseAmount, inRinggit, readSen, whyUnread } from "./repair-amount.ts";
import { exampleOf, isMasked, repairValue } from "./repair-value.ts";

type Members = Readonly<Record<string, unknown>>;

/** What was put right, for people to read. */
export interface Repaired {
  readonly members: Record<string, unknown>;
  readonly notes: string[];
  /** What was sent, and can be named by its sender alone; it is not among the members. */
  readonly toChoose: readonly string[];
}

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const show = (value: unknown) => (isMasked(value) ? "what was sent" : JSON.stringify(value));

/** The member of the schema that a sent one stands for: itself, or the one that it is a slip of and that nothing else is. */
function target(name: string, names: readonly string[], taken: readonly Members[]): string | undefined {
  if (names.includes(name)) return name;
  return nearName(
    name,
    names.filter((each) => !taken.some((members) => Object.hasOwn(members, each))),
  );
}

interface Place {
  readonly members: Members;
  readonly schema: Schema;
  readonly at: string;
  readonly isFaulty: (path: string) => boolean;
}

/** Whether a sum in another currency was asked for: its number would be another sum in ringgit. */
function isForeign(currency: unknown): boolean {
  return typeof currency === "string" && !/^\s*(rm|myr)?\s*$/i.test(currency);
}

/** An amount in sen out of what was sent, where that can be told; undefined, with a note, where only its sender knows. */
function repairAmount(value: unknown, path: string, place: Place, notes: string[]): number | undefined {
  const isOther = isForeign(place.members["currency"]);
  const read = isMasked(value) || isOther ? undefined : readSen(value);
  if (read === undefined) {
    const why = isOther ? "Payments are in ringgit, and the sum was in another currency." : whyUnread(value);
    notes.push(`${path}: ${why} ${chooseAmount("sen")}`);
    return undefined;
  }
  const told = `${path}: ${show(value)} became ${read.sen}, which is ${inRinggit(read.sen)}.`;
  notes.push(read.isGuess ? `${told} That is a guess: check that it is the sum you meant.` : told);
  return read.sen;
}

function repairMember(name: string, value: unknown, place: Place, notes: string[]): unknown {
  const properties = place.schema["properties"] as Record<string, Schema>;
  const schema = properties[name] ?? {};
  const path = `${place.at}/${name}`;
  const isSum = name === "amount" && place.at === "";
  if (isSum && (place.isFaulty(path) || isForeign(place.members["currency"])))
    return repairAmount(value, path, place, notes);
  if (isObject(value) && schema.type === "object" && schema["properties"] !== undefined) {
    const inside = repairMembers(value, schema, path, place.isFaulty);
    notes.push(...inside.notes);
    return inside.members;
  }
  if (isMasked(value)) {
    notes.push(`${path}: the log does not keep what was sent, so this is an example. Put your own value in.`);
    return exampleOf(name, schema);
  }
  const repaired = place.isFaulty(path) ? repairValue(value, name, schema) : value;
  if (repaired === value) {
    const isReduced = schema["format"] === "web-url" && /[/=]x(?=[/?&]|$)/.test(String(value));
    if (isReduced) notes.push(`${path}: the log does not keep what may be private in an address; "x" stands for it.`);
    return value;
  }
  if (repaired === undefined) notes.push(`${path}: left out, since what was sent cannot be read as one.`);
  else notes.push(`${path}: ${show(value)} became ${JSON.stringify(repaired)}.`);
  return repaired;
}

/**
 * Brings the members of a body or a query into the form that a schema takes. A member that nobody knows goes, one that is
 * a slip of a known name, or another service's word for it, gets that name and keeps its value, one that is faulty is
 * repaired, and one that is missing gets its example.
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
  // What came under another name has not been looked at yet.
  const renamed = { ...place, isFaulty: () => true };
  for (const [name, value] of Object.entries(sent)) {
    if (name === "(others)") notes.push(`${at}: left out ${String(value)} that this call does not know.`);
    if (name.startsWith("(")) continue;
    const known = target(name, names, [sent, members]);
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
    if (known !== name) notes.push(`${at}/${name}: this call calls it "${known}".`);
    members[known] = repairMember(known, value, known === name ? place : renamed, notes);
  }
  const toChoose = at === "" && "amount" in members && members["amount"] === undefined ? ["amount"] : [];
  for (const name of Object.keys(members)) if (members[name] === undefined) delete members[name];
  for (const name of (schema["required"] ?? []) as readonly string[]) {
    if (name in members || toChoose.includes(name)) continue;
    members[name] = exampleOf(name, properties[name] ?? {});
    notes.push(`${at}/${name}: was missing; this is an example.`);
  }
  return { members, notes, toChoose };
}
