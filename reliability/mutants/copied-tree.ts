import { execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { applyChanges, changesByFile, type Mutant } from "./mutant.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A copy of the sources in which mutants can live, so that nothing of them ever gets near the sources themselves. */
export interface CopiedTree {
  readonly folder: string;
  /** Has the work done while the mutant's changes are in the copy. */
  withMutant<T>(mutant: Mutant, work: () => Promise<T>): Promise<T>;
  remove(): Promise<void>;
}

/** Every file that is or could be committed. */
function sourceFiles(): string[] {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  return listed.split("\0").filter((file) => file !== "" && existsSync(path.join(root, file)));
}

/** Hard links, since these are many files that nobody changes; its links to our own packages lead into the copy. */
function linkModules(folder: string, within: string): void {
  const from = path.join(root, within, "node_modules");
  if (!existsSync(from)) return;
  try {
    execFileSync("cp", ["-al", from, path.join(folder, within, "node_modules")], { stdio: "pipe" });
  } catch {
    // Another file system has no hard links to this one.
    execFileSync("cp", ["-a", from, path.join(folder, within, "node_modules")], { stdio: "pipe" });
  }
}

export async function copyTree(): Promise<CopiedTree> {
  const folder = await mkdtemp(path.join(tmpdir(), "kp-mutants-"));
  // Some tests run the sources as an account that may do nothing, as one would in a checkout.
  await chmod(folder, 0o755);
  // Tests that are just ended may still write for a moment.
  const removeNow = () => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  process.once("exit", removeNow);
  for (const file of sourceFiles()) {
    await mkdir(path.join(folder, path.dirname(file)), { recursive: true });
    await copyFile(path.join(root, file), path.join(folder, file));
  }
  const packages = await readdir(path.join(folder, "packages"));
  for (const within of ["", ...packages.map((name) => `packages/${name}`)]) linkModules(folder, within);
  return {
    folder,
    async withMutant(mutant, work) {
      const originals = new Map<string, string>();
      for (const [file, changes] of changesByFile(mutant)) {
        const text = await readFile(path.join(folder, file), "utf8");
        originals.set(file, text);
        await writeFile(path.join(folder, file), applyChanges(mutant.name, file, text, changes));
      }
      try {
        return await work();
      } finally {
        for (const [file, text] of originals) await writeFile(path.join(folder, file), text);
      }
    },
    async remove() {
      process.off("exit", removeNow);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
