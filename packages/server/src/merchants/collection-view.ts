import type { CollectionView } from "@kineticpay/contract/collection";
import type { Collection } from "./read-collections.ts";

/** A collection as the API and events show it. */
export function collectionView(collection: Collection): CollectionView {
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
