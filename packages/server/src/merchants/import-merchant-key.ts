import type { Office } from "../gateway.ts";
import { hashOfKey } from "./api-keys.ts";
import type { Actor } from "./audit-log.ts";
import { createApiKey } from "./change-api-keys.ts";
import type { ApiKey } from "./read-api-keys.ts";

/** What a merchant key of another issuer may look like, for messages. Nothing else of it is judged. */
export const importedKeyForm = "8 to 128 printable ASCII characters without a space at either end";

/** The wire protocol takes spaces off both ends of a key, so one that has them could never be matched. */
export function isImportable(key: string): boolean {
  return /^[\x21-\x7e][\x20-\x7e]{6,126}[\x21-\x7e]$/.test(key);
}

/**
 * Takes over a merchant key that the hosted service issued, so that a shop changes its host name and nothing else. Only
 * the hash is kept, and the sealed key for callbacks. Undefined when there is no such collection.
 * @throws RangeError when the text cannot be taken; it says nothing of the text
 */
export async function importMerchantKey(
  office: Office,
  actor: Actor,
  collectionId: string,
  input: { readonly key: string; readonly name: string },
): Promise<{ readonly outcome: "imported"; readonly record: ApiKey } | { readonly outcome: "known" } | undefined> {
  if (!isImportable(input.key)) throw new RangeError(`a merchant key is ${importedKeyForm}`);
  const known = await office.db.query("select 1 from api_keys where hash = $1", [hashOfKey(input.key)]);
  if (known.length > 0) return { outcome: "known" };
  const traits = { name: input.name, imported: input.key };
  const made = await createApiKey(office, actor, collectionId, "merchant_key", traits);
  return made === undefined ? undefined : { outcome: "imported", record: made.record };
}
