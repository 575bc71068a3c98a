import { array, boolean, literal, object, string } from "./json-schema.ts";

/** A shop of a merchant: what keys belong to, with its own switch. */
export interface CollectionView {
  readonly id: string;
  readonly object: "collection";
  readonly name: string;
  readonly website: string;
  readonly api_enabled: boolean;
  readonly ip_allow_list: readonly string[];
  readonly created_at: string;
}

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
