import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import type { FastifyInstance } from "fastify";
import type { Gateway } from "../gateway.ts";
import { readiness } from "../verify/readiness.ts";
import { sendError } from "./send-error.ts";

/**
 * `/health`: the process answers. `/ready`: it can do its work, which needs the database and nothing else, and will go on
 * doing it. A process that stops still serves the calls that reach it, and is to be sent no more. What the last proof of
 * the books found is told there and refuses nobody: buyers are at their banks.
 */
export function registerHealth(app: FastifyInstance, gateway: Gateway): void {
  app.addHook("preClose", async () => {
    app.isDraining = true;
  });
  // Monitors ask by HEAD too.
  app.get("/health", { exposeHeadRoute: true }, async () => ({ status: "ok" }));
  app.get("/ready", { exposeHeadRoute: true }, async (request, reply) => {
    // Sent and not thrown: that a process stops when it is asked to is no failure to be logged.
    if (app.isDraining) return sendError(gateway, request, reply, new GatewayError("shutting_down", { meta: {} }));
    const books = await readiness(gateway);
    if (books === undefined) throw new GatewayError("database_unavailable", { meta: {} });
    return { status: "ready", mode: gateway.config.mode, books };
  });
}
