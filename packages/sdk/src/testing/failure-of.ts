import { isKineticPayError } from "../errors/guards.ts";
import type { KineticPayError } from "../errors/kineticpay-error.ts";

/** The error that a call ends with; a test fails if it does not end with one of ours. */
export async function failureOf(call: PromiseLike<unknown>): Promise<KineticPayError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isKineticPayError(error)) throw new Error(`it did not fail as it should: ${String(error)}`);
  return error;
}
