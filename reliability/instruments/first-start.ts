import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { environmentOf } from "../../acceptance/harness/gateway.ts";
import { answered, openCaller } from "../cast/call.ts";
import { gatewayProcess } from "../cast/gateway-process.ts";
import { type Findings, highest, type Notebook, openNotebook } from "../findings.ts";
import type { Instrument, Run } from "../instrument.ts";
import type { Random } from "../random.ts";

const longestLifeMs = 3_000;

/**
 * Kills a newcomer's gateway, which brings its own database, while it makes its keys and its cluster for the first time,
 * once or twice at any moment; the next start has to make the best of what is left.
 */
async function killedNewcomer(random: Random, notebook: Notebook, name: string): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "kp-first-"));
  const gateway = gatewayProcess(await environmentOf(path.join(folder, "data")));
  const kills = random.whole(1, 2);
  const moments: number[] = [];
  try {
    for (let kill = 0; kill < kills; kill += 1) {
      moments.push(Math.round(random.fraction() * longestLifeMs));
      gateway.launch();
      await pause(moments.at(-1));
      await gateway.kill();
      notebook.count("kills");
    }
    notebook.time("ready", await gateway.start());
    const { api_key: key } = await gateway.access();
    const caller = openCaller(1);
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const addresses = { success_url: "http://127.0.0.1:9/success", failure_url: "http://127.0.0.1:9/failure" };
    const body = JSON.stringify({ amount: 1_250, invoice: "10001", ...addresses });
    const reached = await caller.call({ method: "POST", url: `${gateway.url}/api/v2/payments`, headers, body });
    caller.close();
    if (!answered(reached, 200)) notebook.violation(`${name} killed at ${moments} ms cannot take a payment`);
  } catch (error) {
    notebook.violation(`${name} killed at ${moments} ms: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    // Only a gateway stops the database that it brought.
    if (gateway.isRunning()) await gateway.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function killNewcomers(run: Run, count: number): Promise<Findings> {
  const notebook = openNotebook();
  const random = run.random.fork("moments");
  for (let number = 1; number <= count; number += 1) {
    await killedNewcomer(random, notebook, `newcomer ${number}`);
    notebook.count("first starts");
  }
  run.say(`${count} first starts`);
  return notebook.findings();
}

const startsASlice = 25;

export const firstStart: Instrument = {
  name: "first-start",
  row: 1,
  hazard: "The process dies while it starts for the first time, with the database that it brings",
  promise: "The next start succeeds, and takes payments",
  target: "100 first starts: all of them",
  slices: 100 / startsASlice,
  short: (run) => killNewcomers(run, 4),
  long: (run) => killNewcomers(run, startsASlice),
  figure: ({ counts, samples }) =>
    `${counts["first starts"]} first starts, ${counts["kills"]} kills: ${counts["violations"]} that did not recover; ready in at most ${Math.round(highest(samples["ready"]))} ms`,
};
