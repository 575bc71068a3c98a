import { execFile } from "node:child_process";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { promisify } from "node:util";
import { errorCode } from "./embedded-postgres-error.ts";
import { programEnvironment } from "./run-program.ts";

/** A live process at work in a folder. `isOrphan`: a Postgres worker whose server died before it. */
export type ProcessAtWork = { pid: number; title: string; isOrphan: boolean };

const onLinux = process.platform === "linux";

/** Whether a process runs. One that has ended but was not yet reaped by its parent (a zombie) does not. */
export async function isAlive(pid: number): Promise<boolean> {
  if (onLinux) return (await readState(pid)) !== undefined;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Whether any process, even a zombie, has this id: Postgres then takes a lock file that names it for valid. */
export function isTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

/** Whether a live process has this folder as its working directory, as a Postgres server has its data directory. */
export async function worksIn(pid: number, directory: string): Promise<boolean> {
  if (!onLinux) return (await listOpenDirectories(["-p", String(pid)], directory)).includes(pid);
  return (await readWorksIn(pid, directory)) ?? isTitledFor(pid, directory);
}

/** Every live process whose working directory is the folder. */
export async function processesIn(directory: string): Promise<ProcessAtWork[]> {
  const pids = onLinux ? await listWorkingIn(directory) : await listOpenDirectories(["-c", "postgres"], directory);
  return Promise.all(
    pids.map(async (pid) => {
      const { parent, title } = await describe(pid);
      // A server's workers are titled "postgres: checkpointer" and the like; the server itself by its path.
      const isWorker = title.startsWith("postgres:");
      const isCertain = !onLinux || (await readWorksIn(pid, directory)) === true;
      return { pid, title, isOrphan: isWorker && isCertain && !pids.includes(parent) };
    }),
  );
}

/** Undefined when we may not know: in a container, root may not look into other users' processes. */
async function readWorksIn(pid: number, directory: string): Promise<boolean | undefined> {
  try {
    const [working, wanted] = await Promise.all([stat(`/proc/${pid}/cwd`), stat(directory)]);
    return working.dev === wanted.dev && working.ino === wanted.ino;
  } catch (error) {
    return errorCode(error) === "EACCES" ? undefined : false;
  }
}

/** What the command lines tell, which anybody may read. */
async function isTitledFor(pid: number, directory: string): Promise<boolean> {
  const { title, parent } = await describe(pid);
  if (title.includes(` -D ${directory} `)) return true;
  if (!title.startsWith("postgres:")) return false;
  // Of a worker without a server the folder cannot be known, so that it counts for each, and its end is waited for.
  const { title: parentTitle } = await describe(parent);
  return parentTitle.includes(` -D ${directory} `) || !parentTitle.includes(" -D ");
}

async function listWorkingIn(directory: string): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const atWork = await Promise.all(pids.map((pid) => worksIn(pid, directory)));
  return pids.filter((_, index) => atWork[index]);
}

async function describe(pid: number): Promise<{ parent: number; title: string }> {
  if (!onLinux) {
    const text = await run("ps", ["-o", "ppid=,command=", "-p", String(pid)]);
    const [, parent, title] = /^\s*(\d+)\s+(.*)$/s.exec(text) ?? [];
    return { parent: Number(parent), title: title ?? "" };
  }
  const title = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return { parent: (await readState(pid))?.parent ?? 0, title: title.replaceAll("\0", " ").trim() };
}

async function readState(pid: number): Promise<{ parent: number } | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, "utf8");
    // The program's name stands in brackets and may itself hold brackets and spaces.
    const [state, parent] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return state === "Z" || state === "X" ? undefined : { parent: Number(parent) };
  } catch {
    return undefined;
  }
}

/** Where there is no /proc: the processes that `lsof` finds with the folder as working directory. */
async function listOpenDirectories(selection: readonly string[], directory: string): Promise<number[]> {
  const wanted = await realpath(directory).catch(() => directory);
  const text = await run("lsof", ["-a", "-d", "cwd", ...selection, "-Fpn"]);
  const pids: number[] = [];
  let pid = 0;
  for (const line of text.split("\n")) {
    if (line.startsWith("p")) pid = Number(line.slice(1));
    if (line.startsWith("n") && line.slice(1) === wanted) pids.push(pid);
  }
  return pids;
}

async function run(program: string, args: readonly string[]): Promise<string> {
  try {
    return (await promisify(execFile)(program, [...args], { env: programEnvironment })).stdout;
  } catch {
    return "";
  }
}
