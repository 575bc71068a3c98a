import { readStatusChanges } from "../../banks/read-bank-status.ts";
import { eventually, nothing, type World } from "./world.ts";

async function lookUpBank({ traveller, test }: World): Promise<void> {
  const bankId = "MB2U0227";
  // What a list says of banks is kept beside its answer, and so may come a moment later.
  await eventually(async () => {
    const asked = { bankId, model: null, limit: 1, startingAfter: null };
    if ((await readStatusChanges(test.gateway, asked)).items.length === 0) throw new Error("the list was not kept");
  });
  const changes = "GET /api/v2/banks/:id/status_changes";
  await traveller.ok(changes, { params: { id: bankId }, query: { model: "b2c", limit: "10" } });
  await traveller.fails("fields_invalid", changes, { params: { id: bankId }, query: { limit: "0" } });
  await traveller.fails("resource_missing", changes, { params: { id: "NOBANK01" } });
}

/** A method that its path does not answer. */
export const noOperation = "DELETE /api/v2/payments";

/** What a key can learn of itself, of banks and of errors. */
export async function lookAround(world: World): Promise<void> {
  const { traveller } = world;
  await traveller.ok("GET /api/v2/ping");
  await traveller.ok("GET /api/v2/whoami");
  await traveller.ok("GET /api/v2/banks", { query: { model: "b2c" } });
  await traveller.fails("fields_invalid", "GET /api/v2/banks", { query: { model: "b2b2" } });
  await lookUpBank(world);
  await traveller.ok("GET /api/v2/errors", { key: null });
  await traveller.ok("GET /api/v2/errors/:code", { key: null, params: { code: "key_missing" } });
  await traveller.fails("route_unknown", "GET /api/v2/errors/:code", { key: null, params: { code: "KeyMissing" } });
  await traveller.fails("method_unknown", noOperation, { direct: true });
}

interface Made {
  readonly id: string;
}

/** Collections and their allow-lists. */
export async function manageCollections({ traveller }: World): Promise<void> {
  const { id } = await traveller.ok<Made>("POST /api/v2/collections", {
    body: { name: "Kedai Kopi Online", website: "https://kopi.example" },
  });
  await traveller.fails("fields_invalid", "POST /api/v2/collections", { body: { name: "" } });
  await traveller.ok("GET /api/v2/collections", { query: { limit: "10" } });
  await traveller.fails("fields_invalid", "GET /api/v2/collections", { query: { limit: "0" } });
  const own = { params: { id } };
  const missing = { params: { id: nothing("col") } };
  const list = { ip_allow_list: ["203.0.113.0/24", "2001:db8::/32"] };
  const calls = [
    ["GET /api/v2/collections/:id", {}],
    ["PATCH /api/v2/collections/:id", { body: { api_enabled: false } }],
    ["GET /api/v2/collections/:id/ip_allow_list", {}],
    ["PUT /api/v2/collections/:id/ip_allow_list", { body: list }],
  ] as const;
  for (const [operation, sent] of calls) {
    await traveller.ok(operation, { ...own, ...sent });
    await traveller.fails("resource_missing", operation, { ...missing, ...sent });
  }
}

/** Keys from their making to their end. */
export async function manageKeys({ traveller }: World): Promise<void> {
  const { id } = await traveller.ok<Made>("POST /api/v2/api_keys", {
    body: { name: "Web shop, second server", scopes: ["payments:read", "payments:write"] },
  });
  await traveller.fails("fields_invalid", "POST /api/v2/api_keys", { body: { scopes: ["everything"] } });
  await traveller.fails("resource_missing", "POST /api/v2/api_keys", { body: { collection: nothing("col") } });
  await traveller.ok("GET /api/v2/api_keys", { query: { limit: "10" } });
  await traveller.fails("fields_invalid", "GET /api/v2/api_keys", { query: { limit: "0" } });
  const own = { params: { id } };
  const missing = { params: { id: nothing("key") } };
  const endable = [
    ["PATCH /api/v2/api_keys/:id", { body: { name: "Web shop, third server" } }],
    ["PUT /api/v2/api_keys/:id/ip_allow_list", { body: { ip_allow_list: ["203.0.113.7"] } }],
    ["POST /api/v2/api_keys/:id/roll", { body: { overlap_hours: 24 } }],
  ] as const;
  const calls = [
    ["GET /api/v2/api_keys/:id", {}],
    ["GET /api/v2/api_keys/:id/ip_allow_list", {}],
    ...endable,
    ["POST /api/v2/api_keys/:id/revoke", {}],
  ] as const;
  for (const [operation, sent] of calls) {
    await traveller.ok(operation, { ...own, ...sent });
    await traveller.fails("resource_missing", operation, { ...missing, ...sent });
  }
  for (const [operation, sent] of endable) await traveller.fails("key_not_active", operation, { ...own, ...sent });
}
