import { readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { CliError } from "../cli-error.ts";

/** Everything that a sandbox puts into its data folder, and nothing that a person would. */
const ours = new Set(["postgres", "simulator", "sandbox.json", "master.key", "fpx"]);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** The process of the database that works on this folder, if one does. */
async function databaseAt(folder: string): Promise<number | undefined> {
  const text = await readFile(path.join(folder, "postgres", "cluster", "postmaster.pid"), "utf8").catch(() => "");
  const pid = Number(text.split("\n")[0]);
  return Number.isInteger(pid) && pid > 0 && isAlive(pid) ? pid : undefined;
}

/**
 * Removes what a sandbox kept in this folder. Removes nothing when anything in it is not a sandbox's.
 * @throws CliError data_not_a_sandbox, data_in_use
 */
export async function removeSandboxData(folder: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  if (names.length === 0) return;
  const strange = names.filter((name) => !ours.has(name));
  if (!names.includes("sandbox.json") || strange.length > 0) {
    const why = strange.length > 0 ? `it holds ${strange.slice(0, 3).join(", ")}` : "it has no sandbox.json";
    throw new CliError("data_not_a_sandbox", `${folder} is not a sandbox's alone: ${why}. Nothing was removed.`, {
      next: "kineticpay dev --fresh --data-dir with an empty folder",
    });
  }
  if ((await databaseAt(folder)) !== undefined) {
    throw new CliError("data_in_use", `A gateway still runs on ${folder}. Nothing was removed.`, {
      next: "end it (Ctrl-C where it runs), then kineticpay dev --fresh",
    });
  }
  await Promise.all(names.map((name) => rm(path.join(folder, name), { recursive: true, force: true })));
}
