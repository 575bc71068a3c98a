import { collectionProperties } from "@kineticpay/contract/collection";
import { closed, object, shownOnce, string } from "@kineticpay/contract/json-schema";
import { createCollection } from "../../../merchants/change-collections.ts";
import { collectionView } from "../../../merchants/collection-view.ts";
import { readCollection } from "../../../merchants/read-collections.ts";
import { actorOf, orMissing } from "../../actor.ts";
import type { Route } from "../../route.ts";
import { nameSchema, websiteSchema } from "./collection-schema.ts";

interface Body {
  readonly name: string;
  readonly website: string;
}

/** Makes a collection. Its merchant key and signing secret are in this answer, and never again. */
export const createCollectionRoute: Route<unknown, unknown, Body> = {
  method: "POST",
  url: "/api/v2/collections",
  summary: "Create a collection",
  scope: "manage",
  body: closed({ name: nameSchema, website: websiteSchema }),
  answer: object({
    ...collectionProperties,
    merchant_key: object({ id: string(), key: shownOnce() }),
    signing_secret: shownOnce("; verifies callbacks of this collection"),
  }),
  errors: ["json_malformed", "body_too_large", "media_type_unsupported", "fields_invalid"],
  handle: async (call) => {
    const { gateway, caller, body } = call;
    const actor = actorOf(call);
    const made = await createCollection(gateway, actor, { merchantId: caller.merchantId, ...body });
    const collection = orMissing(
      await readCollection(gateway, actor, made.collectionId),
      "collection",
      made.collectionId,
    );
    return { ...collectionView(collection), merchant_key: made.merchantKey, signing_secret: made.signingSecret };
  },
};
