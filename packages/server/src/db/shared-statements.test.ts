import { expect, it } from "vitest";
import type { SharedWrite } from "./db.ts";
import { shareStatements } from "./shared-statements.ts";

/** A database that answers each statement when it is told to. */
function openDatabase() {
  const underWay: { inputs: readonly string[]; answer: () => void }[] = [];
  const shared = shareStatements(
    (_text, values) =>
      new Promise((resolve) => underWay.push({ inputs: values as string[], answer: () => resolve([]) })),
  );
  const kind: SharedWrite<string, string> = {
    name: "payments.create",
    apart: (input) => input.replace(/\d+$/, ""),
    alone: async (write, input) => {
      await write("one", [input]);
      return input;
    },
    together: async (write, inputs) => {
      await write("many", inputs);
      return inputs;
    },
  };
  const add = (...inputs: string[]) => Promise.all(inputs.map((input) => shared.share(kind, input)));
  /** Answers everything that is under way, and lets what follows begin. */
  const turn = async () => {
    const answered = underWay.splice(0);
    for (const { answer } of answered) answer();
    await new Promise((resolve) => setImmediate(resolve));
    return answered.map(({ inputs }) => inputs);
  };
  return { shared, add, turn };
}

it("counts whoever waits for a statement, and forgets each of them when it has begun", async () => {
  const { shared, add, turn } = openDatabase();
  const all = add("a", "b", ...Array.from({ length: 150 }, (_, index) => `one-${index}-`));
  expect(shared.waiting).toBe(150);
  await turn();
  expect(shared.waiting).toBe(0);
  await turn();
  expect(await all).toHaveLength(152);
});

it("never writes together what has to be apart, keeps its order, and lets nobody wait behind it", async () => {
  const { add, turn } = openDatabase();
  const all = add("x", "y", "same1", "same2", "same3", "other1", "same4", "third1");
  expect(await turn()).toEqual([["x"], ["y"]]);
  // Two statements may be under way, each with one of them.
  expect(await turn()).toEqual([["same1", "other1", "third1"], ["same2"]]);
  expect(await turn()).toEqual([["same3"], ["same4"]]);
  expect(await all).toEqual(["x", "y", "same1", "same2", "same3", "other1", "same4", "third1"]);
});
