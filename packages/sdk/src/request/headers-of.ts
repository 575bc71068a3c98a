import { AuthenticationError, InvalidRequestError } from "../errors/errors.ts";
import type { Call } from "./call.ts";
import { type Connection, lowerCased } from "./connection.ts";

/** What HTTP can carry in a header (RFC 9110, 5.5); platforms quote a value that is not, and would so tell a key. */
const carried = /^[\t\x20-\x7e\x80-\xff]*$/;

async function keyOf(connection: Connection): Promise<string | undefined> {
  const { apiKey } = connection;
  const key = typeof apiKey === "function" ? await apiKey() : apiKey;
  const text = key?.trim();
  if (text === undefined || text === "") return undefined;
  if (carried.test(text)) return text;
  throw new AuthenticationError({
    type: "authentication_error",
    code: "key_malformed",
    retryable: false,
    message:
      "The API key holds a character that cannot be sent, such as a line break or an ellipsis in its middle. Copy the whole key again, from where it was shown once. Nothing was sent.",
  });
}

function check(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && carried.test(value)) continue;
    throw new InvalidRequestError({
      type: "invalid_request_error",
      code: "header_invalid",
      retryable: false,
      fields: [
        {
          path: name,
          code: "field_invalid",
          message: "cannot be sent as a header",
          expected: "one line of Latin text",
        },
      ],
      message: `The header ${JSON.stringify(name)} cannot be sent: a header is one line of Latin text. Nothing was sent.`,
    });
  }
}

/** The headers of an attempt. @throws AuthenticationError, InvalidRequestError for what HTTP cannot carry */
export async function headersOf(
  connection: Connection,
  call: Call,
  idempotencyKey: string | undefined,
): Promise<Record<string, string>> {
  const { options } = call;
  const own: Record<string, string> = { ...connection.headers };
  if (options?.headers !== undefined) Object.assign(own, lowerCased(options.headers));
  if (options?.fault !== undefined) own["kineticpay-fault"] = options.fault;
  if (idempotencyKey !== undefined) own["idempotency-key"] = idempotencyKey;
  check(own);
  own["accept"] = "application/json";
  if (call.body !== undefined) own["content-type"] = "application/json";
  if (own["authorization"] === undefined) {
    const key = await keyOf(connection);
    if (key !== undefined) own["authorization"] = `Bearer ${key}`;
  }
  return own;
}
