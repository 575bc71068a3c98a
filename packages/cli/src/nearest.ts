import { editDistance } from "@kineticpay/contract/edit-distance";

const plain = (word: string) => word.toLowerCase().replace(/[^a-z0-9]/g, "");

/** How many slips a word may have and still be meant: one in three letters, and two where it begins alike ("payed"). */
function slipsAllowed(wanted: string, known: string): number {
  const beginsAlike = wanted.length >= 5 && wanted.slice(0, 2) === known.slice(0, 2);
  return Math.max(beginsAlike ? 2 : 1, Math.floor(wanted.length / 3));
}

/** The word that was probably meant; undefined when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const wanted = plain(word);
  const begins = known.filter((each) => wanted.length >= 3 && plain(each).startsWith(wanted));
  if (begins.length === 1) return begins[0];
  const ranked = known.map((each) => ({ each, far: editDistance(wanted, plain(each)) })).sort((a, b) => a.far - b.far);
  const [best] = ranked;
  return best !== undefined && best.far <= slipsAllowed(wanted, plain(best.each)) ? best.each : undefined;
}
