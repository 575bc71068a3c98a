import { deepStrictEqual } from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type fc from "fast-check";
import type { Deed } from "./deeds.ts";
import type { Model } from "./model.ts";
import { expectedFacts, observe, type Seen } from "./observe.ts";
import type { World } from "./world.ts";

/** What the model believes, and what was last seen of the gateway. */
export interface Believed {
  model: Model;
  seen: Seen;
  /** Counts what came of a command. */
  readonly tally: (outcome: string) => void;
  done: number;
}

/** What differs between what the gateway did and what the model has, line by line. */
function differenceOf(found: unknown, expected: unknown, words: string): Error {
  try {
    deepStrictEqual(found, expected);
  } catch (error) {
    if (error instanceof Error) return new Error(`after ${words}, the gateway (+) and the model (-): ${error.message}`);
  }
  return new Error(`after ${words}, gateway and model differ`);
}

/** A deed as a command of fast-check: it is done to both, and both must then say the same. */
export class Command implements fc.AsyncCommand<Believed, World> {
  private readonly deed: Deed;
  private readonly words: string;
  constructor(words: string, deed: Deed) {
    this.words = words;
    this.deed = deed;
  }

  check({ model }: Believed): boolean {
    return this.deed.isPossible(model);
  }

  async run(believed: Believed, world: World): Promise<void> {
    const { model, seen } = believed;
    const ways = this.deed.ways(model, seen);
    await world.forgiveExchange();
    const told = await this.deed.act(world, seen);
    const after = await observe(world);
    const expected = ways.map((way) => {
      const copy = structuredClone(model);
      const answer = way(copy);
      return { copy, outcome: { told: answer, facts: expectedFacts(copy) } };
    });
    const found = { told, facts: after.facts };
    const match = expected.find(({ outcome }) => isDeepStrictEqual(outcome, found));
    if (match === undefined) throw differenceOf(found, expected[0]?.outcome, this.words);
    if (after.faults.length > 0) throw new Error(`after ${this.words}: ${after.faults.join("; ")}`);
    Object.assign(believed, { model: match.copy, seen: after });
    believed.done += 1;
    believed.tally(this.words.startsWith("race") ? "race" : `${/^[a-z ]+/.exec(this.words)?.[0].trim()}: ${told}`);
  }

  toString(): string {
    return this.words;
  }
}
