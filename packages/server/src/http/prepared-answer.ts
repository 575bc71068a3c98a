import { errorBody } from "@kineticpay/contract/errors/error-body";
import type { GatewayError } from "@kineticpay/contract/errors/gateway-error";

/**
 * The bytes before and after the request id, which is all that differs between two answers of one error. Each is text of
 * which every character is one byte, to be sent as `latin1`.
 */
export interface Halves {
  readonly head: string;
  readonly tail: string;
}

const prepared = new WeakMap<
  GatewayError,
  Halves & { readonly docsUrl: string; readonly support: readonly string[] }
>();
/** Stands where the id will; JSON writes it as it is, and no message holds it. */
const mark = "\u007frequest-id\u007f";

/**
 * The UTF-8 bytes of a text as characters of one byte each. Node puts such text and the headers before it into one piece by
 * copying; text with a single "…" in it would be encoded anew for each answer, which costs more than all the rest of it.
 */
const asBytes = (text: string): string => Buffer.from(text).toString("latin1");

/** @param extra members that a partner's protocol adds at the top level */
export function halvesOf(
  error: GatewayError,
  docsUrl: string,
  support: readonly string[],
  extra: Readonly<Record<string, unknown>> = {},
): Halves {
  const written = asBytes(JSON.stringify({ ...errorBody(error, mark, docsUrl, support), ...extra }));
  const [head = "", tail = ""] = written.split(mark);
  return { head, tail };
}

/**
 * The body of a failed call, for errors that are answered over and over: put together from parts, since writing the whole
 * of it as JSON would cost more than all the rest of a refusal.
 * @param requestId printable ASCII, as all our ids are
 * @returns text of which every character is one byte, to be sent as `latin1`
 */
export function preparedAnswer(
  error: GatewayError,
  requestId: string,
  docsUrl: string,
  support: readonly string[],
): string {
  let parts = prepared.get(error);
  if (parts === undefined || parts.docsUrl !== docsUrl || parts.support !== support) {
    parts = { ...halvesOf(error, docsUrl, support), docsUrl, support };
    prepared.set(error, parts);
  }
  return parts.head + requestId + parts.tail;
}

/**
 * The body of a failed call that is unlike any other, written anew.
 * @returns text of which every character is one byte, to be sent as `latin1`
 */
export function writtenAnswer(
  error: GatewayError,
  requestId: string,
  docsUrl: string,
  support: readonly string[],
): string {
  return asBytes(JSON.stringify(errorBody(error, requestId, docsUrl, support)));
}
