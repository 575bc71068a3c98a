/** Numbers from 0 up to 1 that depend on the seed alone (mulberry32). */
export function chanceOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The same things in another order (Fisher and Yates). */
export function shuffled(things, chance) {
  const result = [...things];
  for (let i = result.length - 1; i > 0; i -= 1) {
    const j = Math.floor(chance() * (i + 1));
    [result[i], result[j]] = [result[j], result[i]];
  }
  return result;
}

/** Twice the upper tail of the normal distribution (Abramowitz and Stegun 7.1.26; good to seven places). */
function bothTails(z) {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const polynomial = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return polynomial * Math.exp(-x * x);
}

/**
 * How probable a difference between two samples as large as this one is if both came from the same distribution: the
 * rank-sum test of Mann and Whitney, by its normal approximation, with the correction for ties.
 */
export function rankSumP(first, second) {
  const all = [
    ...first.map((value) => ({ value, isFirst: true })),
    ...second.map((value) => ({ value, isFirst: false })),
  ];
  all.sort((a, b) => a.value - b.value);
  let ranks = 0;
  let ties = 0;
  for (let start = 0; start < all.length; ) {
    let end = start;
    while (end < all.length && all[end].value === all[start].value) end += 1;
    const count = end - start;
    for (let i = start; i < end; i += 1) if (all[i].isFirst) ranks += (start + 1 + end) / 2;
    ties += count ** 3 - count;
    start = end;
  }
  const [n, m, total] = [first.length, second.length, all.length];
  const u = ranks - (n * (n + 1)) / 2;
  const variance = ((n * m) / 12) * (total + 1 - ties / (total * (total - 1)));
  return variance === 0 ? 1 : bothTails((u - (n * m) / 2) / Math.sqrt(variance));
}
