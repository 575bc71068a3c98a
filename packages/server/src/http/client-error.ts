import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { errorBody } from "@kineticpay/contract/errors/error-body";
import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { newId } from "@kineticpay/contract/ids";
import type { Gateway } from "../gateway.ts";
import type { RequestLog } from "../request-log/request-log.ts";
import { isWirePath } from "./call-path.ts";
import { errorLists } from "./compat/kineticpay/error-lists.ts";
import { logUnreadable } from "./log-calls.ts";
import { docsUrl } from "./send-error.ts";

/** How long the head of a request may take to arrive. */
export const headersTimeoutMs = 5_000;
/** How long the whole of it may. */
export const requestTimeoutMs = 10_000;

function fromParser(code: string | undefined, isInBody: boolean): GatewayError {
  if (code === "HPE_HEADER_OVERFLOW")
    return new GatewayError("headers_too_large", { meta: { limit_bytes: 16 * 1024 } });
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    const limitMs = isInBody ? requestTimeoutMs : headersTimeoutMs;
    return new GatewayError("request_timeout", { meta: { limit_s: limitMs / 1_000 } });
  }
  return new GatewayError("http_malformed", {
    meta: { detail: "the request line, a header or the body's framing is broken" },
  });
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** The last request of each connection, for when its next bytes make no sense or never come. */
const lastExchanges = new WeakMap<Socket, Exchange>();

/** Remembers what each connection asked last. */
export function noteExchanges(server: Server): void {
  server.prependListener("request", (request, response) => {
    lastExchanges.set(request.socket, { request, response });
  });
}

/** What arrived of a request tells the protocol, if its first line did. */
function isWire(error: Error, last: Exchange | undefined): boolean {
  const { rawPacket } = error as { rawPacket?: unknown };
  const start = Buffer.isBuffer(rawPacket) ? rawPacket.subarray(0, 64).toString("latin1") : "";
  const path = /^[A-Z]+ (\/\S*)/.exec(start)?.[1] ?? last?.request.url;
  return path !== undefined && isWirePath(path);
}

/** Answers what never became a request, such as broken framing or a body that dribbles in, by the same contract. */
export function answerClientError(
  gateway: Gateway,
  requestLog: RequestLog,
  error: Error & { code?: string },
  socket: Socket,
): void {
  const last = lastExchanges.get(socket);
  // The rest of a body whose request has its answer already: a second one would be taken for that of the next request.
  const isInBody = last?.request.complete === false;
  const isAnswered = isInBody && last.response.headersSent;
  if (error.code === "ECONNRESET" || socket.destroyed || !socket.writable || isAnswered) {
    socket.destroy();
    return;
  }
  const requestId = newId("request", gateway.clock.now().getTime(), gateway.random.bytes(10));
  const failure = fromParser(error.code, isInBody);
  logUnreadable(gateway, requestLog, { id: requestId, address: socket.remoteAddress ?? "", failure });
  const lists = isWire(error, last) ? { error: errorLists(failure) } : {};
  const body = JSON.stringify({ ...errorBody(failure, requestId, docsUrl(gateway)), ...lists });
  socket.end(
    `HTTP/1.1 ${failure.status} Forbidden\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nX-Request-Id: ${requestId}\r\nConnection: close\r\n\r\n${body}`,
  );
}

/** Answers an `Expect` header that asks for anything but 100-continue; Node's own answer is none of the contract's. */
export function answerExpectation(gateway: Gateway, requestLog: RequestLog, response: ServerResponse): void {
  const requestId = newId("request", gateway.clock.now().getTime(), gateway.random.bytes(10));
  const failure = new GatewayError("http_malformed", {
    meta: { detail: "the Expect header asks for something else than 100-continue" },
  });
  logUnreadable(gateway, requestLog, { id: requestId, address: response.socket?.remoteAddress ?? "", failure });
  const body = JSON.stringify(errorBody(failure, requestId, docsUrl(gateway)));
  response.writeHead(failure.status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(body),
    "x-request-id": requestId,
    connection: "close",
  });
  response.end(body);
}
