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
import { getEvent } from "./events/get.ts";
import { listEvents } from "./events/list.ts";
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
import { getDelivery } from "./webhook-deliveries/get.ts";
import { listDeliveries } from "./webhook-deliveries/list.ts";
import { resendDeliveryRoute } from "./webhook-deliveries/resend.ts";
import { createEndpointRoute } from "./webhook-endpoints/create.ts";
import { deleteEndpointRoute } from "./webhook-endpoints/delete.ts";
import { disableEndpoint } from "./webhook-endpoints/disable.ts";
import { enableEndpoint } from "./webhook-endpoints/enable.ts";
import { getEndpoint } from "./webhook-endpoints/get.ts";
import { listEndpoints } from "./webhook-endpoints/list.ts";
import { recoverEndpointRoute } from "./webhook-endpoints/recover.ts";
import { replayEndpointRoute } from "./webhook-endpoints/replay.ts";
import { rollEndpointSecret } from "./webhook-endpoints/roll-secret.ts";
import { testEndpointRoute } from "./webhook-endpoints/test.ts";
import { updateEndpointRoute } from "./webhook-endpoints/update.ts";

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
  listEvents,
  getEvent,
  listEndpoints,
  createEndpointRoute,
  getEndpoint,
  updateEndpointRoute,
  enableEndpoint,
  disableEndpoint,
  deleteEndpointRoute,
  rollEndpointSecret,
  testEndpointRoute,
  recoverEndpointRoute,
  replayEndpointRoute,
  listDeliveries,
  getDelivery,
  resendDeliveryRoute,
  listErrors,
  getError,
  listRequests,
  getRequest,
  explainRequest,
  listFaults,
  createFault,
  deleteFault,
] as readonly Route[];
