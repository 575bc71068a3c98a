import { parseArgs } from "node:util";
import { type FailedTest, runTests } from "../run-tests.ts";
import { type CopiedTree, copyTree } from "./copied-tree.ts";
import { mutants } from "./list.ts";
import type { Mutant } from "./mutant.ts";
import { digestOf, type MutantResult, presentCommit, readResults, writeResults } from "./results.ts";

const usage = `Usage: npm run mutants -- [--only NAME,…] [--most N] [--again]

  --only NAME,…  these mutants, also when they have a result
  --most N       no more than so many, for a slice; the next run goes on
  --again        also those whose own sources and tests are as they were when they were tried
`;

const likelyPatienceMs = 300_000;
const widerPatienceMs = 1_200_000;
/** Everything but what runs the built packages and not these sources. */
const needTheBuild = ["packed", "readme"].map((name) => `--exclude=packages/sdk/src/${name}.test.ts`);
const widerTests = ["packages", "house", ...needTheBuild];

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** Lets the tests loose on a mutant: the expected ones first, and then all. */
async function hunt(tree: CopiedTree, mutant: Mutant): Promise<Omit<MutantResult, "commit">> {
  return tree.withMutant(mutant, async () => {
    const { name, defect } = mutant;
    let tookS = 0;
    for (const test of mutant.tests) {
      const run = await runTests(tree.folder, [test], { patienceMs: likelyPatienceMs });
      tookS += run.tookS;
      if (run.failed !== undefined)
        return { name, defect, killedBy: run.failed, byWiderTests: false, tookS, digest: digestOf(mutant) };
    }
    const wider = await runTests(tree.folder, widerTests, { patienceMs: widerPatienceMs });
    // Of a thousand tests one may fail by itself on a busy machine; it has noticed something only if it fails again.
    const again =
      wider.failed === undefined
        ? wider
        : await runTests(tree.folder, [wider.failed.file], { patienceMs: likelyPatienceMs });
    tookS += wider.tookS;
    return { name, defect, killedBy: again.failed ?? null, byWiderTests: true, tookS, digest: digestOf(mutant) };
  });
}

/** A test that fails without the mutant too has noticed nothing. Each file is tried once. */
function controls(tree: CopiedTree): (by: FailedTest) => Promise<boolean> {
  const tried = new Map<string, Promise<boolean>>();
  return ({ file }) => {
    const known = tried.get(file);
    if (known !== undefined) return known;
    const passes = runTests(tree.folder, [file], { patienceMs: likelyPatienceMs }).then(
      ({ failed }) => failed === undefined,
    );
    tried.set(file, passes);
    return passes;
  };
}

/** Hunts mutants one after the other, and keeps each result as soon as there is one. */
async function huntAll(chosen: readonly Mutant[], results: MutantResult[]): Promise<void> {
  const tree = await copyTree();
  const passesWithout = controls(tree);
  try {
    for (const mutant of chosen) {
      const found = await hunt(tree, mutant);
      if (found.killedBy !== null && !(await passesWithout(found.killedBy)))
        throw new Error(`${found.killedBy.file} fails without a mutant too: ${found.killedBy.test}`);
      const at = results.findIndex(({ name }) => name === mutant.name);
      results.splice(at === -1 ? results.length : at, at === -1 ? 0 : 1, { ...found, commit: presentCommit() });
      await writeResults(mutants, results);
      say(`${found.killedBy === null ? "SURVIVED" : "killed"} ${mutant.name} in ${found.tookS} s`);
      say(`  ${mutant.defect}`);
      if (found.killedBy !== null) say(`  by ${found.killedBy.file}: ${found.killedBy.test}`);
    }
  } finally {
    await tree.remove();
  }
}

function parse(line: readonly string[]) {
  const options = { only: { type: "string" }, most: { type: "string" }, again: { type: "boolean" } } as const;
  try {
    return parseArgs({ args: [...line], options, strict: true }).values;
  } catch {
    return undefined;
  }
}

/**
 * Lets the tests loose on the mutants that the command line names, and writes which test noticed which.
 * @returns the exit code: 0 when every mutant of the list is known to be noticed, 1 when one is not, 75 when there is more
 * to do, 64 when the line was not understood
 */
export async function runMutants(line: readonly string[]): Promise<number> {
  const values = parse(line);
  const only = values?.only?.split(",");
  const unknown = (only ?? []).filter((name) => !mutants.some((mutant) => mutant.name === name));
  if (values === undefined || unknown.length > 0 || Number.isNaN(Number(values.most ?? 0))) {
    process.stderr.write(unknown.length > 0 ? `There is no mutant ${unknown.join(", ")}.\n` : usage);
    return 64;
  }
  const results = await readResults();
  const isDone = (mutant: Mutant) =>
    results.some((each) => each.name === mutant.name && each.digest === digestOf(mutant));
  const open = mutants.filter(({ name }) => only === undefined || only.includes(name));
  const wanted = open.filter((mutant) => only !== undefined || values.again === true || !isDone(mutant));
  await huntAll(wanted.slice(0, values.most === undefined ? wanted.length : Number(values.most)), results);
  const survivors = mutants.filter(({ name }) => results.find((each) => each.name === name)?.killedBy === null);
  if (survivors.length > 0) say(`Not noticed: ${survivors.map(({ name }) => name).join(", ")}`);
  const left = mutants.filter((mutant) => !results.some((each) => each.name === mutant.name)).length;
  say(
    `${mutants.length - survivors.length - left} of ${mutants.length} defects are noticed; ${left} were not tried yet.`,
  );
  if (survivors.length > 0) return 1;
  return left > 0 ? 75 : 0;
}
