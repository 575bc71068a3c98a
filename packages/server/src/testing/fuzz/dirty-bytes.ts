import { connect } from "node:net";
import fc, { type Arbitrary } from "fast-check";

const clean = (path: string, body: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** Requests that are wrong below the level of HTTP: bytes changed, lost or put in, framing that contradicts itself. */
export function dirtyRequest(path: string): Arbitrary<Buffer> {
  const base = Buffer.from(clean(path, '{"amount":1250,"invoice":"1"}'));
  const edit = fc.record({ at: fc.nat(base.length - 1), drop: fc.nat(3), put: fc.uint8Array({ maxLength: 4 }) });
  const edited = fc
    .array(edit, { minLength: 1, maxLength: 4 })
    .map((edits) =>
      edits.reduce(
        (bytes, each) => Buffer.concat([bytes.subarray(0, each.at), each.put, bytes.subarray(each.at + each.drop)]),
        base,
      ),
    );
  const contradictory = fc
    .constantFrom(
      "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
      "Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
      "Content-Length: -1\r\n\r\n",
      "Content-Length: 5x\r\n\r\nabcde",
      "Transfer-Encoding: chunked\r\n\r\nZZ\r\nabc\r\n0\r\n\r\n",
      "Transfer-Encoding: chunked\r\n\r\n5\r\nab",
      "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
      "X-Folded: a\r\n b\r\n\r\n",
      "No colon here\r\n\r\n",
      `X: ${"y".repeat(20_000)}\r\n\r\n`,
      "X: \u0000\r\n\r\n",
      "Expect: the-unexpected\r\nContent-Length: 0\r\n\r\n",
      "Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    )
    .map((tail) => Buffer.from(`POST ${path} HTTP/1.1\r\nHost: gateway\r\n${tail}`, "latin1"));
  const start = fc
    .constantFrom(
      "GET",
      "get",
      "G\u0000T",
      "CONNECT gateway:80",
      "OPTIONS *",
      "TRACE /",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      "\u0016\u0003\u0001",
    )
    .map((line) => Buffer.from(`${line} ${path} HTTP/1.1\r\nHost: gateway\r\n\r\n`, "latin1"));
  return fc.oneof(
    { weight: 4, arbitrary: edited },
    { weight: 2, arbitrary: contradictory },
    { weight: 1, arbitrary: start },
  );
}

const patienceMs = 14_000;

/** Sends bytes in two pieces, says that no more will come, and gives everything that was answered. */
export function sendBytes(port: number, bytes: Buffer, splitAt: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(bytes.subarray(0, splitAt));
      setImmediate(() => socket.end(bytes.subarray(splitAt)));
    });
    socket.setTimeout(patienceMs, () =>
      socket.destroy(new Error(`no end within ${patienceMs} ms for ${JSON.stringify(bytes.toString("latin1"))}`)),
    );
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    // A gateway that has answered may reset what it does not want to read any further.
    socket.on("error", (error: NodeJS.ErrnoException) =>
      error.code === "ECONNRESET" || error.code === "EPIPE" ? undefined : reject(error),
    );
    socket.on("close", () => resolve(Buffer.concat(chunks).toString("utf8")));
  });
}

export interface ParsedAnswer {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
}

/** The answers in a connection's bytes, one after the other. */
export function parseAnswers(text: string): ParsedAnswer[] {
  const answers: ParsedAnswer[] = [];
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    const end = rest.indexOf("\r\n\r\n");
    if (end < 0) throw new Error(`not an HTTP answer: ${JSON.stringify(rest.toString().slice(0, 200))}`);
    const headers = rest.subarray(0, end).toString();
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(headers)?.[1]);
    const length = Number(/content-length: (\d+)/i.exec(headers)?.[1] ?? 0);
    answers.push({ status, headers, body: rest.subarray(end + 4, end + 4 + length).toString() });
    rest = rest.subarray(end + 4 + length);
  }
  return answers;
}
