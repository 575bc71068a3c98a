/**
 * Why the embedded Postgres could not serve:
 * `install` the programs are missing or incomplete; `cannot_run` nobody on this machine may run them here;
 * `folder` the folder does not hold what we put there; `in_use` another gateway has the folder; `start` the server
 * did not come up; `stop` it did not go down.
 */
export type EmbeddedPostgresProblem = "install" | "cannot_run" | "folder" | "in_use" | "start" | "stop";

/** The one error of this room. Its message is written for the operator: what happened, each cause, what to set. */
export class EmbeddedPostgresError extends Error {
  override readonly name = "EmbeddedPostgresError";
  readonly problem: EmbeddedPostgresProblem;
  /** What was tried and how it failed, in order. */
  readonly causes: readonly string[];

  constructor(problem: EmbeddedPostgresProblem, message: string, causes: readonly string[] = []) {
    super(causes.length === 0 ? message : `${message}\n${causes.map((cause) => `  - ${cause}`).join("\n")}`);
    this.problem = problem;
    this.causes = causes;
  }
}

/** The code of a failed system call (`ENOENT`) or of a Postgres answer (`57P03`), if the error has one. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** What an error says, whatever was thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
