import { readFileSync } from "node:fs";

/**
 * The bytes of a file, or undefined when there is no such file.
 * @throws the file system's error for any other trouble.
 */
export function readIfPresent(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
