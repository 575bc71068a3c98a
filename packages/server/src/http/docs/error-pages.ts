import { readFile } from "node:fs/promises";
import { type ErrorCode, errorCodes } from "@kineticpay/contract/errors/catalogue";

/** One part of a page: what stands between two of its headings. */
export interface PageSection {
  readonly title: string;
  /** Markdown. */
  readonly text: string;
}

/** The hand-written page of one error code. */
export interface ErrorPage {
  /** As it stands in the file. */
  readonly source: string;
  /** What the file says of itself before the text begins. */
  readonly facts: Readonly<Record<string, string>>;
  /** The text without those facts. */
  readonly markdown: string;
  readonly sections: readonly PageSection[];
}

/** The repository's folder of pages, which lies as far from `src` as from `dist`. */
export const pagesFolder = new URL("../../../../../docs/errors/", import.meta.url);

/** Reads a page's text: facts between two lines of dashes, then Markdown with second-level headings. */
export function parseErrorPage(source: string): ErrorPage {
  const [, head = "", markdown = source] = /^---\n([\s\S]*?)\n---\n+([\s\S]*)$/.exec(source) ?? [];
  const facts: Record<string, string> = {};
  for (const line of head.split("\n")) {
    const [, name, value] = /^(\w+): (.+)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) facts[name] = value;
  }
  const [, ...parts] = markdown.split(/^## /m);
  const sections = parts.map((part): PageSection => {
    const end = part.indexOf("\n");
    return { title: part.slice(0, end).trim(), text: part.slice(end).trim() };
  });
  return { source, facts, markdown, sections };
}

export function isErrorCode(text: string): text is ErrorCode {
  return (errorCodes as readonly string[]).includes(text);
}

/** The page of a code, read from its file when somebody asks for it. */
export async function readErrorPage(code: ErrorCode): Promise<ErrorPage> {
  return parseErrorPage(await readFile(new URL(`${code}.md`, pagesFolder), "utf8"));
}
