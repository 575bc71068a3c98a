import type { Gateway } from "./gateway.ts";
import { startProgram } from "./program.ts";
import { until } from "./until.ts";

/** Runs the operator's program on a gateway's database, as an operator does, and reads its JSON. */
export async function operate<T>(gateway: Gateway, words: readonly string[]): Promise<T> {
  const settings = { KINETICPAY_DATA_DIR: gateway.dataDirectory };
  const program = startProgram("packages/server/dist/operator/main.js", settings, [...words, "--json"]);
  const { code } = await program.ended;
  if (code !== 0) throw new Error(`the operator's program ended with ${code}: ${program.stderr()}`);
  // The last of the output may arrive a moment after the end.
  return until("the operator's output", () => {
    try {
      return JSON.parse(program.stdout()) as T;
    } catch {
      return undefined;
    }
  });
}
