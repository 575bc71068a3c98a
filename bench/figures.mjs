/**
 * @typedef {object} Round What one round of a comparison has brought.
 * @property {number} ours
 * @property {number} [theirs] left out where the aim is a figure and not a part of another
 */

/** @param {readonly number[]} numbers in any order; not empty */
export function median(numbers) {
  if (numbers.length === 0) throw new RangeError("the median of nothing");
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * The smallest of the numbers that no more than that share lies below.
 * @param {readonly number[]} numbers in any order; not empty
 * @param {number} share from 0 to 1, such as 0.99
 */
export function quantile(numbers, share) {
  if (numbers.length === 0) throw new RangeError("a quantile of nothing");
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/**
 * What rounds come to. The ratio is taken round by round, so that what the machine did meanwhile hits both sides of it alike.
 * @param {readonly Round[]} rounds
 * @returns {{ ours: number, theirs: number | undefined, ratio: number | undefined, spread: [number, number] | undefined }}
 */
export function summary(rounds) {
  const ours = median(rounds.map((round) => round.ours));
  if (rounds.some(({ theirs }) => theirs === undefined))
    return { ours, theirs: undefined, ratio: undefined, spread: undefined };
  const ratios = rounds.map((round) => round.ours / round.theirs);
  return {
    ours,
    theirs: median(rounds.map(({ theirs }) => theirs)),
    ratio: median(ratios),
    spread: [Math.min(...ratios), Math.max(...ratios)],
  };
}

/**
 * Measures both in turns. The first round warms both up and does not count; whoever comes first finds the machine rested, so
 * it is the other one each time.
 * @param {{ rounds: number, ours: () => Promise<number>, theirs: () => Promise<number>, say?: (line: string) => void }} turns
 * @returns {Promise<Round[]>}
 */
export async function inTurns({ rounds, ours, theirs, say = () => undefined }) {
  const found = [];
  for (let round = 0; round <= rounds; round += 1) {
    const result = {};
    const sides = [
      ["ours", ours],
      ["theirs", theirs],
    ];
    for (const [side, measure] of round % 2 === 0 ? sides : sides.toReversed()) result[side] = await measure();
    if (round === 0) continue;
    found.push({ ours: result.ours, theirs: result.theirs });
    say(`${shown(result.ours)} against ${shown(result.theirs)}: ${(result.ours / result.theirs).toFixed(2)}`);
  }
  return found;
}

/** A number for people: three digits that count. @param {number} number */
export function shown(number) {
  const size = Math.abs(number);
  if (size >= 100 || size === 0) return String(Math.round(number));
  return number.toFixed(size >= 10 ? 1 : 2);
}
