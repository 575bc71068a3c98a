/** What a shop showed of an order before and after it was told of the payment. */
export interface Change {
  readonly before: string;
  readonly after: string;
}

/** Numbers that could count something; longer ones are times, amounts or ids. */
function countsIn(text: string): number[] {
  return [...text.matchAll(/(?<![\w.-])\d{1,4}(?![\w.:-])/g)].map(([digits]) => Number(digits));
}

function steps({ before, after }: Change): number[] {
  const [from, to] = [countsIn(before), countsIn(after)];
  return from.length === to.length ? to.map((count, i) => count - (from[i] ?? 0)) : [];
}

/**
 * Whether a shop has counted twice what it counts once: a number that went up by one for an ordinary payment, and by two
 * where the same event came twice. False wherever the shop shows no such number.
 */
export function isCountedTwice(ordinary: Change, twice: Change): boolean {
  const [once, both] = [steps(ordinary), steps(twice)];
  return once.length === both.length && once.some((step, i) => step === 1 && both[i] === 2);
}
