import { writeFile } from "node:fs/promises";
import { shown, summary } from "./figures.mjs";

/**
 * @typedef {import("./list.mjs").Bench} Bench
 * @typedef {import("./list.mjs").Line} Line
 * @typedef {import("./results.mjs").Result} Result
 */

const file = new URL("../docs/performance.md", import.meta.url);

const heading = `# Performance

What the gateway costs, each time against a limit or a peer that is measured in the same run, on the same machine. Ratios carry
over to another machine; figures alone do not.

\`\`\`console
npm ci && npm run build
npm run bench                       # every bench but the last, in at most 30 minutes on 2 cores
npm run bench -- --only create      # one of them; the others' results stay
npm run bench:scale                 # up to ten million payments in the table; a quarter of an hour and 21 GB of temporary files
npm run bench:memory                # memory after a million payments instead of 200,000
\`\`\`

They want \`pgbench\`, which Debian's package \`postgresql-15\` has (\`apt-get install postgresql\` brings the one of your release), a
quiet machine and \`/proc\`. This page is made by these commands from the results in \`bench/results/\`.

`;

const method = `
## Method

- **In turns.** Each round measures the gateway and its peer one after the other, and the other one first the next time. The
  first round warms both up and does not count. A ratio is that of one round; the table has the median of five, and the lowest
  and highest in brackets. So a machine that has more to do for a minute hits both sides.
- **One machine for all.** Gateway, PostgreSQL and whoever calls share the processors. Over HTTP the caller is \`autocannon\`, which
  takes about as much of a core as the gateway does for its calls; \`pgbench\`, which calls the database, takes little. That is to
  the gateway's disadvantage in every line against \`pgbench\`.
- **Durable.** PostgreSQL is the one that the gateway brings, with \`fsync\` and \`synchronous_commit\` on, for both sides.
- **The same statement.** What \`pgbench\` runs is the text that the gateway runs: imported from its sources, or read from the
  database's log while the gateway works. It is prepared once (\`-M prepared\`); fresh ids are made in the script.
- **Settling** is held against the statements of one settlement, alone in its transaction, at *p* a second in \`pgbench\`, and one
  verification of a 2048-bit RSA signature, which takes *v* seconds of a core here. On *c* cores both together can be done
  1 / (1/*p* + *v*/*c*) times a second: what is busy verifying cannot serve the database. That is the limit in the table.
- **One call after the other** is held against a \`pgbench\` that never pauses, and a database that is asked without a pause answers
  sooner. What is left for the gateway stands in [a decision](decisions/0042-flame-graph-of-create.md); \`node bench/ladder.mjs\` takes
  one call apart, and \`node bench/profile.mjs create 64\` says which code the processor time goes to.
- **Webhooks** are planned while nothing sends them. Then a process is started that does nothing else, so the first of them are
  sent by code that V8 has not compiled yet, and its memory includes what V8 takes as it warms up.
- **Payments in the table** are written by SQL: one attempt and one event each, nine of ten paid, all in one collection, checks and
  indexes on, foreign keys and triggers off; then \`vacuum analyze\`. Both gateways answer 200 calls of a kind before it is measured.
  They run no jobs. Which payments are asked for is chance, so at ten million hardly one of them is in the 128 MB that PostgreSQL keeps
  for itself unless told otherwise. That \`get\` and the status take longer there is most likely due to it; it was not tried with more.
- **Under overload** there are three turns. Of goodput the median counts; messages, pages and calls without an answer are added up, and
  of the waits afterwards the longest counts.
- **Limits are raised** in the bench's own gateway where they would be what is measured; see [below](#limits-that-were-raised).
- **Against itself.** Goodput under overload is held against the best of the same turn; the memory of a gateway against the same
  gateway at rest; calls at ten million payments against the same calls at ten thousand.
`;

const unsaid = `
## What this does not show

- Callers are on the same machine, so there is no network in any figure, and more cores would serve both sides better.
- The memory of 200,000 payments is measured by \`npm run bench\`, that of a million by \`npm run bench:memory\`, which keeps its result in
  the place of the other.
- The sandbox's bank simulator runs in the gateway's process. It is idle in every line but those of the exchange's messages,
  and it counts in the memory.
- Messages of the exchange are made beforehand; what a buyer's way to the bank costs is in no line.
`;

const cell = (text) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const row = (cells) => `| ${cells.map(cell).join(" | ")} |`;

/** What a line of the list comes to; undefined while nothing of it has been measured. */
function measured(line, result) {
  const rounds = result?.rounds[line.id];
  return rounds === undefined || rounds.length === 0 ? undefined : summary(rounds);
}

/** The number that the aim is about. */
const judged = (found) => found.ratio ?? found.ours;

