/** Breaks text into lines of at most `width` characters, between words; lines that are there stay apart. */
export function wrap(text: string, width: number, indent = ""): string {
  const most = Math.max(20, Math.min(width, 100) - indent.length);
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(" ")) {
      if (line !== "" && line.length + 1 + word.length > most) {
        lines.push(line);
        line = word;
      } else {
        line = line === "" ? word : `${line} ${word}`;
      }
    }
    lines.push(line);
  }
  return lines.map((line) => `${indent}${line}`.trimEnd()).join("\n");
}
