import { Visitor } from "oxc-parser";
import type { Room } from "./arrow-table.ts";
import { isHeldToArrows, roomOf } from "./arrows.ts";
import { parseFile } from "./parsed-file.ts";
import type { SourceFile } from "./source-files.ts";

/**
 * The gateway record carries the database to every use-case, so a room that may not import `db` could still send it SQL.
 * Finds where one does.
 */
export function databaseReaches(rooms: readonly Room[], files: readonly SourceFile[]): string[] {
  const faults: string[] = [];
  for (const file of files.filter(isHeldToArrows)) {
    const room = roomOf(rooms, file.path);
    if (room === undefined || room.name === "db" || room.uses.has("db") || room.usesTypesOf.has("db")) continue;
    if (!/\bdb\b/.test(file.text)) continue;
    const parsed = parseFile(file);
    new Visitor({
      MemberExpression: (node) => {
        if (node.property.type !== "Identifier" || node.property.name !== "db") return;
        faults.push(`${file.path}:${parsed.lineAt(node.start)}: ${room.name} may not use the database`);
      },
      ObjectPattern: (node) => {
        const names = node.properties.map((each) => (each.type === "Property" ? each.key : undefined));
        if (!names.some((key) => key?.type === "Identifier" && key.name === "db")) return;
        faults.push(`${file.path}:${parsed.lineAt(node.start)}: ${room.name} may not use the database`);
      },
    }).visit(parsed.syntax.program);
  }
  return faults;
}
