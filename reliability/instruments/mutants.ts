import { type Findings, openNotebook } from "../findings.ts";
import type { Instrument } from "../instrument.ts";
import { mutants as list } from "../mutants/list.ts";
import { digestOf, readResults } from "../mutants/results.ts";
import { runMutants } from "../mutants/run-mutants.ts";

/**
 * Tries every defect whose own sources or tests have changed since it was tried, and counts what the tests noticed. What these import
 * may have changed too: `npm run mutants -- --again` tries them all.
 */
async function huntMutants(): Promise<Findings> {
  const notebook = openNotebook();
  await runMutants([]);
  const results = await readResults();
  for (const mutant of list) {
    const { name, defect } = mutant;
    const result = results.find((each) => each.name === name);
    notebook.count("defects");
    if (result?.killedBy != null && result.digest === digestOf(mutant)) notebook.count("noticed");
    else notebook.violation(`no test notices: ${defect}`);
  }
  return notebook.findings();
}

export const mutants: Instrument = {
  name: "mutants",
  row: 38,
  hazard: "The tests prove nothing",
  promise: "Defects that are put into the code are noticed",
  target: "at least 20 of 20",
  long: huntMutants,
  figure: ({ counts }) =>
    `${counts["noticed"] ?? 0} of ${counts["defects"]} noticed ([which test notices which](mutants.md))`,
};
