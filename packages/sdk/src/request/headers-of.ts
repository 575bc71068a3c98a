import { AuthenticationError, InvalidRequestError } from "../errors/errors.ts";
import type { Call } from "./call.ts";
import type { Connection } from "./connection.ts";
import { carried, lowerCased, unsendable } from "./header-names.ts";

/** Of a key, the header that carries it. @throws AuthenticationError for one that no header can carry */
function bearer(key: string | undefined): string | undefined {
  const text = key?.trim();
  if (text === undefined || text === "") return undefined;
  if (carried.test(text)) return `Bearer ${text}`;
  throw new AuthenticationError({
    type: "authentication_error",
    code: "key_malformed",
    retryable: false,
    message:
      "The API key holds a character that cannot be sent, such as a line break or an ellipsis in its middle. Copy the whole key again, from where it was shown once. Nothing was sent.",
  });
}

function check(headers: Readonly<Record<string, string>>): void {
  const name = unsendable(headers);
  if (name !== undefined) {
    const message = "cannot be sent as a header";
    throw new InvalidRequestError({
      type: "invalid_request_error",
      code: "header_invalid",
      retryable: false,
      fields: [{ path: name, code: "field_invalid", message, expected: "one line of Latin text" }],
      message: `The header ${JSON.stringify(name)} cannot be sent: a header is one line of Latin text. Nothing was sent.`,
    });
  }
}

/** What a call brings along beside the client's own headers. */
function ownHeaders(call: Call, idempotencyKey: string | undefined): Record<string, string> | undefined {
  const { options } = call;
  if (options === undefined && idempotencyKey === undefined) return undefined;
  const own = options?.headers === undefined ? {} : lowerCased(options.headers);
  if (options?.fault !== undefined) own["kineticpay-fault"] = options.fault;
  if (idempotencyKey !== undefined) own["idempotency-key"] = idempotencyKey;
  return own;
}

/**
 * The headers of an attempt; at once, unless the key has to be fetched. This is on the way of every call, and copies as
 * little as it can.
 * @throws AuthenticationError, InvalidRequestError for what HTTP cannot carry, and what fetching the key throws
 */
export function headersOf(
  connection: Connection,
  call: Call,
  idempotencyKey: string | undefined,
): Record<string, string> | Promise<Record<string, string>> {
  const own = ownHeaders(call, idempotencyKey);
  if (own !== undefined) check(own);
  const { apiKey } = connection;
  const withKey = (authorization: string | undefined): Record<string, string> => ({
    accept: "application/json",
    ...connection.headers,
    ...(call.body === undefined ? undefined : { "content-type": "application/json" }),
    ...(authorization === undefined ? undefined : { authorization }),
    ...own,
  });
  return typeof apiKey === "function"
    ? Promise.resolve(apiKey()).then((key) => withKey(bearer(key)))
    : withKey(bearer(apiKey));
}
