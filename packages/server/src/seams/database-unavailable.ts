/** The database could not be reached, or a commit's outcome could not be learnt. */
export class DatabaseUnavailable extends Error {}

/** The SQLSTATE that an error of the database carries, by itself or as what caused it; undefined when there was none. */
export function sqlStateOf(error: unknown): string | undefined {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  if (typeof code === "string") return code;
  return error instanceof DatabaseUnavailable ? sqlStateOf(cause) : undefined;
}
