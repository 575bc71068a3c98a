import { Agent, type Dispatcher, request } from "undici";
import type { CallName } from "./crash-points.ts";
import { checkedConnector, TargetRefused } from "./outbound/checked-connector.ts";
import { askMachine, askNameServers, type NameLookup } from "./outbound/name-lookup.ts";
import { type PrivateTargets, targetPolicy } from "./outbound/target-policy.ts";

export interface OutboundRequest {
  readonly name: CallName;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** From the first packet to the last byte of the answer; never more than 15 s. */
  readonly timeoutMs: number;
  /**
   * No more than this of the answer is read, and never more than 16 KiB; the rest is cut off. With 0 the status is all that
   * is waited for.
   */
  readonly maximumBytes: number;
  /**
   * Where the status is what matters: how long the rest of the answer is waited for once the status is there. Whatever
   * came until then is given, also when the connection broke off; without it, only a whole answer counts.
   */
  readonly answerWithinMs?: number;
}

export interface OutboundResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** True when the answer was longer than what was read. */
  readonly truncated: boolean;
  readonly durationMs: number;
}

/**
 * Why a call out brought no answer; the message may be shown to whoever aimed it. The other side may have acted on it all the
 * same, unless the target was refused: then nothing was sent.
 */
export class OutboundError extends Error {
  readonly kind: "timeout" | "unreachable" | "target_refused";
  constructor(kind: OutboundError["kind"], message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

/**
 * The one way out of the gateway: to allowed addresses only, over verified TLS where the address says https, bounded in time
 * and size, following no redirects, keeping no cookies, heeding no proxy variables.
 */
export interface Outbound {
  /** @throws OutboundError */
  post(call: OutboundRequest): Promise<OutboundResponse>;
  close(): Promise<void>;
}

export interface OutboundOptions {
  /** What may be called beside the public internet. Who aims the calls decides: "on" is for targets of the operator's alone. */
  readonly privateTargets: PrivateTargets;
  /** Told of every refused target, for the operator's log: the name, and the address that it led to. */
  readonly onRefused?: (refused: { host: string; address: string }) => void;
  /** How names are looked up; by default as a stranger would, or, with private targets, as the machine does. */
  readonly lookup?: NameLookup;
  /** Certificate authorities to believe in place of those that Node brings. */
  readonly authorities?: readonly string[];
}

const connectTimeoutMs = 5_000;
const longestMs = 15_000;
const mostBytes = 16 * 1024;
/**
 * To one origin. Callers bound what they send to each receiver; a tighter bound here would have receivers at one origin
 * wait in line for each other.
 */
const mostConnections = 1_024;

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
  const text = Buffer.concat(chunks).subarray(0, maximumBytes).toString("utf8");
  return { text, truncated: isCutOff || size > maximumBytes };
}

/** Lets a short answer run out, so that its connection can be used again, and cuts a long or endless one off. */
function leaveUnread(body: Dispatcher.ResponseData["body"]): Promise<void> {
  return body.dump({ limit: mostBytes }).catch(() => undefined);
}

function asOutboundError(error: unknown, timeoutMs: number): OutboundError {
  if (error instanceof TargetRefused) return new OutboundError("target_refused", error.message, error);
  const name = error instanceof Error ? error.name : "";
  const code = (error as { code?: string } | null)?.code ?? "";
  if (code === "UND_ERR_CONNECT_TIMEOUT")
    return new OutboundError("timeout", `no connection within ${connectTimeoutMs} ms`, error);
  if (name === "TimeoutError" || name === "AbortError" || code.endsWith("_TIMEOUT"))
    return new OutboundError("timeout", `no answer within ${timeoutMs} ms`, error);
  // What c-ares says when no name server answers.
  if (code === "ETIMEOUT") return new OutboundError("timeout", "the name could not be looked up in time", error);
  const why = code === "" ? "" : `: ${code}`;
  return new OutboundError("unreachable", `the connection failed${why}`, error);
}

function openAgent(options: OutboundOptions): Agent {
  const { privateTargets, authorities } = options;
  const connect = checkedConnector({
    policy: targetPolicy(privateTargets),
    lookup: options.lookup ?? (privateTargets === "off" ? askNameServers() : askMachine),
    timeoutMs: connectTimeoutMs,
    ...(authorities === undefined ? {} : { authorities }),
  });
  return new Agent({ connect, connections: mostConnections, keepAliveTimeout: 10_000 });
}

/** @param over called when nothing of the answer is waited for any more */
async function readAnswer(body: Dispatcher.ResponseData["body"], call: OutboundRequest, over: () => void) {
  const maximumBytes = Math.min(call.maximumBytes, mostBytes);
  if (maximumBytes === 0) {
    void leaveUnread(body).then(over);
    return { text: "", truncated: true };
  }
  try {
    if (call.answerWithinMs === undefined) return await readBounded(body, maximumBytes);
    return await readWhatComes(body, maximumBytes, call.answerWithinMs);
  } finally {
    over();
  }
}

/**
 * A signal that aborts after so long, unless the call was over before. `AbortSignal.timeout` cannot be told that: it would
 * hold what belongs to a call for the whole time, and thousands of calls a second with it.
 */
function deadline(timeoutMs: number): { signal: AbortSignal; over: () => void } {
  const controller = new AbortController();
  const late = () => controller.abort(new DOMException(`no answer within ${timeoutMs} ms`, "TimeoutError"));
  const timer = setTimeout(late, timeoutMs).unref();
  return { signal: controller.signal, over: () => clearTimeout(timer) };
}

async function send(agent: Agent, call: OutboundRequest, timeoutMs: number): Promise<OutboundResponse> {
  const started = performance.now();
  const { signal, over } = deadline(timeoutMs);
  const asked = request(call.url, {
    method: "POST",
    dispatcher: agent,
    headers: { ...call.headers, "user-agent": "KineticPay-Gateway" },
    body: call.body,
    signal,
  });
  asked.catch(over);
  const answer = await asked;
  const { text, truncated } = await readAnswer(answer.body, call, over);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(answer.headers)) headers[name] = String(value);
  const durationMs = Math.round(performance.now() - started);
  return { status: answer.statusCode, headers, body: text, truncated, durationMs };
}

/** Opens the client over its own connection pool. */
export function createOutbound(options: OutboundOptions): Outbound {
  const agent = openAgent(options);
  return {
    async post(call) {
      const timeoutMs = Math.min(call.timeoutMs, longestMs);
      try {
        return await send(agent, call, timeoutMs);
      } catch (error) {
        if (error instanceof TargetRefused) options.onRefused?.({ host: error.host, address: error.address });
        throw asOutboundError(error, timeoutMs);
      }
    },
    close: () => agent.destroy(),
  };
}
