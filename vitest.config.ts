import { defineConfig } from "vitest/config";

export default defineConfig({
  ssr: { resolve: { conditions: ["source", "node", "import", "default"] } },
  resolve: { conditions: ["source", "node", "import", "default"] },
  test: {
    include: ["packages/*/src/**/*.test.{ts,tsx}", "house/**/*.test.ts", "acceptance/**/*.test.ts"],
    globalSetup: ["packages/server/src/testing/postgres-for-tests.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
