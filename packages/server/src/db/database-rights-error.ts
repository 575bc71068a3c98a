/** The database's roles are not as the gateway needs them. Written for the operator: what is, and what to do. */
export class DatabaseRightsError extends Error {}

/** What is said of a login for the application that has more rights than the application may have. */
export function unbounded(role: string, tables: string): string {
  return (
    `DATABASE_URL makes the gateway ${role}, which could rewrite ${tables}. Give DATABASE_URL a login that owns nothing, ` +
    "and DATABASE_OWNER_URL the one that owns the tables."
  );
}
