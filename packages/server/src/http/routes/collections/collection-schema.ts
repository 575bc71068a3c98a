import type { Collection } from "../../../merchants/read-collections.ts";
import { array, boolean, literal, object, string } from "../../schema.ts";

export const nameSchema = string({
  minLength: 1,
  maxLength: 120,
  format: "plain-text",
  description: 'a name that buyers and colleagues recognise, up to 120 characters, such as "Kedai Kopi Online"',
});
export const websiteSchema = string({
  maxLength: 500,
  format: "web-url",
  description: 'the shop\'s address: absolute, http or https, without credentials, such as "https://shop.example"',
});
export const collectionIdPattern = "^col_[0-9A-HJKMNP-TV-Z]{26}$";

export const collectionParams = object({ id: string() });

export const collectionProperties = {
  id: string(),
  object: literal("collection"),
  name: string(),
  website: string(),
  api_enabled: boolean(),
  ip_allow_list: array(string()),
  created_at: string(),
};
export const collectionSchema = object(collectionProperties);

/** A collection as it is answered. */
export function collectionView(collection: Collection) {
  return {
    id: collection.id,
    object: "collection",
    name: collection.name,
    website: collection.website,
    api_enabled: collection.apiEnabled,
    ip_allow_list: collection.ipAllowList,
    created_at: collection.createdAt.toISOString(),
  };
}
