import { type KeyKind, paymentScopes, type Scope, scopes } from "../merchants/api-keys.ts";
import {
  createApiKey,
  longestOverlapHours,
  revokeApiKey,
  rollApiKey,
  type ShownKey,
} from "../merchants/change-api-keys.ts";
import { type ApiKey, readApiKeys, stateOfKey } from "../merchants/read-api-keys.ts";
import { reader } from "./collections.ts";
import { type Command, type Options, UsageError } from "./command.ts";
import { byOption, mostListed, nameOf, noWords, onlyWord, operatorOf, orNone, table, textOf } from "./words.ts";

function line(each: ApiKey, now: Date): string {
  const facts = [
    each.id,
    each.kind,
    stateOfKey(each, now),
    each.hint,
    `collection=${each.collectionId}`,
    `scopes=${each.scopes.join(",")}`,
    ...(each.name === "" ? [] : [JSON.stringify(each.name)]),
    ...(each.imported ? ["imported"] : []),
    ...(each.expiresAt === null ? [] : [`expires ${each.expiresAt.toISOString()}`]),
    ...(each.ipAllowList.length === 0 ? [] : [`from=${each.ipAllowList.join(",")}`]),
    each.lastUsedAt === null
      ? "never used"
      : `used ${each.lastUsedAt.toISOString()} from ${each.lastUsedAddress ?? "an unknown address"}`,
  ];
  return facts.join("  ");
}

/** What is printed of a key that has just been made; with it, the key itself. */
export function shownKey({ record, issued }: ShownKey) {
  return { key_id: record.id, collection_id: record.collectionId, scopes: record.scopes, key: issued.key };
}

function scopesOf(options: Options): readonly Scope[] {
  const given = textOf(options, "scopes");
  if (given === undefined) return paymentScopes;
  const words = given.split(",").map((word) => word.trim());
  const known = words.flatMap((word) => scopes.filter((scope) => scope === word));
  if (known.length !== words.length) throw new UsageError(`--scopes takes ${scopes.join(", ")}, joined by commas`);
  return [...new Set(known)];
}

function kindOf(options: Options): KeyKind {
  const given = textOf(options, "kind") ?? "api_key";
  if (given === "api_key" || given === "merchant_key") return given;
  throw new UsageError("--kind takes api_key or merchant_key");
}

function expiryOf(options: Options): Date | null {
  const given = textOf(options, "expires");
  if (given === undefined) return null;
  const time = new Date(given);
  if (!/^\d{4}-\d{2}-\d{2}/.test(given) || Number.isNaN(time.getTime())) {
    throw new UsageError("--expires takes a time such as 2030-01-31T16:00:00Z");
  }
  return time;
}

export const keysList: Command = {
  name: "keys list",
  usage: "[--collection COLLECTION_ID]",
  summary: "List keys: state, scopes, last use",
  options: { collection: { type: "string" } },
  run: async (office, words, options) => {
    noWords(words);
    const collectionId = textOf(options, "collection") ?? null;
    const found = await readApiKeys(office, reader, { collectionId, startingAfter: null, limit: mostListed });
    const lines = found.map((each) => line(each, office.clock.now()));
    return { text: lines.length === 0 ? "There is no key." : lines.join("\n"), json: found };
  },
};

export const keysCreate: Command = {
  name: "keys create",
  usage: "COLLECTION_ID [--kind KIND] [--name TEXT] [--scopes LIST] [--expires TIME] [--by NAME]",
  summary: "Issue a key, shown once",
  options: {
    kind: { type: "string" },
    name: { type: "string" },
    scopes: { type: "string" },
    expires: { type: "string" },
    ...byOption,
  },
  run: async (office, words, options) => {
    const id = onlyWord(words, "collection");
    const given = textOf(options, "name");
    const name = given === undefined ? "" : nameOf(given, "key");
    const traits = { name, scopes: scopesOf(options), expiresAt: expiryOf(options) };
    const made = await createApiKey(office, operatorOf(options), id, kindOf(options), traits);
    const json = shownKey(orNone(made, "collection", id, "collections list"));
    return { text: `Created. The key is shown this once; only its hash is kept.\n${table(json)}`, json };
  },
};

export const keysRoll: Command = {
  name: "keys roll",
  usage: "KEY_ID --overlap-hours HOURS [--expires TIME] [--by NAME]",
  summary: `Replace a key by a new one, shown once; the old one works on for 0 to ${longestOverlapHours} hours`,
  options: { "overlap-hours": { type: "string" }, expires: { type: "string" }, ...byOption },
  run: async (office, words, options) => {
    const id = onlyWord(words, "key by its id");
    const hours = textOf(options, "overlap-hours") ?? "";
    if (!/^\d{1,3}$/.test(hours) || Number(hours) > longestOverlapHours) {
      throw new UsageError(`--overlap-hours is needed: a whole number from 0 to ${longestOverlapHours}`);
    }
    const wish = { overlapHours: Number(hours), expiresAt: expiryOf(options) };
    const rolled = orNone(await rollApiKey(office, operatorOf(options), id, wish), "key", id, "keys list");
    const json = { ...shownKey(rolled), old_key_expires_at: rolled.old.expiresAt?.toISOString() ?? null };
    return { text: `Rolled ${id}. The new key is shown this once; only its hash is kept.\n${table(json)}`, json };
  },
};

export const keysRevoke: Command = {
  name: "keys revoke",
  usage: "KEY_ID [--by NAME]",
  summary: "End a key, from the next call on",
  options: byOption,
  run: async (office, words, options) => {
    const id = onlyWord(words, "key by its id");
    const revoked = orNone(await revokeApiKey(office, operatorOf(options), id), "key", id, "keys list");
    return { text: `Revoked ${id} (${revoked.hint}), from the next call on.`, json: revoked };
  },
};
