import { errorBody } from "@kineticpay/contract/errors/error-body";
import type { GatewayError } from "@kineticpay/contract/errors/gateway-error";

/** The text before and after the request id, which is all that differs between two answers of one error. */
export interface Halves {
  readonly head: string;
  readonly tail: string;
  /** UTF-8 bytes of both. */
  readonly length: number;
}

export interface PreparedAnswer {
  readonly body: string;
  /** Bytes of the body in UTF-8. */
  readonly length: number;
}

const prepared = new WeakMap<
  GatewayError,
  Halves & { readonly docsUrl: string; readonly support: readonly string[] }
>();
/** Stands where the id will; JSON writes it as it is, and no message holds it. */
const mark = "\u007frequest-id\u007f";

/** @param extra members that a partner's protocol adds at the top level */
export function halvesOf(
  error: GatewayError,
  docsUrl: string,
  support: readonly string[],
  extra: Readonly<Record<string, unknown>> = {},
): Halves {
  const [head = "", tail = ""] = JSON.stringify({ ...errorBody(error, mark, docsUrl, support), ...extra }).split(mark);
  return { head, tail, length: Buffer.byteLength(head) + Buffer.byteLength(tail) };
}

/**
 * The body of a failed call, for errors that are answered over and over: put together from parts, since writing the whole
 * of it as JSON would cost more than all the rest of a refusal. Text and not bytes: Node sends text in one piece with the
 * headers before it.
 * @param requestId printable ASCII, as all our ids are
 */
export function preparedAnswer(
  error: GatewayError,
  requestId: string,
  docsUrl: string,
  support: readonly string[],
): PreparedAnswer {
  let parts = prepared.get(error);
  if (parts === undefined || parts.docsUrl !== docsUrl || parts.support !== support) {
    parts = { ...halvesOf(error, docsUrl, support), docsUrl, support };
    prepared.set(error, parts);
  }
  return { body: `${parts.head}${requestId}${parts.tail}`, length: parts.length + requestId.length };
}

/** The body of a failed call that is unlike any other, written anew. */
export function writtenAnswer(
  error: GatewayError,
  requestId: string,
  docsUrl: string,
  support: readonly string[],
): PreparedAnswer {
  const body = JSON.stringify(errorBody(error, requestId, docsUrl, support));
  return { body, length: Buffer.byteLength(body) };
}
