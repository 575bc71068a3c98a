// Runs the benches, keeps what they measured and writes docs/performance.md from it. See `usage`.
import { parseArgs } from "node:util";
import { summary } from "./figures.mjs";
import { benches } from "./list.mjs";
import { load, machine, sayMachine } from "./machine.mjs";
import { aimOf, figuresOf, isMet, writePage } from "./page.mjs";
import { pgbenchVersion } from "./pgbench.mjs";
import { keep, presentCommit, readResults } from "./results.mjs";

const usage = `Usage: npm run bench -- [--only NAME] [--long] [--quick | --print] [--report]

  --only NAME  one bench; what is kept of the others stays
  --long       the long form of a bench that has one
  --print      measures, and keeps nothing
  --quick      the same with one short round: whether it works at all
  --report     only writes docs/performance.md from what is kept

Benches:
${benches.map(({ name, title, isApart }) => `  ${name.padEnd(10)} ${title}${isApart ? " (only by --only)" : ""}`).join("\n")}
`;

const thorough = { rounds: 5, seconds: 3, isQuick: false };
const quick = { rounds: 1, seconds: 1, isQuick: true };

/** The words of the command line; undefined when they are not understood. */
function parse(line) {
  const flag = { type: "boolean", default: false };
  const options = { only: { type: "string" }, long: flag, print: flag, quick: flag, report: flag, help: flag };
  try {
    const { values } = parseArgs({ args: line, options, strict: true });
    return values.only === undefined || benches.some(({ name }) => name === values.only) ? values : undefined;
  } catch {
    return undefined;
  }
}

/** @returns {boolean} whether every aim was met */
function tell(bench, { rounds, limits, remarks = [] }) {
  const raised = Object.entries(limits).map(([name, value]) => `${name}=${value}`);
  console.log(`  limits raised: ${raised.length === 0 ? "none" : raised.join(" ")}`);
  for (const remark of remarks) console.log(`  ${remark}`);
  return bench.lines
    .filter(({ id }) => rounds[id]?.length > 0)
    .map((line) => {
      const found = summary(rounds[line.id]);
      const good = isMet(line, found);
      const [ours, theirs, ratio] = figuresOf(line, found);
      const against = theirs === "" ? "" : ` against ${theirs}: ${ratio}`;
      console.log(`  ${line.what}: ${ours}${against}; aim ${aimOf(line)}${good ? "" : ", MISSED"}`);
      return good;
    })
    .every(Boolean);
}

async function run(bench, { keeps, long, effort }) {
  console.log(`\n${bench.name}: ${bench.title}`);
  const [startedAt, before] = [new Date(), load()];
  const { measure } = await import(`./${bench.file}`);
  const tookS = () => Math.round((Date.now() - startedAt.getTime()) / 1000);
  /** Also what has been found so far, of a bench that takes long. */
  const keepFound = async ({ limits, remarks = [], rounds }) => {
    if (!keeps) return;
    const about = { bench: bench.name, commit: presentCommit(), startedAt: startedAt.toISOString(), tookS: tookS() };
    const on = `${machine()}, pgbench ${(await pgbenchVersion()) ?? "missing"}`;
    await keep({ ...about, machine: on, load: before, limits, remarks, rounds });
    await writePage(benches, await readResults());
  };
  const found = await measure({ ...effort, long, keepFound, say: (line) => console.log(`    ${line}`) });
  await keepFound(found);
  const isGood = tell(bench, found);
  console.log(`  took ${tookS()} s`);
  return isGood;
}

/** @returns {Promise<number>} 0 when every aim was met, 1 when one was missed or a bench failed, 64 when not understood */
async function main(line) {
  const values = parse(line);
  if (values === undefined || values.help) {
    (values === undefined ? process.stderr : process.stdout).write(usage);
    return values === undefined ? 64 : 0;
  }
  if (values.report) {
    await writePage(benches, await readResults());
    return 0;
  }
  sayMachine();
  const options = { keeps: !values.print && !values.quick, long: values.long, effort: values.quick ? quick : thorough };
  let isGood = true;
  for (const bench of benches) {
    if (values.only === undefined ? bench.isApart : bench.name !== values.only) continue;
    try {
      isGood = (await run(bench, options)) && isGood;
    } catch (error) {
      console.error(`  ${bench.name} failed:`, error);
      isGood = false;
    }
  }
  return isGood ? 0 : 1;
}

process.exit(await main(process.argv.slice(2)));
