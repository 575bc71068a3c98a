import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { freePort } from "./free-port.ts";

/** Somebody else's judgement of our answers: a proxy that holds every call and answer against an OpenAPI document. */
export interface PrismProxy {
  readonly url: string;
  close(): Promise<void>;
}

const readyWithinMs = 40_000;

/** Starts Prism between a client and the gateway at `upstream`. What it finds stands in the header `sl-violations`. */
export async function startPrism(documentFile: string, upstream: string): Promise<PrismProxy> {
  const program = createRequire(import.meta.url).resolve("@stoplight/prism-cli/dist/index.js");
  const port = await freePort();
  const child = spawn(
    process.execPath,
    [program, "proxy", documentFile, upstream, "-p", String(port), "-h", "127.0.0.1"],
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let said = "";
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`Prism did not start in time:\n${said}`)), readyWithinMs);
    const hear = (chunk: Buffer) => {
      said += chunk.toString("utf8");
      if (!said.includes("Prism is listening")) return;
      clearTimeout(late);
      resolve();
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("exit", (code) => {
      clearTimeout(late);
      reject(new Error(`Prism ended with ${code}:\n${said}`));
    });
  });
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      child.kill();
      await ended;
    },
  };
}
