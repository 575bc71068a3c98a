import { setTimeout as pause } from "node:timers/promises";
import { answered, openCaller } from "./call.ts";
import { bearer } from "./shopper.ts";
import type { Town } from "./town.ts";

const tryEveryMs = 20;

let probes = 0;

/** Asks for one payment after another until one is acknowledged. @returns milliseconds until then */
export async function untilWrites(town: Town, withinMs: number): Promise<number> {
  const caller = openCaller(8);
  const began = performance.now();
  const tryOnce = async (): Promise<boolean> => {
    probes += 1;
    const body = JSON.stringify({
      amount: 1_250,
      invoice: `probe-${probes}`,
      success_url: "http://127.0.0.1:9/success",
      failure_url: "http://127.0.0.1:9/failure",
    });
    const url = `${town.gateway.url}/api/v2/payments`;
    return answered(await caller.call({ method: "POST", url, headers: bearer(town), body }), 200);
  };
  try {
    while (performance.now() - began < withinMs) {
      if (await tryOnce()) return performance.now() - began;
      await pause(tryEveryMs);
    }
    return Number.POSITIVE_INFINITY;
  } finally {
    caller.close();
  }
}
