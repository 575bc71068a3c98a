import { errorBody } from "@kineticpay/contract/errors/error-body";
import type { GatewayError } from "@kineticpay/contract/errors/gateway-error";

/** The bytes before and after the request id, which is all that differs between two answers of one error. */
interface Prepared {
  readonly docsUrl: string;
  readonly head: Buffer;
  readonly tail: Buffer;
}

const prepared = new WeakMap<GatewayError, Prepared>();
/** Stands where the id will; JSON writes it as it is, and no message holds it. */
const mark = "\u007frequest-id\u007f";

function prepare(error: GatewayError, docsUrl: string): Prepared {
  const [head = "", tail = ""] = JSON.stringify(errorBody(error, mark, docsUrl)).split(mark);
  return { docsUrl, head: Buffer.from(head), tail: Buffer.from(tail) };
}

/**
 * The body of a failed call, for errors that are answered over and over: put together from bytes, since writing the whole
 * of it as JSON would cost more than all the rest of a refusal.
 * @param requestId printable ASCII, as all our ids are
 */
export function preparedAnswer(error: GatewayError, requestId: string, docsUrl: string): Buffer {
  let parts = prepared.get(error);
  if (parts === undefined || parts.docsUrl !== docsUrl) {
    parts = prepare(error, docsUrl);
    prepared.set(error, parts);
  }
  const { head, tail } = parts;
  const bytes = Buffer.allocUnsafe(head.length + requestId.length + tail.length);
  head.copy(bytes);
  bytes.write(requestId, head.length, "latin1");
  tail.copy(bytes, head.length + requestId.length);
  return bytes;
}
