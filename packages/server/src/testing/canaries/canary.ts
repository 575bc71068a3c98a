/** A secret that must not turn up anywhere but where it belongs, and what it is. */
export interface Canary {
  readonly what: string;
  /** At least thirteen characters. */
  readonly text: string;
  /** Tables that hold it by promise, such as the buyer's name in a payment. */
  readonly keptIn?: readonly string[];
}

/** Where a canary was seen, and what stood around it. */
export interface Sighting {
  readonly canary: Canary;
  readonly around: string;
}

// What may be shown of a secret, its prefix or its last four characters, is shorter than this.
const windowLength = 13;

/** A secret's own text as pieces of which none may be seen: also half a secret is too much. */
function piecesOf(text: string): string[] {
  return Array.from({ length: text.length - windowLength + 1 }, (_, i) => text.slice(i, i + windowLength));
}

/** The same text as it stands in other writings: escaped, encoded, in bytes. Each whole. */
function otherForms(text: string): string[] {
  const bytes = Buffer.from(text, "utf8");
  const forms = [
    ...[bytes.toString("hex"), bytes.toString("base64"), bytes.toString("base64url"), encodeURIComponent(text)],
    ...[JSON.stringify(text).slice(1, -1), encodeURIComponent(encodeURIComponent(text))],
    // Within longer base64, a text stands in one of three ways; the middle of it is the same.
    ...[0, 1, 2].map((shift) =>
      Buffer.from("x".repeat(shift) + text)
        .toString("base64")
        .slice(4, -6),
    ),
  ];
  return text.startsWith("whsec_") ? [...forms, Buffer.from(text.slice(6), "base64").toString("hex")] : forms;
}

const base = 1_000_003;
let lead = 1;
for (let i = 0; i < windowLength; i += 1) lead = Math.imul(lead, base);

/** Looks for many canaries in a long text, in one pass over it. */
export interface Spotter {
  /** The first sighting of each canary. */
  find(text: string): Sighting[];
}

/** A number for each stretch of a text that is as long as the window, from its end on. */
function eachWindow(text: string, visit: (hash: number, start: number) => void): void {
  let hash = 0;
  for (let i = 0; i < text.length; i += 1) {
    hash = (Math.imul(hash, base) + text.charCodeAt(i)) | 0;
    if (i >= windowLength) hash = (hash - Math.imul(text.charCodeAt(i - windowLength), lead)) | 0;
    if (i >= windowLength - 1) visit(hash, i - windowLength + 1);
  }
}

export function createSpotter(canaries: readonly Canary[]): Spotter {
  const signs = new Map<number, { sign: string; canary: Canary }[]>();
  for (const canary of canaries) {
    if (canary.text.length < windowLength) throw new RangeError(`${canary.what} is too short to be looked for`);
    for (const sign of new Set([...piecesOf(canary.text), ...otherForms(canary.text)])) {
      if (sign.length < windowLength) continue;
      eachWindow(sign.slice(0, windowLength), (hash) => {
        signs.set(hash, [...(signs.get(hash) ?? []), { sign, canary }]);
      });
    }
  }
  return {
    find(text) {
      const seen = new Map<Canary, Sighting>();
      eachWindow(text, (hash, start) => {
        for (const { sign, canary } of signs.get(hash) ?? []) {
          if (seen.has(canary) || !text.startsWith(sign, start)) continue;
          seen.set(canary, { canary, around: text.slice(Math.max(0, start - 120), start + 60) });
        }
      });
      return [...seen.values()];
    },
  };
}
