import { readdir, readFile, readlink } from "node:fs/promises";

/** Processes that work in a folder, or name something within it on their command line, and so belong to what was started there. */
export async function processesOf(folder: string): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      const workingFolder = await readlink(`/proc/${pid}/cwd`).catch(() => "");
      return line !== "" && (line.includes(`${folder}/`) || workingFolder === folder) ? [line] : [];
    }),
  );
  return found.flat();
}
