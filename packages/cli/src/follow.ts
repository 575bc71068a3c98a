/** How long after its own time something may still turn up: it is written when its transaction ends, in any process. */
const settleMs = 60_000;
/** Nobody wants more at once; whoever does can list them. */
export const mostAtOnce = 10_000;

/** What a follower remembers: the newest time it has seen, and when each was made that it has seen lately. */
export interface Position {
  readonly at: string;
  readonly seen: Readonly<Record<string, string>>;
}

export interface Dated {
  readonly id: string;
  readonly created_at: string;
  readonly payment?: string | null;
  readonly sequence?: number | null;
}

/** Where to look from: some time before the newest that was seen, since order of creation is not order of appearance. */
export function lookFrom({ at }: Position): string {
  return new Date(Date.parse(at) - settleMs).toISOString();
}

/** The position of somebody who has seen nothing, and wants to see what was made after a time and nothing older. */
export function startingAt(time: string): Position {
  return { at: new Date(Date.parse(time) + settleMs).toISOString(), seen: {} };
}

/** Whether a time lies so far behind another that nothing made then can still turn up. */
export function isSettled(time: string, newest: string): boolean {
  return Date.parse(time) < Date.parse(newest) - settleMs;
}

/** By time; what happened to one payment in one millisecond, by its number. */
function inOrder(a: Dated, b: Dated): number {
  const rank = (each: Dated) => [
    each.created_at,
    each.payment ?? "",
    String(each.sequence ?? 0).padStart(9, "0"),
    each.id,
  ];
  const [left, right] = [rank(a).join(" "), rank(b).join(" ")];
  return left === right ? 0 : left < right ? -1 : 1;
}

/**
 * Of pages that come newest first, what has not been seen, the oldest first.
 * @param isDeep whether to read on behind a page of which everything is known, for what came late
 */
export async function newOf<T extends Dated>(
  position: Position,
  pages: AsyncIterable<{ readonly data: readonly T[] }>,
  isDeep: boolean,
): Promise<T[]> {
  const fresh: T[] = [];
  for await (const { data } of pages) {
    const unseen = data.filter(({ id }) => !Object.hasOwn(position.seen, id));
    fresh.push(...unseen);
    if (fresh.length >= mostAtOnce || (unseen.length === 0 && !isDeep)) break;
  }
  return fresh.sort(inOrder);
}

/** The position after these were dealt with too; what is too old to be found again is forgotten. */
export function moved(position: Position, items: readonly Dated[]): Position {
  const at = items.reduce((latest, { created_at }) => (created_at > latest ? created_at : latest), position.at);
  const oldest = new Date(Date.parse(at) - 2 * settleMs).toISOString();
  const all = [...Object.entries(position.seen), ...items.map((item) => [item.id, item.created_at] as const)];
  return { at, seen: Object.fromEntries(all.filter(([, made]) => made >= oldest)) };
}
