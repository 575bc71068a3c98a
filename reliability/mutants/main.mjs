// Runs the mutants straight from their TypeScript, which Node 20 cannot read by itself:
//
//   npm run mutants -- [--only NAME,…] [--most N] [--again]
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { module } = await runnerImport("/reliability/mutants/run-mutants.ts", {
  root,
  configFile: false,
  logLevel: "warn",
});
// An interrupted run leaves neither its copy of the sources nor its tests behind: see what listens to "exit".
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
process.exit(await module.runMutants(process.argv.slice(2)));
