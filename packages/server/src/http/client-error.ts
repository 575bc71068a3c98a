import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { errorBody } from "@kineticpay/contract/errors/error-body";
import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { newId } from "@kineticpay/contract/ids";
import type { Gateway } from "../gateway.ts";
import type { RequestLog } from "../request-log/request-log.ts";
import { logUnreadable } from "./log-calls.ts";
import { docsUrl } from "./send-error.ts";

function fromParser(code: string | undefined): GatewayError {
  if (code === "HPE_HEADER_OVERFLOW")
    return new GatewayError("headers_too_large", { meta: { limit_bytes: 16 * 1024 } });
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return new GatewayError("request_timeout", { meta: { limit_s: 10 } });
  return new GatewayError("http_malformed", {
    meta: { detail: "the request line, a header or the body's framing is broken" },
  });
}

/** Answers what never became a request, such as broken framing or a body that dribbles in, by the same contract. */
export function answerClientError(
  gateway: Gateway,
  requestLog: RequestLog,
  error: Error & { code?: string },
  socket: Socket,
): void {
  if (error.code === "ECONNRESET" || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const requestId = newId("request", gateway.clock.now().getTime(), gateway.random.bytes(10));
  const failure = fromParser(error.code);
  logUnreadable(gateway, requestLog, { id: requestId, address: socket.remoteAddress ?? "", failure });
  const body = JSON.stringify(errorBody(failure, requestId, docsUrl(gateway)));
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
