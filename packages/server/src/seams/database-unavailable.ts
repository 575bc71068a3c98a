/** The database could not be reached, or a commit's outcome could not be learnt. */
export class DatabaseUnavailable extends Error {}
