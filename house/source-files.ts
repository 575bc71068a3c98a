import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** A file of the repository: its path from the root, with forward slashes, and what it says. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** The repository's root. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** What tools put into a checkout; nothing in it is committed. */
const notOurs = new Set(["node_modules", "dist", "data", ".git", "test-results", ".screenshots"]);

function walk(folder: string, found: string[]): string[] {
  for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
    if (notOurs.has(entry.name)) continue;
    const inside = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) walk(inside, found);
    if (entry.isFile()) found.push(inside);
  }
  return found;
}

/** Every file of the repository, in the order of their paths. */
export function readRepository(): SourceFile[] {
  return walk("", [])
    .sort()
    .map((file) => ({ path: file, text: readFileSync(path.join(root, file), "utf8") }));
}

/** True for TypeScript that people wrote. */
export function isTypeScript(file: { readonly path: string }): boolean {
  return /\.tsx?$/.test(file.path);
}

/** True for what only tests run. */
export function isTest(file: { readonly path: string }): boolean {
  return /\.test\.tsx?$/.test(file.path) || file.path.includes("/src/testing/");
}

/** True for a source of one of the packages, its tests included. */
export function isPackageSource(file: { readonly path: string }): boolean {
  return isTypeScript(file) && /^packages\/[^/]+\/src\//.test(file.path);
}
