import { paymentScopes, scopes } from "../merchants/api-keys.ts";
import { createMerchant } from "../merchants/create-merchant.ts";
import { listMerchants } from "../merchants/read-merchants.ts";
import type { Command } from "./command.ts";
import { byOption, mostListed, nameOf, noWords, operatorOf, table, websiteOf } from "./words.ts";

export const merchantsList: Command = {
  name: "merchants list",
  usage: "",
  summary: "List merchants",
  options: {},
  run: async (office, words) => {
    noWords(words);
    const found = await listMerchants(office, mostListed);
    const lines = found.map(
      (each) => `${each.id}  ${each.name}  collections=${each.collections}  created ${each.createdAt.toISOString()}`,
    );
    return { text: lines.length === 0 ? "There is no merchant yet." : lines.join("\n"), json: found };
  },
};

export const merchantsCreate: Command = {
  name: "merchants create",
  usage: "NAME --website URL [--manage] [--by NAME]",
  summary: "Create a merchant with a first collection and its keys, shown once; --manage lets the API key manage keys",
  options: { website: { type: "string" }, manage: { type: "boolean" }, ...byOption },
  run: async (office, words, options) => {
    const name = nameOf(words.join(" ").trim(), "merchant");
    const input = { name, collectionName: "Main", website: websiteOf(options) };
    const granted = options["manage"] === true ? scopes : paymentScopes;
    const made = await createMerchant(office, { ...input, scopes: granted }, operatorOf(options));
    const json = {
      merchant_id: made.merchantId,
      collection_id: made.collectionId,
      api_key: made.apiKey.key,
      merchant_key: made.merchantKey.key,
      signing_secret: made.signingSecret,
    };
    return { text: `Created ${name}. The keys are shown this once; only their hashes are kept.\n${table(json)}`, json };
  },
};
