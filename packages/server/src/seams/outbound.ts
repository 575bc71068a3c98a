import { Agent, type Dispatcher, request } from "undici";

export interface OutboundRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** From the first packet to the last byte of the answer. */
  readonly timeoutMs: number;
  /**
   * Where the status is what matters: how long the rest of the answer is waited for once the status is there. Whatever
   * came until then is given, also when the connection broke off; without it, only a whole answer counts.
   */
  readonly answerWithinMs?: number;
  /** No more than this of the answer is read; the rest is cut off. With 0 the status is all that is waited for. */
  readonly maximumBytes: number;
}

export interface OutboundResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** True when the answer was longer than what was read. */
  readonly truncated: boolean;
  readonly durationMs: number;
}

/** Why a call out brought no answer. The other side may have acted on it all the same. */
export class OutboundError extends Error {
  readonly kind: "timeout" | "unreachable";
  constructor(kind: OutboundError["kind"], message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

/** The one way out of the gateway: bounded in time and size, following no redirects, heeding no proxy variables. */
export interface Outbound {
  post(call: OutboundRequest): Promise<OutboundResponse>;
  close(): Promise<void>;
}

const connectTimeoutMs = 5_000;
/**
 * To one origin. Callers bound what they send to each receiver; a tighter bound here would have receivers at one origin
 * wait in line for each other.
 */
const mostConnections = 1_024;
const unreadBytes = 16 * 1024;

async function readBounded(
  body: AsyncIterable<Buffer>,
  maximumBytes: number,
): Promise<{ text: string; truncated: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    // Leaving the loop destroys the stream, and with it the connection.
    if (size > maximumBytes) break;
  }
  const bytes = Buffer.concat(chunks);
  return { text: bytes.subarray(0, maximumBytes).toString("utf8"), truncated: size > maximumBytes };
}

/** What came of an answer within a time: its status stands, however the rest of it goes on or breaks off. */
async function readWhatComes(
  body: Dispatcher.ResponseData["body"],
  maximumBytes: number,
  withinMs: number,
): Promise<{ text: string; truncated: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  let isCutOff = false;
  const late = setTimeout(() => {
    isCutOff = true;
    body.destroy();
  }, withinMs);
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > maximumBytes) break;
    }
  } catch {
    isCutOff = true;
  } finally {
    clearTimeout(late);
  }
  return {
    text: Buffer.concat(chunks).subarray(0, maximumBytes).toString("utf8"),
    truncated: isCutOff || size > maximumBytes,
  };
}

/** Lets a short answer run out, so that its connection can be used again, and cuts a long or endless one off. */
function leaveUnread(body: Dispatcher.ResponseData["body"]): { text: string; truncated: boolean } {
  body.dump({ limit: unreadBytes }).catch(() => undefined);
  return { text: "", truncated: true };
}

async function readAnswer(body: Dispatcher.ResponseData["body"], call: OutboundRequest) {
  if (call.maximumBytes === 0) return leaveUnread(body);
  if (call.answerWithinMs === undefined) return readBounded(body, call.maximumBytes);
  return readWhatComes(body, call.maximumBytes, call.answerWithinMs);
}

function asOutboundError(error: unknown, timeoutMs: number): OutboundError {
  if (error instanceof OutboundError) return error;
  const name = error instanceof Error ? error.name : "";
  const code = (error as { code?: string } | null)?.code ?? "";
  if (name === "TimeoutError" || name === "AbortError" || code.endsWith("_TIMEOUT")) {
    return new OutboundError("timeout", `no answer within ${timeoutMs} ms`, error);
  }
  return new OutboundError(
    "unreachable",
    code === "" ? "the connection failed" : `the connection failed: ${code}`,
    error,
  );
}

/** Opens the client over its own connection pool. */
export function createOutbound(): Outbound {
  const agent = new Agent({
    connect: { timeout: connectTimeoutMs },
    connections: mostConnections,
    keepAliveTimeout: 10_000,
  });
  return {
    async post(call) {
      const started = performance.now();
      try {
        const answer = await request(call.url, {
          method: "POST",
          dispatcher: agent,
          headers: { ...call.headers, "user-agent": "KineticPay-Gateway" },
          body: call.body,
          signal: AbortSignal.timeout(call.timeoutMs),
        });
        const { text, truncated } = await readAnswer(answer.body, call);
        const headers: Record<string, string> = {};
        for (const [name, value] of Object.entries(answer.headers)) headers[name] = String(value);
        return {
          status: answer.statusCode,
          headers,
          body: text,
          truncated,
          durationMs: Math.round(performance.now() - started),
        };
      } catch (error) {
        throw asOutboundError(error, call.timeoutMs);
      }
    },
    close: () => agent.destroy(),
  };
}
