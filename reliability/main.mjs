// Runs the instruments straight from their TypeScript, which Node 20 cannot read by itself:
//
//   npm run reliability -- [--slice NAME] [--seed N] [--long] [--again]
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
const conditions = ["source"];
const { module } = await runnerImport("/reliability/run-all.ts", {
  root,
  configFile: false,
  logLevel: "warn",
  resolve: { conditions },
  ssr: { resolve: { conditions } },
});
process.exit(await module.runAll(process.argv.slice(2)));
