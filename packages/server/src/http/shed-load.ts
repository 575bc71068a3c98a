import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import type { FastifyRequest } from "fastify";
import type { Gateway } from "../gateway.ts";
import type { Importance } from "../limits/overload.ts";
import { protocolOf } from "./call-path.ts";

const creating = new Set(["/api/v2/payments", "/payment/create"]);

/** What a call is worth when not all can be served: the API and the wire protocol wait, buyers and banks do not. */
export function importanceOf(method: string, url: string): Importance {
  if (protocolOf(url) === undefined) return "critical";
  if (method === "POST" && creating.has(url)) return "create";
  // A list is long; one object, or a short word such as ping, is not.
  return method === "GET" && /^\/api\/v2\/(payments|requests|collections|api_keys)$/.test(url) ? "list" : "call";
}

/** The early answer to a call that the process cannot take on now, while answering is still cheap; undefined when it can. */
export function shedLoad(gateway: Gateway, request: FastifyRequest): GatewayError | undefined {
  // Nearly always there is nothing to shed, and then nothing needs to be known of the call.
  if (gateway.limits.reasonToShed("list") === undefined) return undefined;
  const importance = importanceOf(request.method, request.routeOptions.url ?? "");
  const reason = gateway.limits.reasonToShed(importance);
  return reason === undefined ? undefined : new GatewayError("overloaded", { meta: { reason } });
}
