/** Chance that can be had again: the same seed gives the same choices, in the same order. */
export interface Random {
  readonly seed: number;
  /** From 0 up to, not including, 1. */
  fraction(): number;
  /** A whole number, both ends included. */
  whole(least: number, most: number): number;
  chance(share: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** A source of its own, so that one player's choices do not hang on how often another one chose. */
  fork(name: string): Random;
}

function hash(text: string): number {
  let value = 2_166_136_261;
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 16_777_619);
  return value >>> 0;
}

/** Mulberry32: small, and good enough to choose moments and outcomes. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const fraction = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    seed,
    fraction,
    whole: (least, most) => least + Math.floor(fraction() * (most - least + 1)),
    chance: (share) => fraction() < share,
    pick<T>(list: readonly T[]): T {
      const chosen = list[Math.floor(fraction() * list.length)];
      if (chosen === undefined) throw new Error("nothing to choose from");
      return chosen;
    },
    fork: (name) => randomFrom(hash(`${seed}:${name}`)),
  };
}
