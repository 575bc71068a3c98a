import type { SourceFile } from "./source-files.ts";

interface Pattern {
  readonly what: string;
  readonly pattern: RegExp;
}

/** Each is written so that it does not find itself; of a private key the beginning alone is no secret. */
const patterns: readonly Pattern[] = [
  {
    what: "a private key",
    pattern: /-----BEGIN (?:[A-Z]+ )*PRIVATE[ ]KEY-----(?:\s|\\[nr]|["'`+,])*[A-Za-z0-9+/=]{40}/g,
  },
  { what: "a whole live key", pattern: /\bkp_live[_][0-9A-Za-z]{36}\b/g },
  { what: "a path of somebody's machine", pattern: /(?<![\w.$}])\/(?:home|Users|root|work)\/[\w.-]+/g },
  { what: "a path of somebody's machine", pattern: /\b[A-Z]:\\Users\\/g },
];

/** What must not be committed: secrets, and traces of the machine on which somebody worked. */
export function committedSecrets(files: readonly SourceFile[]): string[] {
  const faults: string[] = [];
  for (const file of files) {
    for (const { what, pattern } of patterns) {
      for (const match of file.text.matchAll(pattern)) {
        const line = file.text.slice(0, match.index).split("\n").length;
        faults.push(`${file.path}:${line}: ${what}`);
      }
    }
  }
  return faults;
}

/** Files that hold keys by their very nature. */
export function keyFiles(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => /\.(key|pem|p12|pfx|jks)$|(^|\/)\.env(\.|$)|(^|\/)master\.key$/.test(file.path))
    .map((file) => file.path);
}
