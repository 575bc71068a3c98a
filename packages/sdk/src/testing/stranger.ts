import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const packageFolder = fileURLToPath(new URL("../..", import.meta.url));

/** A project of somebody who knows nothing of this repository, with the package installed from its tarball. */
export interface Stranger {
  readonly folder: string;
  readonly tarball: string;
  /** Where the installed package lies. */
  readonly installed: string;
  write(name: string, text: string): Promise<string>;
  /** Runs a program of the project; what it prints is its answer. */
  node(words: readonly string[], environment?: Readonly<Record<string, string>>): Promise<string>;
  close(): Promise<void>;
}

/** Nothing of this process is handed on but what finding programs needs. */
function bare(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { PATH = "", HOME = "" } = process.env;
  return { PATH, HOME, ...more };
}

/** Packs the package as it would be published, and installs it as anybody would, without a network. */
export async function openStranger(): Promise<Stranger> {
  if (!existsSync(path.join(packageFolder, "dist/esm/index.js"))) {
    throw new Error('the package is not built; run "npm run build" first');
  }
  const folder = await mkdtemp(path.join(tmpdir(), "kp-stranger-"));
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  await run("npm", ["pack", "--pack-destination", folder, ...quiet], { cwd: packageFolder, env: bare() });
  const tarball = path.join(folder, (await readdir(folder)).find((name) => name.endsWith(".tgz")) ?? "");
  const write = async (name: string, text: string) => {
    const file = path.join(folder, name);
    await writeFile(file, text);
    return file;
  };
  await write("package.json", '{"name":"stranger","private":true,"type":"module"}');
  await run("npm", ["install", "--offline", ...quiet, tarball], { cwd: folder, env: bare() });
  return {
    folder,
    tarball,
    installed: path.join(folder, "node_modules/kineticpay"),
    write,
    async node(words, environment) {
      const { stdout } = await run(process.execPath, [...words], { cwd: folder, env: bare(environment) });
      return stdout;
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
