import type { Colour, Paint } from "../terminal/paint.ts";

const levels: Readonly<Record<number, readonly [word: string, colour: Colour]>> = {
  20: ["debug", "dim"],
  30: ["info", "cyan"],
  40: ["warn", "yellow"],
  50: ["error", "red"],
  60: ["fatal", "red"],
};

/** Members that say nothing to somebody who reads along. */
const dull = new Set(["level", "time", "msg"]);

/** A line of the gateway's log, which is JSON, as a person reads it; any other line as it is. */
export function logLine(line: string, paint: Paint, hasLevel: boolean): string {
  try {
    const entry = JSON.parse(line) as Readonly<Record<string, unknown>>;
    const [word, colour] = levels[Number(entry["level"])] ?? ["log", "dim"];
    const rest = Object.entries(entry)
      .filter(([name]) => !dull.has(name))
      .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
    const text = String(entry["msg"] ?? "");
    return [...(hasLevel ? [paint(colour, word)] : []), text, paint("dim", rest.join(" "))].join(" ").trimEnd();
  } catch {
    return line;
  }
}
