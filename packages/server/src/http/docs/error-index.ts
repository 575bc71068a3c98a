import { errorCodes, errorEntry, errorStatus } from "@kineticpay/contract/errors/catalogue";
import { statusOfType } from "@kineticpay/contract/errors/entry";

const heading = `# Errors

Every answer that is not a success says why: what happened, where, what was expected, and whether a repeat can help. \`code\`
is the name of the case and never changes its meaning; each has a page here with its causes, the most frequent first, and
what to do about each of them. The status tells the kind:

| Status | \`type\` | It means |
|---|---|---|
| 401 | \`authentication_error\` | who calls is not known, or may not call |
| 403 | \`invalid_request_error\` | the content cannot be accepted. This is *not* a question of permission |
| 404 | \`not_found_error\` | there is nothing at that address, or nothing that this key may see |
| 429 | \`rate_limit_error\` | too many calls; \`Retry-After\` says when to come back |
| 500 | \`api_error\` | the gateway met a fault of its own |
| 502 | \`bank_error\` | the bank network answered something that cannot be believed |
| 503 | \`unavailable_error\` | not now; \`Retry-After\` says when to come back |
| 504 | \`timeout_error\` | the outcome is unknown: look it up, do not do it again |

A payment that a bank declined is not an error. It is answered with 200, and the attempt in it says what happened, in words
for you and in words for the buyer.

In your program, branch on \`type\` first and on \`code\` where you can do something about it. Repeat a call by itself only if
\`retryable\` is true. Write \`request_id\` into your log: it is what whoever runs the gateway will ask for.
`;

/** The table of every code, by status. It is kept as \`docs/errors/README.md\`. */
export function errorIndex(): string {
  const parts = Object.entries(statusOfType).map(([type, status]) => {
    const codes = errorCodes.filter((code) => errorStatus(code) === status);
    const rows = codes.map((code) => {
      const { summary, retryable } = errorEntry(code);
      return `| [${code}](${code}.md) | ${summary} | ${retryable ? "yes" : "no"} |`;
    });
    if (rows.length === 0) return "";
    return `\n## ${status} ${type}\n\n| Code | What happened | Retry? |\n|---|---|---|\n${rows.join("\n")}\n`;
  });
  return `${heading}${parts.join("")}`;
}
