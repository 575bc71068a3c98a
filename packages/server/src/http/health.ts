import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import type { FastifyInstance } from "fastify";
import type { Gateway } from "../gateway.ts";
import { readiness } from "../payments/readiness.ts";

/** `/health`: the process answers. `/ready`: it can do its work, which needs the database and nothing else. */
export function registerHealth(app: FastifyInstance, gateway: Gateway): void {
  app.get("/health", async () => ({ status: "ok" }));
  app.get("/ready", async () => {
    if (!(await readiness(gateway))) throw new GatewayError("database_unavailable", { meta: {} });
    return { status: "ready", mode: gateway.config.mode };
  });
}
