import type { FastifyInstance } from "fastify";
import { buildApp } from "./http/app.ts";
import { drain, letGo } from "./http/drain.ts";
import { jobs } from "./jobs/index.ts";
import { startJobs } from "./jobs/loop.ts";
import { startWritingKeyUses } from "./merchants/write-key-uses.ts";
import type { OpenGateway } from "./open-gateway.ts";

export interface ServedGateway {
  /** Takes no new work, finishes what is under way, then closes the gateway. */
  close(): Promise<void>;
}

/** Closes the app once what is under way has been answered, and every connection has been let go. */
async function closeApp(app: FastifyInstance, turnAwayMs: number): Promise<void> {
  await drain(app, turnAwayMs);
  await app.close();
}

/** Puts an assembled gateway to work in its role: its HTTP app on the configured address, and its background jobs. */
export async function serveGateway(open: OpenGateway, options: { runJobs: boolean }): Promise<ServedGateway> {
  const { gateway } = open;
  const app = buildApp(gateway);
  // After whatever else is to be given up before the server closes; the framework then finds no connection to break.
  app.addHook("preClose", () => letGo(app));
  await app.listen({ host: gateway.config.host, port: gateway.config.port });
  const keyUses = startWritingKeyUses(gateway);
  const running = options.runJobs && gateway.config.role !== "api" ? startJobs(gateway, jobs) : undefined;
  return {
    async close() {
      await Promise.all([closeApp(app, gateway.config.turnAwayMs), running?.stop()]);
      await keyUses.stop();
      await open.close();
    },
  };
}
