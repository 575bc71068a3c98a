/** A call that can be sent as it is, once `$API_KEY` or `$MERCHANT_KEY` stands for a key. */
export interface CorrectedCall {
  readonly method: string;
  /** With its query string. */
  readonly path: string;
  /** Sent as JSON with an API key; as a form, with a merchant key beside it, on the wire protocol. */
  readonly body: Readonly<Record<string, unknown>> | null;
  readonly protocol: "v2" | "wire";
  /** Members that only the caller can name. The body is without them, and the line has a variable of the shell for each. */
  readonly toChoose?: readonly string[];
}

/** The variable that stands for a member: $AMOUNT for `amount`. */
const variableOf = (name: string) => `$${name.toUpperCase()}`;

/** Text for a POSIX shell, in single quotes: inside them nothing has a meaning but the quote itself. */
export function shellText(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function wireLine(origin: string, call: CorrectedCall): string {
  const fields = Object.entries(call.body ?? {}).map(
    ([name, value]) => `--data-urlencode ${shellText(`${name}=${String(value)}`)}`,
  );
  const chosen = (call.toChoose ?? []).map((name) => `--data-urlencode "${name}=${variableOf(name)}"`);
  return [
    `curl -sS ${call.method === "GET" ? "-G " : ""}${shellText(`${origin}${call.path}`)}`,
    `--data-urlencode "merchant_key=$MERCHANT_KEY"`,
    ...chosen,
    ...fields,
  ].join(" ");
}

/** A body as JSON for a shell. While a variable is not set, what it leaves is no JSON, so nothing is done with it. */
function jsonWord(body: Readonly<Record<string, unknown>>, toChoose: readonly string[]): string {
  const text = JSON.stringify(body);
  if (toChoose.length === 0) return shellText(text);
  const chosen = toChoose.map(
    (name, i) => `${shellText(`${i === 0 ? "{" : ","}${JSON.stringify(name)}:`)}"${variableOf(name)}"`,
  );
  return `${chosen.join("")}${shellText(text === "{}" ? "}" : `,${text.slice(1)}`)}`;
}

function apiLine(origin: string, call: CorrectedCall): string {
  const method = call.method === "GET" ? "" : `-X ${call.method} `;
  const body =
    call.body === null ? "" : ` -H 'Content-Type: application/json' -d ${jsonWord(call.body, call.toChoose ?? [])}`;
  return `curl -sS ${method}${shellText(`${origin}${call.path}`)} -H "Authorization: Bearer $API_KEY"${body}`;
}

/** A call as a line for a shell. The key is never written into it. */
export function curlOf(origin: string, call: CorrectedCall): string {
  return call.protocol === "wire" ? wireLine(origin, call) : apiLine(origin, call);
}
