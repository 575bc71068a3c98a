import { Agent, type Dispatcher, request } from "undici";
import type { CallName } from "./crash-points.ts";

export interface OutboundRequest {
  readonly name: CallName;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** From the first packet to the last byte of the answer. */
  readonly timeoutMs: number;
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

/** Lets a short answer run out, so that its connection can be used again, and cuts a long or endless one off. */
function leaveUnread(body: Dispatcher.ResponseData["body"]): { text: string; truncated: boolean } {
  body.dump({ limit: unreadBytes }).catch(() => undefined);
  return { text: "", truncated: true };
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
  const agent = new Agent({ connect: { timeout: connectTimeoutMs }, connections: 32, keepAliveTimeout: 10_000 });
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
        const { text, truncated } =
          call.maximumBytes === 0 ? leaveUnread(answer.body) : await readBounded(answer.body, call.maximumBytes);
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
