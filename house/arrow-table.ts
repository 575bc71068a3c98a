/** A room of the house: which files it holds, and which other rooms it may use. */
export interface Room {
  readonly name: string;
  /** Paths from the root; one that ends in a slash stands for all below it. */
  readonly files: readonly string[];
  /** Rooms that may be imported. */
  readonly uses: ReadonlySet<string>;
  /** Rooms of which only types may be imported. */
  readonly usesTypesOf: ReadonlySet<string>;
}

const heading = /^\|\s*Room\s*\|\s*Files\s*\|\s*May import\s*\|$/;

function cellsOf(line: string): string[] {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

function named(text: string, line: string): string[] {
  const names = [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
  const rest = text.replace(/`[^`]+`/g, "").replace(/[,\s]/g, "");
  if (rest !== "") throw new Error(`"${rest}" is not understood in the table of arrows: ${line}`);
  return names;
}

function readRoom(line: string): Room {
  const [room = "", files = "", uses = ""] = cellsOf(line);
  const [name] = named(room, line);
  if (name === undefined) throw new Error(`a row of the table of arrows names no room: ${line}`);
  const [values = "", types = ""] = uses.split("types of");
  return {
    name,
    files: named(files, line),
    uses: new Set(values === "nothing" ? [] : named(values.replace(/;\s*$/, ""), line)),
    usesTypesOf: new Set(named(types, line)),
  };
}

/**
 * Reads the table "who may import whom" of ARCHITECTURE.md.
 * @throws when there is no such table, a row is not understood, or a room is named that has no row
 */
export function readArrowTable(markdown: string): Room[] {
  const lines = markdown.split("\n").map((line) => line.trim());
  const start = lines.findIndex((line) => heading.test(line));
  if (start === -1) throw new Error("ARCHITECTURE.md has no table of arrows: | Room | Files | May import |");
  const rest = lines.slice(start + 2);
  const end = rest.findIndex((line) => !line.startsWith("|"));
  const rooms = rest.slice(0, end === -1 ? undefined : end).map(readRoom);
  const names = new Set(rooms.map((room) => room.name));
  for (const room of rooms) {
    for (const used of [...room.uses, ...room.usesTypesOf]) {
      if (!names.has(used)) throw new Error(`room ${room.name} may import ${used}, which has no row`);
    }
  }
  return rooms;
}
