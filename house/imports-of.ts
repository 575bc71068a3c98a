import { Visitor } from "oxc-parser";
import type { ParsedFile } from "./parsed-file.ts";

/** One way in which a file reaches another. */
export interface Import {
  /** As written; undefined for an import whose target is computed. */
  readonly specifier: string | undefined;
  /** True when nothing of it is left at run time. */
  readonly isType: boolean;
  readonly line: number;
}

function staticImports(file: ParsedFile): Import[] {
  const { staticImports, staticExports } = file.syntax.module;
  const found = staticImports.map((each) => ({
    specifier: each.moduleRequest.value,
    isType: each.entries.length > 0 && each.entries.every((entry) => entry.isType),
    line: file.lineAt(each.start),
  }));
  for (const each of staticExports) {
    for (const entry of each.entries) {
      if (entry.moduleRequest === null) continue;
      found.push({ specifier: entry.moduleRequest.value, isType: entry.isType, line: file.lineAt(each.start) });
    }
  }
  return found;
}

/** Every import, export-from, `import()` and `import("…")` type of a file. */
export function importsOf(file: ParsedFile): Import[] {
  const found = staticImports(file);
  const add = (source: unknown, start: number, isType: boolean) => {
    const literal = source as { readonly type: string; readonly value?: unknown };
    const specifier = literal.type === "Literal" && typeof literal.value === "string" ? literal.value : undefined;
    found.push({ specifier: specifier ?? "", isType, line: file.lineAt(start) });
  };
  new Visitor({
    ImportExpression: (node) => add(node.source, node.start, false),
    TSImportType: (node) => add(node.source, node.start, true),
  }).visit(file.syntax.program);
  return found.map((each) => (each.specifier === "" ? { ...each, specifier: undefined } : each));
}
