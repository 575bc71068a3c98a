import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// Our own packages are tested from their sources. Nothing else is listed: "import" would also bend what CommonJS
// packages require of each other.
const conditions = ["source"];

// The client is published, and a published package must not name sources that only this repository can read.
const alias = [
  { find: /^kineticpay$/, replacement: fileURLToPath(new URL("packages/sdk/src/index.ts", import.meta.url)) },
  {
    find: /^kineticpay\/testing$/,
    replacement: fileURLToPath(new URL("packages/sdk/src/test-kit.ts", import.meta.url)),
  },
];

export default defineConfig({
  ssr: { resolve: { conditions } },
  resolve: { conditions, alias },
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
