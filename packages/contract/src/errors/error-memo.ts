import type { GatewayError } from "./gateway-error.ts";

/** Errors that may be thrown, and answered, more than once. */
const repeated = new WeakSet<GatewayError>();

/** True for an error that comes from a memo, so that what is made of it is worth keeping. */
export function isRepeated(error: GatewayError): boolean {
  return repeated.has(error);
}

/** Gives the error of that name, made at its first use. */
export type ErrorMemo = (name: string, make: () => GatewayError) => GatewayError;

/**
 * Keeps errors that strangers cause again and again, by whatever their `meta` is made of: a flood of bad calls is nearly
 * always the same bad call. When there are too many, all are forgotten and made anew.
 */
export function createErrorMemo(mostKept = 500): ErrorMemo {
  const errors = new Map<string, GatewayError>();
  return (name, make) => {
    const known = errors.get(name);
    if (known !== undefined) return known;
    if (errors.size >= mostKept) errors.clear();
    const error = make();
    repeated.add(error);
    errors.set(name, error);
    return error;
  };
}
