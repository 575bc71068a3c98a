import { type Findings, openNotebook } from "../findings.ts";
import type { Instrument } from "../instrument.ts";
import { mutants as list } from "../mutants/list.ts";
import { readResults } from "../mutants/results.ts";
import { runMutants } from "../mutants/run-mutants.ts";

/** Tries every defect that has no result for the present sources and tests, and counts what the tests noticed. */
async function huntMutants(): Promise<Findings> {
  const notebook = openNotebook();
  await runMutants([]);
  const results = await readResults();
  for (const { name, defect } of list) {
    const result = results.find((each) => each.name === name);
    notebook.count("defects");
    if (result?.killedBy != null) notebook.count("noticed");
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
