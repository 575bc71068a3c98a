import { buildApp } from "./http/app.ts";
import { jobs } from "./jobs/index.ts";
import { startJobs } from "./jobs/loop.ts";
import type { OpenGateway } from "./open-gateway.ts";

export interface ServedGateway {
  /** Takes no new work, finishes what is under way, then closes the gateway. */
  close(): Promise<void>;
}

/** Puts an assembled gateway to work: its HTTP app on the configured address, and its background jobs. */
export async function serveGateway(open: OpenGateway, options: { runJobs: boolean }): Promise<ServedGateway> {
  const { gateway } = open;
  const app = buildApp(gateway);
  await app.listen({ host: gateway.config.host, port: gateway.config.port });
  const running = options.runJobs ? startJobs(gateway, jobs) : undefined;
  return {
    async close() {
      await Promise.all([app.close(), running?.stop()]);
      await open.close();
    },
  };
}