/** @param {Line} line @param {ReturnType<typeof summary>} found */
export function isMet({ aim }, found) {
  const value = judged(found);
  return value >= (aim.least ?? Number.NEGATIVE_INFINITY) && value <= (aim.most ?? Number.POSITIVE_INFINITY);
}

const withUnit = (number, unit) => (unit.startsWith("/") || unit === "" ? shown(number) : `${shown(number)} ${unit}`);
/** Where 0.999 is the aim, 1.00 says nothing. */
const digitsOf = ({ aim }) => (aim.least !== undefined && aim.least > 0.99 && aim.least < 1 ? 4 : 2);

/** The aim in words, such as "≥ 0.9" or "≤ 150 MB". */
export function aimOf({ aim, unit, against }) {
  const tail = against === undefined && unit !== "" ? ` ${unit}` : "";
  return aim.least === undefined ? `≤ ${aim.most}${tail}` : `≥ ${aim.least}${tail}`;
}

/** The cells of a line behind its name. */
export function figuresOf(line, found) {
  if (found === undefined) return ["not measured yet", "", ""];
  const { ours, theirs, ratio, spread } = found;
  if (ratio === undefined || spread === undefined) return [withUnit(ours, line.unit), "", ""];
  const ofRatio = (number) => number.toFixed(digitsOf(line));
  const [lowest, highest] = spread.map(ofRatio);
  return [withUnit(ours, line.unit), withUnit(theirs ?? 0, line.unit), `${ofRatio(ratio)} (${lowest}–${highest})`];
}

function table(bench, result) {
  return bench.lines.map((line) => {
    const found = measured(line, result);
    const verdict = found === undefined ? "" : isMet(line, found) ? "met" : "**missed**";
    return row([line.what, line.against ?? "–", ...figuresOf(line, found), aimOf(line), verdict]);
  });
}

function section(bench, result) {
  const head = ["| What | Against | Gateway | Peer | Ratio | Aim | |", "|---|---|---|---|---|---|---|"];
  const name = `### \`${bench.name}\`: ${bench.title}`;
  const remarks = (result?.remarks ?? []).map((remark) => `\n${remark}\n`).join("");
  return `${name}\n\n${[...head, ...table(bench, result)].join("\n")}\n${remarks}`;
}

function shortfalls(pairs) {
  const found = pairs.flatMap(({ bench, result }) => {
    if (result === undefined) return [`- \`${bench.name}\` has not been measured.`];
    return bench.lines.flatMap((line) => {
      const each = measured(line, result);
      if (each === undefined) return [`- \`${bench.name}\`, ${line.what}: not measured.`];
      if (isMet(line, each)) return [];
      const value = each.ratio === undefined ? withUnit(each.ours, line.unit) : each.ratio.toFixed(digitsOf(line));
      return [`- \`${bench.name}\`, ${line.what}: ${value} where ${aimOf(line)} is the aim.`];
    });
  });
  return `## Shortfalls\n\n${found.length === 0 ? "None: every figure meets its aim." : found.join("\n")}\n`;
}

function limits(pairs) {
  const rows = pairs.map(({ bench, result }) => {
    const raised = Object.entries(result?.limits ?? {}).map(([name, value]) => `\`${name}=${value}\``);
    return row([
      `\`${bench.name}\``,
      result === undefined ? "not measured yet" : raised.length === 0 ? "none" : raised.join(", "),
    ]);
  });
  const head = ["| Bench | Settings of its gateway that differ from the default |", "|---|---|"];
  return `## Limits that were raised\n\n${[...head, ...rows].join("\n")}\n`;
}

function runs(pairs) {
  const rows = pairs.flatMap(({ bench, result }) =>
    result === undefined
      ? []
      : [
          row([
            `\`${bench.name}\``,
            `\`${result.commit}\``,
            result.startedAt.slice(0, 10),
            `${Math.round(result.tookS)} s`,
            `${result.machine}; load before ${result.load}`,
          ]),
        ],
  );
  return `## Runs\n\n${["| Bench | Commit | Day | Took | On |", "|---|---|---|---|---|", ...rows].join("\n")}\n`;
}

/**
 * The page that tells what was measured against what.
 * @param {readonly Bench[]} benches @param {readonly Result[]} results
 */
export function render(benches, results) {
  const pairs = benches.map((bench) => ({ bench, result: results.find((each) => each.bench === bench.name) }));
  const sections = pairs.map(({ bench, result }) => section(bench, result)).join("\n");
  const parts = [shortfalls(pairs), method.trimStart(), unsaid.trimStart(), limits(pairs), runs(pairs)];
  return `${heading}## Results\n\n${sections}\n${parts.join("\n")}`;
}

/** @param {readonly Bench[]} benches @param {readonly Result[]} results */
export async function writePage(benches, results) {
  await writeFile(file, render(benches, results));
}
