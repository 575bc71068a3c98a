import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { benches } from "./list.mjs";
import { isMet, render } from "./page.mjs";
import { readResults } from "./results.mjs";

const at = (file: string) => fileURLToPath(new URL(file, import.meta.url));

function run(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [at("main.mjs"), ...words], { encoding: "utf8" });
  return { status, stdout, stderr };
}

const [line] = benches.flatMap(({ lines }) => lines);
if (line === undefined) throw new Error("there is no bench");

const bench = { name: "planted", title: "a planted bench", file: "planted.mjs", lines: [line] };
const result = {
  bench: "planted",
  commit: "0123456789ab",
  startedAt: "2026-01-31T16:00:00.000Z",
  tookS: 61,
  machine: "2 × A processor",
  load: 0.1,
  limits: { KINETICPAY_KEY_RATE: "1000000" },
  remarks: ["A remark."],
};

test("docs/performance.md is what the results say; npm run bench -- --report writes it anew", async () => {
  expect(readFileSync(at("../docs/performance.md"), "utf8")).toBe(render(benches, await readResults()));
});

test("an aim that was missed is told in the table and among the shortfalls, with the limits that were raised", () => {
  const page = render([bench], [{ ...result, rounds: { [line.id]: [{ ours: 50, theirs: 100 }] } }]);
  expect(page).toContain("| 50.0 | 100 | 0.50 (0.50–0.50) | ≥ 1 | **missed** |");
  expect(page).toContain(`- \`planted\`, ${line.what}: 0.50 where ≥ 1 is the aim.`);
  expect(page).toContain("| `planted` | `KINETICPAY_KEY_RATE=1000000` |");
  expect(page).toContain("A remark.");
});

test("an aim that was met is no shortfall, and what was not measured is one", () => {
  const met = render([bench], [{ ...result, rounds: { [line.id]: [{ ours: 100, theirs: 100 }] } }]);
  expect(met).toContain("| 1.00 (1.00–1.00) | ≥ 1 | met |");
  expect(met).toContain("None: every figure meets its aim.");
  expect(render([bench], [])).toContain("- `planted` has not been measured.");
  expect(render([bench], [{ ...result, rounds: {} }])).toContain(": not measured.");
});

test.each([
  [{ least: 0.9 }, 0.9, true],
  [{ least: 0.9 }, 0.89, false],
  [{ most: 1.5 }, 1.5, true],
  [{ most: 1.5 }, 1.51, false],
])("of %o a ratio of %f is as good as it says: %s", (aim, ratio, good) => {
  const found = { ours: ratio, theirs: 1, ratio, spread: undefined };
  expect(isMet({ ...line, aim }, found)).toBe(good);
});

test("every bench has its file, a name of its own, and an aim for each line", () => {
  expect(new Set(benches.map(({ name }) => name)).size).toBe(benches.length);
  for (const { file, lines } of benches) {
    expect(existsSync(at(file)), file).toBe(true);
    expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length);
    for (const { aim, what } of lines) expect(Object.keys(aim), what).toHaveLength(1);
  }
});

test("the command names every bench, and refuses what it does not know", () => {
  const help = run("--help");
  expect(help.status).toBe(0);
  for (const { name } of benches) expect(help.stdout).toContain(name);
  for (const words of [["--only", "nothing"], ["--ever"], ["create"]]) {
    const refused = run(...words);
    expect(refused, words.join(" ")).toMatchObject({ status: 64, stdout: "", stderr: help.stdout });
  }
});
