import { type ErrorCode, errorCodes, errorEntry } from "@kineticpay/contract/errors/catalogue";
import { readErrorPage } from "../docs/error-pages.ts";
import type { Json, JsonObject } from "./json.ts";
import type { Recorded } from "./operations.ts";

/** What a code's page shows, for as long as nothing was recorded. */
async function shownOnPage(code: ErrorCode): Promise<Json> {
  const page = await readErrorPage(code);
  const shown = /^```json\n([\s\S]*?)^```/m.exec(page.markdown)?.[1];
  if (shown === undefined) throw new Error(`docs/errors/${code}.md shows no answer`);
  return JSON.parse(shown) as Json;
}

/** An answer without what names the call, to see whether two calls were answered alike. */
function plain(answer: Json): string {
  const { request_id: _, ...rest } = answer as JsonObject;
  return JSON.stringify(rest);
}

type Answers = Partial<Record<ErrorCode, Json>>;

/**
 * Most operations answer most failures in the same words, so an answer that was given before is kept once.
 * @returns for each code the first answer that was recorded, and the records without those that are like it
 */
export async function shareExamples(
  recorded: ReadonlyMap<string, Recorded>,
): Promise<{ shared: JsonObject; own: ReadonlyMap<string, Recorded> }> {
  const first: Answers = {};
  for (const { failures } of recorded.values()) {
    for (const code of errorCodes) {
      const answer = failures[code];
      if (answer !== undefined) first[code] ??= answer;
    }
  }
  const own = new Map<string, Recorded>();
  for (const [name, record] of recorded) {
    const failures: Answers = {};
    for (const code of errorCodes) {
      const answer = record.failures[code];
      if (answer !== undefined && plain(answer) !== plain(first[code] ?? {})) failures[code] = answer;
    }
    own.set(name, { ...record, failures });
  }
  const shared: Record<string, Json> = {};
  for (const code of errorCodes) {
    shared[code] = { summary: errorEntry(code).summary, value: first[code] ?? (await shownOnPage(code)) };
  }
  return { shared, own };
}
