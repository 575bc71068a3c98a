import { createMerchant } from "../merchants/create-merchant.ts";
import { type Command, UsageError } from "./command.ts";

export const merchantsCreate: Command = {
  name: "merchants create",
  usage: "NAME --website URL",
  summary: "Create a merchant with a first collection and its keys, shown once",
  options: { website: { type: "string" } },
  run: async (office, words, options) => {
    const name = words.join(" ").trim();
    const website = options["website"];
    if (name === "" || name.length > 120) throw new UsageError("name the merchant, in up to 120 characters");
    if (typeof website !== "string" || !/^https?:\/\/\S+$/.test(website))
      throw new UsageError("--website is needed: an http or https address");
    const made = await createMerchant(office, { name, collectionName: "Main", website });
    const json = {
      merchant_id: made.merchantId,
      collection_id: made.collectionId,
      api_key: made.apiKey.key,
      merchant_key: made.merchantKey.key,
      signing_secret: made.signingSecret,
    };
    const rows = Object.entries(json).map(([label, value]) => `  ${label.padEnd(15)}${value}`);
    return {
      text: [`Created ${name}. The keys are shown this once; only their hashes are kept.`, ...rows].join("\n"),
      json,
    };
  },
};
