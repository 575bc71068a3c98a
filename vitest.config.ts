import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

// Our own packages are tested from their sources. Nothing else is listed: "import" would also bend what CommonJS
// packages require of each other.
const conditions = ["source"];

/** The folders whose files take longest, so that none of them is begun when everything else is done. */
const longest = ["/reliability/", "/acceptance/"];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const placeOf = ({ moduleId }: TestSpecification) => {
      const place = longest.findIndex((folder) => moduleId.includes(folder));
      return place === -1 ? longest.length : place;
    };
    return sorted.toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}

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
      "bench/**/*.test.ts",
    ],
    globalSetup: ["packages/server/src/testing/postgres-for-tests.ts"],
    pool: "forks",
    // A file's tests begin with the modules that the files before them have loaded, which takes a third of the time off. So what a
    // file changes for all, such as a clock or the environment, it has to put back.
    isolate: false,
    // More than the two cores that are the least: most tests wait for a disk, a process or a browser half of their time.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    sequence: { sequencer: LongestFirst },
  },
});
