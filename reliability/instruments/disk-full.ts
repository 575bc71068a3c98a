import { execFileSync } from "node:child_process";
import { mkdir, open, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startLoad } from "../cast/load.ts";
import { openOwnPostgres } from "../cast/own-postgres.ts";
import { openTown, type Town } from "../cast/town.ts";
import { untilWrites } from "../cast/write-probe.ts";
import { checkOutcomes } from "../checks/outcomes.ts";
import { checkStored } from "../checks/stored.ts";
import { type Findings, highest, openNotebook } from "../findings.ts";
import type { Instrument, Run } from "../instrument.ts";

const diskMiB = 160;
const fullForMs = 4_000;
const healthyWithinMs = 10_000;

/** Puts a small disk of its own under a folder. Only root may. */
function mountDisk(folder: string): () => void {
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${diskMiB}m`, "tmpfs", folder]);
  return () => void execFileSync("umount", ["--lazy", folder]);
}

/** Fills the disk to its last byte. @returns empties it again */
async function fill(disk: string): Promise<() => Promise<void>> {
  const file = path.join(disk, "ballast");
  const handle = await open(file, "w");
  const block = Buffer.alloc(64 * 1024);
  try {
    for (let size = block.length; size >= 512; size = Math.floor(size / 2)) {
      for (;;) {
        const wrote = await handle.write(block.subarray(0, size)).then(
          ({ bytesWritten }) => bytesWritten,
          () => 0,
        );
        if (wrote < size) break;
      }
    }
  } finally {
    await handle.close();
  }
  return () => rm(file);
}

async function fillOnce(town: Town, disk: string, when: string): Promise<void> {
  const { notebook, postgres, gateway } = town;
  await pause(1_000);
  const empty = await fill(disk);
  notebook.count("times full");
  await pause(fullForMs);
  await empty();
  const began = performance.now();
  // A server that could not even write its log has given up, and an operator starts it again.
  if (!postgres.isRunning()) {
    notebook.count("servers that gave up");
    await postgres.start();
  }
  const writesMs = await untilWrites(town, healthyWithinMs * 2);
  notebook.time("healthy again", performance.now() - began);
  if (writesMs > healthyWithinMs) notebook.violation(`${when}: writes came ${Math.round(writesMs)} ms after the space`);
  if (gateway.program.hasEnded()) notebook.violation(`${when}: the gateway ended: ${gateway.program.stderr()}`);
  await checkStored(town, when);
}

/** Fills the database's disk again and again under load. */
async function fillAgainAndAgain(run: Run, times: number): Promise<Findings> {
  const notebook = openNotebook();
  let disk = "";
  const town = await openTown({
    random: run.random,
    notebook,
    async openPostgres(folder) {
      disk = folder;
      await mkdir(folder, { recursive: true });
      const unmount = mountDisk(folder);
      const postgres = await openOwnPostgres(path.join(folder, "server"));
      return { ...postgres, dispose: () => postgres.dispose().finally(unmount) };
    },
  });
  try {
    const load = startLoad(town, {
      workers: 8,
      observe(_call, reached) {
        if (reached.kind === "answer" && reached.status === 503) notebook.count("refusals");
      },
    });
    for (let time = 1; time <= times; time += 1) await fillOnce(town, disk, `after full disk ${time}`);
    run.say(`${times} times full`);
    await load.finish();
    await checkStored(town, "at the end");
    await checkOutcomes(town);
    return notebook.findings();
  } finally {
    await town.close();
  }
}

export const diskFull: Instrument = {
  name: "disk-full",
  row: 8,
  hazard: "The database's disk is full",
  promise: "Calls are refused, nothing is corrupted, and work goes on once there is space",
  target: "a small disk: 0 acknowledged and lost; healthy once space is back",
  slices: 2,
  long: (run) => fillAgainAndAgain(run, 10),
  figure: ({ counts, samples }) =>
    `${counts["times full"]} times full, ${counts["refusals"] ?? 0} refusals, ${counts["servers that gave up"] ?? 0} times the server gave up, ` +
    `${counts["payments"]} payments: ${counts["violations"]} violations; healthy again in at most ${Math.round(highest(samples["healthy again"]))} ms`,
};
