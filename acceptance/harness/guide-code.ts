import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { projectFolder, startCommand } from "./program.ts";

/** The blocks of one language in a document, in their order. */
export async function blocksOf(document: string, language: "sh" | "js"): Promise<string[]> {
  const markdown = await readFile(path.join(projectFolder, document), "utf8");
  const found = markdown.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"));
  return [...found].map(([, block = ""]) => block);
}

/** What a call brought: a value, or the message of what it threw. */
export interface GuideResult {
  readonly value?: unknown;
  readonly error?: string;
}

/**
 * Calls a function of a document's only block of JavaScript, once with each list of arguments, in a process of its own: as
 * a reader has it who copied it from there.
 * @param nowMs what the clock shows in that process
 */
export async function callGuide(
  document: string,
  exported: string,
  calls: readonly (readonly unknown[])[],
  nowMs: number = Date.now(),
): Promise<GuideResult[]> {
  const [source, ...more] = await blocksOf(document, "js");
  if (source === undefined || more.length > 0) throw new Error(`${document} should hold one block of JavaScript`);
  const folder = await mkdtemp(path.join(tmpdir(), "kp-guide-"));
  const runner = `
    import { readFileSync, writeFileSync } from "node:fs";
    import { ${exported} as guide } from "./guide.mjs";
    Date.now = () => ${nowMs};
    const call = (words) => { try { return { value: guide(...words) }; } catch (error) { return { error: error.message }; } };
    writeFileSync("results.json", JSON.stringify(JSON.parse(readFileSync("calls.json", "utf8")).map(call)));`;
  try {
    await writeFile(path.join(folder, "guide.mjs"), source);
    await writeFile(path.join(folder, "runner.mjs"), runner);
    await writeFile(path.join(folder, "calls.json"), JSON.stringify(calls));
    const program = startCommand(process.execPath, ["runner.mjs"], {}, folder);
    const { code } = await program.ended;
    if (code !== 0) throw new Error(`the code of ${document} ended with ${code}: ${program.stderr()}`);
    return JSON.parse(await readFile(path.join(folder, "results.json"), "utf8")) as GuideResult[];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
