import type { Findings } from "./findings.ts";
import type { Random } from "./random.ts";

/** What one run of an instrument is given. */
export interface Run {
  readonly seed: number;
  readonly random: Random;
  /** Tells whoever watches how far it is. */
  say(line: string): void;
}

/** Something that tries to break a promise and measures how it holds. The list of all of them is `instruments.ts`. */
export interface Instrument {
  /** In kebab-case; names the slice and the files of its results. */
  readonly name: string;
  /** Its place in the table of `docs/reliability.md`. */
  readonly row: number;
  readonly hazard: string;
  readonly promise: string;
  /** The figure that the long run is held to, in words. */
  readonly target: string;
  /** Into how many parts the long run is cut; each is kept by itself, so that a run can go on where it stopped. */
  readonly slices?: number;
  /** For every change of the code: seconds. Left out where a test run cannot have what it takes. */
  short?(run: Run): Promise<Findings>;
  /** For a release. @param slice from 0 */
  long(run: Run, slice: number): Promise<Findings>;
  /** What was measured, in words, for the table. */
  figure(findings: Findings): string;
  /** Where the figure stays behind its target, in plain words. Violations are told anyway. */
  shortfalls?(findings: Findings): string[];
}
