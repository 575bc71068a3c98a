import path from "node:path";
import { isTypeScript, type SourceFile } from "./source-files.ts";

/** The most lines that a file may have. */
export const mostLines = 400;

/** Drawers that grow without end; what would go in has a better name of its own. */
const drawers = new Set(["util", "utils", "helper", "helpers", "common", "manager", "misc", "lib", "types", "shared"]);

const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Folders and files whose names are held to the rules: everything that is programmed. */
function isProgrammed(file: SourceFile): boolean {
  return /^(packages\/[^/]+\/src|acceptance|reliability|house|scripts|examples|bench)\//.test(file.path);
}

/** Names that say nothing, or are not written as all others are. */
export function badNames(files: readonly SourceFile[]): string[] {
  const faults: string[] = [];
  for (const file of files.filter(isProgrammed)) {
    const parts = file.path.split("/");
    const name = parts.pop() ?? "";
    const stem = name.replace(/(\.test)?\.[a-z0-9]+$/, "");
    if (/^[A-Z]+\.md$/.test(name)) continue;
    for (const part of [...parts, stem]) {
      if (drawers.has(part)) faults.push(`${file.path}: "${part}" says nothing of what is in it`);
      if (!kebabCase.test(part)) faults.push(`${file.path}: "${part}" is not in kebab-case`);
    }
  }
  return faults;
}

/** True for a source that people keep by hand; pages, tables and styles included. */
function isWritten(file: SourceFile): boolean {
  const generated = new Set(["packages/server/schema.sql", "docs/settings.md", "docs/openapi.json"]);
  const extensions = new Set([".ts", ".tsx", ".js", ".mjs", ".css", ".sql", ".md"]);
  return extensions.has(path.extname(file.path)) && !generated.has(file.path);
}

/** Files too long to be read in one sitting. */
export function longFiles(files: readonly SourceFile[]): string[] {
  return files
    .filter(isWritten)
    .map((file) => ({ path: file.path, lines: file.text.replace(/\n$/, "").split("\n").length }))
    .filter(({ lines }) => lines > mostLines)
    .map(({ path: name, lines }) => `${name} has ${lines} lines, and ${mostLines} are the most`);
}

/** Tests that have another ending than `.test.ts`, and so would never run. */
export function strayTests(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => isTypeScript(file) && !/\.test\.tsx?$/.test(file.path))
    .filter((file) => /\.(spec|tests)\.tsx?$/.test(file.path) || /(^|\/)__tests__\//.test(file.path))
    .map((file) => `${file.path} looks like a test, and is not run`);
}
