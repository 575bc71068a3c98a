import { run } from "./run.ts";
import { readSettings } from "./settings.ts";

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  // Once: who asks a second time wants it to end at once.
  process.once(signal, () => stop.abort());
}
// Whoever reads has read enough, as in `kineticpay logs tail | head -1`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

process.exitCode = await run(process.argv.slice(2), {
  settings: readSettings(process.env),
  folder: process.cwd(),
  input: process.stdin,
  output: process.stdout,
  talk: process.stderr,
  signal: stop.signal,
});
