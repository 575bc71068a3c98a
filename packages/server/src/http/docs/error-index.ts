import { errorCodes, errorEntry, errorStatus } from "@kineticpay/contract/errors/catalogue";
import { type ErrorType, statusOfType } from "@kineticpay/contract/errors/entry";

const heading = `# Errors

Every answer that is not a success says why: what happened, where, what was expected, and whether a repeat can help. \`code\`
is the name of the case and never changes its meaning. Each has a page here, with its causes, the most frequent first, and
what to do about each of them.

In your program, branch on \`type\` first, and on \`code\` where you can do something about it. Repeat a call by itself only if
\`retryable\` is true. Write \`request_id\` into your log: it is what whoever runs the gateway will ask for. And it is what you can
ask with: \`GET /api/v2/requests/{request_id}/explain\` says what was wrong with that very call, and gives a \`curl\` line that
would have been right. The list below is there for programs too, as \`GET /api/v2/errors\`.

Each page ends with a recipe that makes the error happen in the sandbox. Recipes are for a POSIX shell with \`curl\`, and use two
variables: set \`BASE_URL\` and \`API_KEY\` to what stands in \`sandbox.json\` as \`base_url\` and \`api_key\`. What only our side can
cause is had with a header: see [finding out what went wrong, and rehearsing it](../guides/finding-faults.md).

A payment that a bank declined is not an error. It is answered with 200, and the attempt in it says what happened, in words
for you and in words for the buyer.
`;

const meaningOf: Readonly<Record<ErrorType, string>> = {
  authentication_error: "Who calls is not known, or may not call.",
  invalid_request_error: "The content of the request cannot be accepted. This is *not* a question of permission.",
  not_found_error: "There is nothing at that address, or nothing that this key may see.",
  rate_limit_error: "Too many calls. `Retry-After` says when to come back.",
  api_error: "The gateway met a fault of its own.",
  bank_error: "The bank network answered something that cannot be believed.",
  unavailable_error: "Not now. `Retry-After` says when to come back.",
  timeout_error: "The outcome is unknown: look it up, and do not do it again.",
};

/** The list of every code, by status. It is kept as `docs/errors/README.md`. */
export function errorIndex(): string {
  const parts = (Object.keys(statusOfType) as ErrorType[]).map((type) => {
    const status = statusOfType[type];
    const codes = errorCodes.filter((code) => errorStatus(code) === status);
    const lines = codes.map((code) => {
      const { summary, retryable } = errorEntry(code);
      return `- [${code}](${code}.md): ${summary}${retryable ? " May be retried." : ""}\n`;
    });
    return `\n## ${status} ${type}\n\n${meaningOf[type]}\n\n${lines.join("")}`;
  });
  return `${heading}${parts.join("")}`;
}
