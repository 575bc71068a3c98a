import { tellStory } from "./tell-story.ts";

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => stopping.abort(new Error(`stopped by ${signal}`)));
}

/** The reason, with what lies beneath it: "fetch failed" alone tells nobody anything. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${reasonOf(error.cause)}`;
}

tellStory((line) => process.stdout.write(`${line}\n`), stopping.signal).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`The demo failed: ${reasonOf(error)}\n`);
    process.exit(1);
  },
);
