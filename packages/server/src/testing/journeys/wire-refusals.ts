import type { ErrorCode } from "@kineticpay/contract/errors/catalogue";
import type { ErrorBody } from "@kineticpay/contract/errors/error-body";
import { nameOf } from "../../http/openapi/operations.ts";
import { wireRoutes } from "../../http/openapi/wire-operations.ts";
import { createMerchant } from "../../merchants/create-merchant.ts";
import { alterAccess } from "../alter-access.ts";
import { sendTo } from "../test-app.ts";
import { shop } from "../test-core.ts";
import type { Sent } from "../traveller.ts";
import type { World } from "./world.ts";

interface Made {
  readonly id: string;
  readonly key: string;
}

/** A call of the wire protocol that would be understood, with this key in the place where shops put it. */
export function wireCall(operation: string, merchantKey: string | null): Sent {
  const fields = { invoice: "20001", ...(merchantKey === null ? {} : { merchant_key: merchantKey }) };
  if (operation.endsWith("/status")) return { key: null, query: fields };
  const addresses = {
    callback_success: "https://shop.example/thanks",
    callback_error: "https://shop.example/again",
  };
  return { key: null, body: { ...fields, amount: "12.50", ...addresses } };
}

/** Merchant keys that give each of the reasons to turn a caller away. */
async function badMerchantKeys({ traveller, test }: World): Promise<ReadonlyMap<ErrorCode, string | null>> {
  const make = (body: Readonly<Record<string, unknown>>) =>
    traveller.ok<Made>("POST /api/v2/api_keys", { body: { kind: "merchant_key", ...body } });
  const revoked = await make({ name: "revoked" });
  await traveller.ok("POST /api/v2/api_keys/:id/revoke", { params: { id: revoked.id } });
  const expired = await make({ name: "expired" });
  await traveller.ok("POST /api/v2/api_keys/:id/roll", { params: { id: expired.id }, body: { overlap_hours: 0 } });
  const closed = await createMerchant(test.gateway, shop);
  await alterAccess(test.gateway, "update collections set api_enabled = false where id = $1", [closed.collectionId]);
  const elsewhere = await make({ ip_allow_list: ["203.0.113.0/24"] });
  return new Map([
    ["key_missing", null],
    ["key_invalid", "somebody-elses-key"],
    ["key_revoked", revoked.key],
    ["key_expired", expired.key],
    ["api_not_enabled", closed.merchantKey.key],
    ["ip_not_allowed", elsewhere.key],
  ]);
}

/** Every call of the wire protocol, by everybody who may not make it, and with bodies that nobody could read. */
export async function beTurnedAwayByWire(world: World): Promise<void> {
  const { traveller } = world;
  const keys = await badMerchantKeys(world);
  const make = async (scopes: readonly string[]) =>
    (await traveller.ok<Made>("POST /api/v2/api_keys", { body: { kind: "merchant_key", scopes } })).key;
  const [reader, writer] = [await make(["payments:read"]), await make(["payments:write"])];
  for (const operation of wireRoutes.map(nameOf)) {
    for (const [code, key] of keys) await traveller.fails(code, operation, wireCall(operation, key));
    const unfit = operation.endsWith("/create") ? reader : writer;
    await traveller.fails("scope_missing", operation, wireCall(operation, unfit));
    if (operation.startsWith("POST")) await sendWireRubbish(world, operation);
    else await getWithRubbish(world, operation);
  }
}

const rubbish: readonly (readonly [ErrorCode, Sent])[] = [
  ["json_malformed", { key: null, raw: "{", direct: true }],
  ["body_too_large", { key: null, raw: "x".repeat(70_000), contentType: "text/plain" }],
  ["media_type_unsupported", { key: null, raw: "nothing known", contentType: "text/plain" }],
];

async function sendWireRubbish({ traveller }: World, operation: string): Promise<void> {
  for (const [code, sent] of rubbish) await traveller.fails(code, operation, sent);
}

/** PHP sends a GET with a body; a browser's `fetch` will not. */
async function getWithRubbish({ traveller, test }: World, operation: string): Promise<void> {
  const { hostname: host, port } = new URL(test.url);
  const send = sendTo({ host, port: Number(port) });
  for (const [code, { raw = "", contentType = "application/json" }] of rubbish) {
    const path = operation.split(" ")[1] ?? "";
    const answer = await send({ method: "GET", path, headers: { "content-type": contentType }, body: raw });
    const body = JSON.parse(answer.text) as ErrorBody;
    if (body.code !== code) throw new Error(`${operation} should answer ${code}, not ${answer.text}`);
    traveller.remember(operation, body);
  }
}
