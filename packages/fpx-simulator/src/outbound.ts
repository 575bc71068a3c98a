import { Agent, request } from "undici";
import type { MessageAnswer } from "./transaction.ts";

/** The way from the exchange to the gateway. */
export interface Outbound {
  /** Posts form text to a path of the gateway and tells what came back; never throws. */
  post(path: GatewayPath, body: string): Promise<MessageAnswer>;
  /** The address that the buyer's browser is sent to; undefined until the gateway's address is known. */
  address(path: GatewayPath): string | undefined;
  setGatewayUrl(url: string): void;
  stop(): Promise<void>;
}

export type GatewayPath = "/fpx/direct" | "/fpx/indirect";

const timeoutMs = 5_000;
const answerBytesKept = 4_096;

/**
 * Opens the way to the gateway: at most 32 connections, 5 seconds for each message, redirects not followed, no more
 * than 4 KiB of an answer read. An answer acknowledges only when it is HTTP 200 with the body `OK` and nothing else.
 */
export function openOutbound(gatewayUrl: string | undefined): Outbound {
  const agent = new Agent({ connections: 32, connect: { timeout: timeoutMs } });
  const stopping = new AbortController();
  let base = gatewayUrl === undefined ? undefined : withoutSlash(gatewayUrl);
  return {
    address: (path) => (base === undefined ? undefined : base + path),
    setGatewayUrl(url) {
      base = withoutSlash(url);
    },
    async post(path, body) {
      if (base === undefined) return noAnswer("the address of the gateway is not set");
      try {
        return await exchange(base + path, body, agent, stopping.signal);
      } catch (error) {
        return noAnswer(error instanceof Error ? error.message : String(error));
      }
    },
    async stop() {
      stopping.abort();
      await agent.destroy();
    },
  };
}

async function exchange(url: string, body: string, agent: Agent, stopping: AbortSignal): Promise<MessageAnswer> {
  const response = await request(url, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body,
    dispatcher: agent,
    signal: AbortSignal.any([stopping, AbortSignal.timeout(timeoutMs)]),
  });
  const text = await readStart(response.body);
  return { status: response.statusCode, body: text, acknowledged: response.statusCode === 200 && text === "OK" };
}

async function readStart(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= answerBytesKept) break;
  }
  return Buffer.concat(chunks).subarray(0, answerBytesKept).toString("utf8");
}

function noAnswer(error: string): MessageAnswer {
  return { status: 0, body: "", acknowledged: false, error };
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}
