import { authenticationErrors } from "./authentication.ts";
import type { ErrorEntry, ErrorStatus, Meta } from "./entry.ts";
import { statusOfType } from "./entry.ts";
import { invalidRequestErrors } from "./invalid-request.ts";
import { notFoundErrors } from "./not-found.ts";
import { ourSideErrors } from "./our-side.ts";
import { rateLimitErrors } from "./rate-limit.ts";

/** Every error that the gateway can answer with. A code, once published, never changes its meaning. */
export const errorCatalogue = {
  ...authenticationErrors,
  ...invalidRequestErrors,
  ...notFoundErrors,
  ...rateLimitErrors,
  ...ourSideErrors,
};

export type ErrorCode = keyof typeof errorCatalogue;

/** The members of `meta` that a code's message needs. */
export type ErrorMeta<C extends ErrorCode> = (typeof errorCatalogue)[C] extends ErrorEntry<infer M> ? M : never;

export const errorCodes = Object.keys(errorCatalogue) as readonly ErrorCode[];

/** The catalogue's entry for a code. */
export function errorEntry(code: ErrorCode): ErrorEntry<Meta> {
  return errorCatalogue[code] as ErrorEntry<Meta>;
}

/** The HTTP status that a code always answers with. */
export function errorStatus(code: ErrorCode): ErrorStatus {
  return statusOfType[errorEntry(code).type];
}
