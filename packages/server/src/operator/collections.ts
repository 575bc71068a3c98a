import type { Actor } from "../merchants/audit-log.ts";
import { changeCollection, createCollection } from "../merchants/change-collections.ts";
import { type Collection, readCollections } from "../merchants/read-collections.ts";
import { findMerchant } from "../merchants/read-merchants.ts";
import { type Command, UsageError } from "./command.ts";
import { byOption, mostListed, nameOf, noWords, onlyWord, operatorOf, orNone, table, websiteOf } from "./words.ts";

/** Reading needs no name: nothing of it is written down. */
export const reader: Actor = { kind: "operator", name: "reader" };

function line(each: Collection): string {
  const list = each.ipAllowList.length === 0 ? "everyone" : each.ipAllowList.join(",");
  return `${each.id}  ${each.name}  ${each.website}  merchant=${each.merchantId}  api=${each.apiEnabled ? "enabled" : "disabled"}  from=${list}`;
}

export const collectionsList: Command = {
  name: "collections list",
  usage: "",
  summary: "List collections with their API switch and allow-list",
  options: {},
  run: async (office, words) => {
    noWords(words);
    const found = await readCollections(office, reader, { startingAfter: null, limit: mostListed });
    return { text: found.length === 0 ? "There is no collection yet." : found.map(line).join("\n"), json: found };
  },
};

export const collectionsCreate: Command = {
  name: "collections create",
  usage: "MERCHANT_ID NAME --website URL [--by NAME]",
  summary: "Create a collection with its merchant key and signing secret, shown once",
  options: { website: { type: "string" }, ...byOption },
  run: async (office, words, options) => {
    const [merchantId, ...rest] = words;
    if (merchantId === undefined) throw new UsageError("name the merchant by its id");
    const name = nameOf(rest.join(" ").trim(), "collection");
    const website = websiteOf(options);
    orNone(await findMerchant(office, merchantId), "merchant", merchantId, "merchants list");
    const made = await createCollection(office, operatorOf(options), { merchantId, name, website });
    const json = {
      collection_id: made.collectionId,
      merchant_key: made.merchantKey.key,
      signing_secret: made.signingSecret,
    };
    return { text: `Created ${name}. The key is shown this once; only its hash is kept.\n${table(json)}`, json };
  },
};

function switchTo(word: "enable" | "disable", apiEnabled: boolean): Command {
  return {
    name: `api ${word}`,
    usage: "COLLECTION_ID [--by NAME]",
    summary: apiEnabled ? "Switch a collection's API on" : "Switch a collection's API off, for all its keys at once",
    options: byOption,
    run: async (office, words, options) => {
      const id = onlyWord(words, "collection");
      const changed = await changeCollection(office, operatorOf(options), id, { apiEnabled });
      const next = orNone(changed, "collection", id, "collections list");
      return { text: `The API of ${id} (${next.name}) is ${word}d, from the next call on.`, json: next };
    },
  };
}

export const apiEnable = switchTo("enable", true);
export const apiDisable = switchTo("disable", false);
