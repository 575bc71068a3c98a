import type { Route } from "../route.ts";
import { ping } from "./account/ping.ts";
import { whoami } from "./account/whoami.ts";
import { createApiKeyRoute } from "./api-keys/create.ts";
import { getApiKey } from "./api-keys/get.ts";
import { getKeyAllowList } from "./api-keys/get-allow-list.ts";
import { listApiKeys } from "./api-keys/list.ts";
import { revokeApiKeyRoute } from "./api-keys/revoke.ts";
import { rollApiKeyRoute } from "./api-keys/roll.ts";
import { setKeyAllowListRoute } from "./api-keys/set-allow-list.ts";
import { updateApiKey } from "./api-keys/update.ts";
import { listBanks } from "./banks/list-banks.ts";
import { listStatusChanges } from "./banks/list-status-changes.ts";
import { createCollectionRoute } from "./collections/create.ts";
import { getCollection } from "./collections/get.ts";
import { getCollectionAllowList } from "./collections/get-allow-list.ts";
import { listCollections } from "./collections/list.ts";
import { setCollectionAllowListRoute } from "./collections/set-allow-list.ts";
import { updateCollection } from "./collections/update.ts";
import { getError } from "./errors/get.ts";
import { listErrors } from "./errors/list.ts";
import { createFault } from "./faults/create.ts";
import { deleteFault } from "./faults/delete.ts";
import { listFaults } from "./faults/list.ts";
import { cancel } from "./payments/cancel.ts";
import { create } from "./payments/create.ts";
import { get } from "./payments/get.ts";
import { list } from "./payments/list.ts";
import { requery } from "./payments/requery.ts";
import { update } from "./payments/update.ts";
import { explainRequest } from "./requests/explain.ts";
import { getRequest } from "./requests/get.ts";
import { listRequests } from "./requests/list.ts";

/** Every endpoint of the v2 API. */
export const routes: readonly Route[] = [
  ping,
  whoami,
  listBanks,
  listStatusChanges,
  create,
  list,
  get,
  update,
  cancel,
  requery,
  listCollections,
  createCollectionRoute,
  getCollection,
  updateCollection,
  getCollectionAllowList,
  setCollectionAllowListRoute,
  listApiKeys,
  createApiKeyRoute,
  getApiKey,
  updateApiKey,
  revokeApiKeyRoute,
  rollApiKeyRoute,
  getKeyAllowList,
  setKeyAllowListRoute,
  listErrors,
  getError,
  listRequests,
  getRequest,
  explainRequest,
  listFaults,
  createFault,
  deleteFault,
] as readonly Route[];
