import { importedKeyForm, importMerchantKey, isImportable } from "../merchants/import-merchant-key.ts";
import { type Command, OperatorError } from "./command.ts";
import { byOption, nameOf, onlyWord, operatorOf, orNone, textOf } from "./words.ts";

export const keysImport: Command = {
  name: "keys import",
  usage: "COLLECTION_ID [--name TEXT] [--by NAME] < FILE",
  summary: "Take over a merchant key of the hosted service, read from standard input",
  options: { name: { type: "string" }, ...byOption },
  run: async (office, words, options, input) => {
    const id = onlyWord(words, "collection; the key itself comes on standard input");
    const given = textOf(options, "name");
    const name = given === undefined ? "" : nameOf(given, "key");
    // An editor or a shell puts a line's end behind the key, which is no part of it.
    const key = (await input()).replace(/\r?\n$/, "");
    if (!isImportable(key)) throw new OperatorError(`Standard input must hold one merchant key: ${importedKeyForm}.`);
    const found = orNone(
      await importMerchantKey(office, operatorOf(options), id, { key, name }),
      "collection",
      id,
      "collections list",
    );
    if (found.outcome === "known") throw new OperatorError("This gateway has that key already; nothing was changed.");
    const { record } = found;
    return {
      text: `Imported as ${record.id} (${record.hint}) for ${id}. Shops that use it need only the new host name.`,
      json: { key_id: record.id, hint: record.hint, collection_id: id },
    };
  },
};
