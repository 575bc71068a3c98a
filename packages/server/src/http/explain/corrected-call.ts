/** A call that can be sent as it is, once `$API_KEY` or `$MERCHANT_KEY` stands for a key. */
export interface CorrectedCall {
  readonly method: string;
  /** With its query string. */
  readonly path: string;
  /** Sent as JSON with an API key; as a form, with a merchant key beside it, on the wire protocol. */
  readonly body: Readonly<Record<string, unknown>> | null;
  readonly protocol: "v2" | "wire";
}

/** Text for a POSIX shell, in single quotes: inside them nothing has a meaning but the quote itself. */
export function shellText(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function wireLine(origin: string, call: CorrectedCall): string {
  const fields = Object.entries(call.body ?? {}).map(
    ([name, value]) => `--data-urlencode ${shellText(`${name}=${String(value)}`)}`,
  );
  return [
    `curl -sS ${call.method === "GET" ? "-G " : ""}${shellText(`${origin}${call.path}`)}`,
    `--data-urlencode "merchant_key=$MERCHANT_KEY"`,
    ...fields,
  ].join(" ");
}

function apiLine(origin: string, call: CorrectedCall): string {
  const method = call.method === "GET" ? "" : `-X ${call.method} `;
  const body =
    call.body === null ? "" : ` -H 'Content-Type: application/json' -d ${shellText(JSON.stringify(call.body))}`;
  return `curl -sS ${method}${shellText(`${origin}${call.path}`)} -H "Authorization: Bearer $API_KEY"${body}`;
}

/** A call as a line for a shell. The key is never written into it. */
export function curlOf(origin: string, call: CorrectedCall): string {
  return call.protocol === "wire" ? wireLine(origin, call) : apiLine(origin, call);
}
