/** Chooses a row by chance that a seed decides: the SQL of its id. */
export type Victim = (table: string, where?: string, column?: string) => string;

/** One way to falsify the database, and the check that has to see it, whichever else does. */
export interface Tampering {
  readonly what: string;
  readonly seenBy: string;
  readonly statements: (victim: Victim) => readonly string[];
}

/** Changes one row, chosen by chance. */
export const column = (victim: Victim, table: string, set: string, where?: string, key = "id") => [
  `update ${table} set ${set} where ${key} = ${victim(table, where, key)}`,
];
