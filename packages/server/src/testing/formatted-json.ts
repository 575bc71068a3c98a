import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";

/** JSON as the house's formatter writes it, so that the committed file passes it. @param file where it will lie */
export function formattedJson(value: unknown, file: string): string {
  const biome = createRequire(import.meta.url).resolve("@biomejs/biome/bin/biome");
  const words = [biome, "format", `--stdin-file-path=${file}`];
  return execFileSync(process.execPath, words, { input: JSON.stringify(value), encoding: "utf8" });
}
