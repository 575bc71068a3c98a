import type { ErrorCode } from "@kineticpay/contract/errors/catalogue";
import type { FieldFault } from "@kineticpay/contract/errors/field-fault";
import { closed } from "@kineticpay/contract/json-schema";
import { createRule, mostRules } from "../../../faults/rules.ts";
import { readApiKey } from "../../../merchants/read-api-keys.ts";
import { fieldRefusal } from "../../../merchants/refusals.ts";
import { actorOf } from "../../actor.ts";
import type { Call, Route } from "../../route.ts";
import { faultProperties, faultSchema, faultView } from "./fault-schema.ts";

interface Body {
  readonly code?: ErrorCode;
  readonly route?: string;
  readonly key?: string;
  readonly share?: number;
  readonly count?: number;
  readonly seed?: number;
  readonly delay_ms?: number;
  readonly after?: "commit";
  readonly drop?: boolean;
  readonly half?: boolean;
}

type FaultCall = Call<unknown, unknown, Body>;

const wireRoutes = ["POST /payment/create", "GET /payment/status", "POST /payment/status"];

function refuse(path: string, message: string, expected: string): Error {
  return fieldRefusal({ path, code: "field_invalid", message, expected } satisfies FieldFault);
}

/** A route is one that there is; the method before it may be left out. */
function routeOf(call: FaultCall): { method: string | null; route: string | null } {
  if (call.body.route === undefined) return { method: null, route: null };
  const [, method, route = ""] = /^(?:([A-Z]+) )?(\/\S+)$/.exec(call.body.route) ?? [];
  const known = [...call.request.server.apiRoutes.map((each) => `${each.method} ${each.url}`), ...wireRoutes];
  const isThere = known.some(
    (each) => each === `${method} ${route}` || (method === undefined && each.endsWith(` ${route}`)),
  );
  if (!isThere || route.startsWith("/api/v2/sandbox/")) {
    const expected = 'the pattern of a route, such as "POST /api/v2/payments" or "/api/v2/payments/:id"';
    throw refuse("/route", "/route names no route for which faults can be asked.", expected);
  }
  return { method: method ?? null, route };
}

async function keyOf(call: FaultCall): Promise<string | null> {
  const { key } = call.body;
  if (key === undefined) return null;
  const found = await readApiKey(call.gateway, actorOf(call), key);
  if (found !== undefined && found.collectionId === call.caller.collectionId) return found.id;
  throw refuse("/key", "/key names no key of this key's collection.", "the id of a key of the same collection");
}

function requireSense(body: Body): void {
  if (body.drop === true && body.half === true) {
    throw refuse("/half", "/drop and /half cannot both be true.", "one of drop and half");
  }
  if (body.code === undefined && body.delay_ms === undefined && body.drop !== true && body.half !== true) {
    throw refuse("/code", "Nothing is said of what should go wrong.", "a code, delay_ms, drop or half");
  }
}

/** Asks for faults that strike by themselves, on any call of the key's collection, also on the wire protocol's. */
export const createFault: Route<unknown, unknown, Body> = {
  method: "POST",
  url: "/api/v2/sandbox/faults",
  summary: "Ask for faults, in the sandbox",
  scope: "payments:write",
  sandboxOnly: true,
  body: closed(faultProperties),
  answer: faultSchema,
  errors: ["json_malformed", "body_too_large", "media_type_unsupported", "fields_invalid"],
  handle: async (call) => {
    const { gateway, caller, body } = call;
    requireSense(body);
    const rule = await createRule(gateway, {
      merchantId: caller.merchantId,
      collectionId: caller.collectionId,
      keyId: await keyOf(call),
      ...routeOf(call),
      code: body.code,
      delayMs: body.delay_ms ?? 0,
      afterCommit: body.after === "commit",
      drop: body.drop === true,
      half: body.half === true,
      share: body.share ?? 1,
      seed: body.seed ?? 1,
      mostHits: body.count ?? null,
    });
    if (rule === undefined) {
      throw refuse("/", `This collection has ${mostRules} rules already.`, "fewer rules: delete some first");
    }
    call.request.server.faultRules?.forget();
    return faultView(rule);
  },
};
