import path from "node:path";
import type { SourceFile } from "./source-files.ts";

/** The anchor that a Markdown heading gets. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

function anchorsOf(text: string): Set<string> {
  return new Set([...text.matchAll(/^#+ (.+)$/gm)].map((match) => anchorOf(match[1] ?? "")));
}

/** Links between the pages that lead nowhere. Addresses of other sites are not asked. */
export function deadLinks(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const faults: string[] = [];
  for (const page of files.filter((file) => file.path.endsWith(".md"))) {
    const prose = page.text.replace(/^```[\s\S]*?^```/gm, "").replace(/`[^`\n]*`/g, "");
    for (const match of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      const link = match[1] ?? "";
      if (/^[a-z]+:/.test(link)) continue;
      const [file = "", anchor] = link.split("#");
      const target = file === "" ? page.path : path.posix.join(path.posix.dirname(page.path), file);
      const found = byPath.get(target);
      const isFolder = files.some((each) => each.path.startsWith(`${target.replace(/\/$/, "")}/`));
      if (found === undefined && !isFolder) faults.push(`${page.path}: ${link} leads nowhere`);
      else if (anchor !== undefined && found !== undefined && !anchorsOf(found.text).has(anchor)) {
        faults.push(`${page.path}: ${link} names a heading that is not there`);
      }
    }
  }
  return faults;
}

/** Pages that no other page leads to, so that nobody finds them. */
export function orphanPages(files: readonly SourceFile[], start: string): string[] {
  const pages = new Map(files.filter((file) => file.path.endsWith(".md")).map((file) => [file.path, file.text]));
  const reached = new Set<string>();
  const follow = (page: string): void => {
    if (reached.has(page)) return;
    reached.add(page);
    for (const match of (pages.get(page) ?? "").matchAll(/\]\(([^)\s#]+)(?:#[^)\s]*)?\)/g)) {
      const target = path.posix.join(path.posix.dirname(page), match[1] ?? "");
      // A link to a folder shows its list, so it leads to all of its pages.
      const listed = [...pages.keys()].filter((each) => path.posix.dirname(each) === target.replace(/\/$/, ""));
      for (const next of pages.has(target) ? [target] : listed) follow(next);
    }
  };
  follow(start);
  return [...pages.keys()].filter((page) => page.startsWith("docs/") && !reached.has(page));
}
