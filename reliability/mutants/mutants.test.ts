import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { runTests } from "../run-tests.ts";
import { copyTree } from "./copied-tree.ts";
import { mutants } from "./list.ts";
import { applyChanges, changesByFile, type Mutant } from "./mutant.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (file: string) => readFileSync(path.join(root, file), "utf8");

describe("the list of mutants", () => {
  test("has at least 24, each under a name of its own", () => {
    expect(mutants.length).toBeGreaterThanOrEqual(24);
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
    for (const { name } of mutants) expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });

  test("fits the sources: every change finds its one place, and every test that should notice is there", () => {
    const faults: string[] = [];
    for (const mutant of mutants) {
      for (const [file, changes] of changesByFile(mutant)) {
        try {
          applyChanges(mutant.name, file, read(file), changes);
        } catch (error) {
          faults.push(error instanceof Error ? error.message : String(error));
        }
      }
      for (const each of mutant.tests)
        if (!existsSync(path.join(root, each))) faults.push(`${mutant.name}: there is no ${each}`);
    }
    expect(faults).toEqual([]);
  });
});

describe("a change", () => {
  const change = (find: string) => [{ file: "f", find, replace: "z" }];
  test("that finds no place, or more than one, is refused", () => {
    expect(() => applyChanges("m", "f", "a b a", change("c"))).toThrow("stands 0 times");
    expect(() => applyChanges("m", "f", "a b a", change("a"))).toThrow("stands 2 times");
    expect(applyChanges("m", "f", "a b a", change("b"))).toBe("a z a");
  });
});

test("a mutant is noticed by its test in a copy of the sources, which is whole again afterwards, and a sound one is not", {
  timeout: 240_000,
}, async () => {
  const mutant = mutants.find(({ name }) => name === "browser-settles") as Mutant;
  const [file = ""] = changesByFile(mutant).keys();
  const tree = await copyTree();
  try {
    const noticed = await tree.withMutant(mutant, () => runTests(tree.folder, mutant.tests, { patienceMs: 120_000 }));
    expect(noticed.failed).toEqual({ file: mutant.tests[0], test: expect.stringContaining("keeps what is final") });
    expect(readFileSync(path.join(tree.folder, file), "utf8")).toBe(read(file));
    expect((await runTests(tree.folder, mutant.tests, { patienceMs: 120_000 })).failed).toBeUndefined();
  } finally {
    await tree.remove();
  }
});
