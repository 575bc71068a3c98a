import { readFile } from "node:fs/promises";
import { type ErrorCode, errorCodes, errorEntry, errorStatus } from "@kineticpay/contract/errors/catalogue";
import { CliError } from "../cli-error.ts";
import { type Command, isOn } from "../command.ts";
import type { Context } from "../context.ts";
import { nearest } from "../nearest.ts";
import { answer } from "../terminal/answer.ts";
import { columns } from "../terminal/table.ts";

/** The pages of the checkout, which lie as far from `src` as from `dist`. */
const pages = new URL("../../../../docs/errors/", import.meta.url);

interface Section {
  readonly title: string;
  readonly text: string;
}

interface Explained {
  readonly code: ErrorCode;
  readonly type: string;
  readonly status: number;
  readonly retryable: boolean;
  readonly summary: string;
  readonly sections: readonly Section[];
}

/** The hand-written page of a code; no sections where there is no checkout around the command. */
async function sectionsOf(code: ErrorCode): Promise<Section[]> {
  const source = await readFile(new URL(`${code}.md`, pages), "utf8").catch(() => "");
  const [, ...parts] = source.split(/^## /m);
  return parts.map((part) => {
    const end = part.indexOf("\n");
    return { title: part.slice(0, end).trim(), text: part.slice(end).trim() };
  });
}

function known(code: ErrorCode): Omit<Explained, "sections"> {
  const { type, summary, retryable } = errorEntry(code);
  return { code, type, status: errorStatus(code), retryable, summary };
}

function codeNamed(word: string): ErrorCode {
  const exact = errorCodes.find((code) => code === word);
  if (exact !== undefined) return exact;
  const near = nearest(word, errorCodes);
  throw new CliError("error_code_unknown", `There is no error "${word}".${near ? ` Did you mean ${near}?` : ""}`, {
    next: near === undefined ? "kineticpay errors" : `kineticpay errors ${near}`,
  });
}

/** What helps at a terminal; the rest of the page is there with `--all`. */
const helpful = /^(What it means|Causes|Whether to retry)/;

function pageWords({ terminal: { paint } }: Context, found: Explained, isWhole: boolean): string {
  const head = `${paint("bold", found.code)}  ${found.status} ${found.type}  ${found.retryable ? "retryable" : "not retryable"}`;
  const shown = found.sections.filter(({ title }) => isWhole || helpful.test(title));
  const left = found.sections.length - shown.length;
  return [
    head,
    found.summary,
    ...shown.map(({ title, text }) => `\n${paint("bold", title)}\n${text}`),
    ...(left > 0 ? [`\n${paint("dim", `More with --all: ${moreOf(found, shown)}`)}`] : []),
  ].join("\n");
}

function moreOf(found: Explained, shown: readonly Section[]): string {
  return found.sections
    .filter((section) => !shown.includes(section))
    .map(({ title }) => title)
    .join(", ");
}

/** Needs neither a gateway nor a key: the codes are those of the catalogue that the gateway answers from. */
export const errorsCommand: Command = {
  name: "errors",
  summary: "Say what an error code means, and its cure",
  examples: ["kineticpay errors ip_not_allowed", "kineticpay errors"],
  about: "Works without a gateway. Without a code it lists them all.",
  words: [{ name: "[code]", summary: 'the "code" of a failed call', choices: errorCodes }],
  options: [{ flags: "--all", summary: "the whole page, with a request, its answer and code to handle it" }],
  async run({ context, words: [word], options }) {
    if (word !== undefined) {
      const code = codeNamed(word);
      const found: Explained = { ...known(code), sections: await sectionsOf(code) };
      answer(context, found, () => pageWords(context, found, isOn(options, "all")));
      return undefined;
    }
    const { terminal } = context;
    const all = errorCodes.map(known);
    const rows = all.map(({ code, status, summary }) => [terminal.paint("bold", code), String(status), summary]);
    answer(context, all, () => columns(rows, terminal.width));
    return undefined;
  },
};
