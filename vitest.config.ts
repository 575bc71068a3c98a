import { defineConfig } from "vitest/config";

// Our own packages are tested from their sources. Nothing else is listed: "import" would also bend what CommonJS
// packages require of each other.
const conditions = ["source"];

export default defineConfig({
  ssr: { resolve: { conditions } },
  resolve: { conditions },
  test: {
    include: [
      "packages/*/src/**/*.test.{ts,tsx}",
      "house/**/*.test.ts",
      "acceptance/**/*.test.ts",
      "reliability/**/*.test.ts",
    ],
    globalSetup: ["packages/server/src/testing/postgres-for-tests.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
