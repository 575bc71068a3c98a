/** One place of the sources, and what stands there in the mutant. */
export interface Change {
  /** From the root. */
  readonly file: string;
  /** Must stand there exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** A defect that somebody could put into the sources, and that the tests must notice. */
export interface Mutant {
  /** In kebab-case. */
  readonly name: string;
  /** What is wrong then, as one would say it afterwards. */
  readonly defect: string;
  readonly changes: readonly Change[];
  /** The tests that should notice, the likeliest first; files or folders. When none does, all of the packages are tried. */
  readonly tests: readonly string[];
}

/** How often a text stands in another one. */
function occurrences(text: string, part: string): number {
  return part === "" ? 0 : text.split(part).length - 1;
}

/**
 * The text of a file with the changes in it.
 * @throws Error when one of them finds its place not at all, or more than once: the sources have moved on, and the mutant
 * has to follow them
 */
export function applyChanges(mutant: string, file: string, text: string, changes: readonly Change[]): string {
  let changed = text;
  for (const { find, replace } of changes) {
    const found = occurrences(changed, find);
    if (found !== 1)
      throw new Error(`${mutant}: this stands ${found} times in ${file}, and must stand there once:\n${find}`);
    changed = changed.replace(find, () => replace);
  }
  if (changed === text) throw new Error(`${mutant} changes nothing in ${file}`);
  return changed;
}

/** The files that a mutant changes, each with its changes in their order. */
export function changesByFile({ changes }: Mutant): Map<string, Change[]> {
  const byFile = new Map<string, Change[]>();
  for (const change of changes) byFile.set(change.file, [...(byFile.get(change.file) ?? []), change]);
  return byFile;
}
