import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { startEmbeddedPostgres } from "../db/embedded/embedded-postgres.ts";
import { migrate } from "../db/migrate.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** How to reach the run's own Postgres, as who owns its database: the template of every test's. */
    postgres: { host: string; port: number; user: string; database: string };
    /** As whom the application logs in there. */
    applicationRole: string;
  }
}

/** One real Postgres for a whole run of the tests, thrown away at its end. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(path.join(tmpdir(), "kp-test-"));
  const postgres = await startEmbeddedPostgres({ directory: path.join(directory, "pg") });
  const role = postgres.application.user;
  await migrate({ owner: postgres.owner, application: postgres.application, role });
  project.provide("postgres", postgres.owner);
  project.provide("applicationRole", role);
  return async () => {
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  };
}
