import { type ParseResult, parseSync } from "oxc-parser";
import type { SourceFile } from "./source-files.ts";

/** A file and its syntax tree. */
export interface ParsedFile extends SourceFile {
  readonly syntax: ParseResult;
  /** The line, from 1, of a place in the text. */
  lineAt(offset: number): number;
}

/** Parses a file. @throws when it is no valid TypeScript */
export function parseFile(file: SourceFile): ParsedFile {
  const syntax = parseSync(file.path, file.text);
  const [error] = syntax.errors;
  if (error !== undefined) throw new Error(`${file.path} cannot be parsed: ${error.message}`);
  return { ...file, syntax, lineAt: (offset) => file.text.slice(0, offset).split("\n").length };
}
