import type { IncomingMessage, ServerResponse } from "node:http";
import { newId } from "@kineticpay/contract/ids";
import type { Gateway } from "../gateway.ts";

/** Whether nothing is said by the headers that the framework would answer in a way of its own. */
export function isOrdinary({ headers }: IncomingMessage): boolean {
  return headers.host !== undefined && headers.accept?.includes("application/problem+json") !== true;
}

export interface EarlyAnswer {
  readonly status: number;
  /** Text of which every character is one byte. */
  readonly bodyFor: (requestId: string) => string;
  /** Name after value. */
  readonly headers: readonly string[];
}

/** Answers a call that the framework has not seen. */
export function answerEarly(gateway: Gateway, response: ServerResponse, answer: EarlyAnswer): void {
  const id = newId("request", gateway.clock.now().getTime(), gateway.random.bytes(10));
  const body = answer.bodyFor(id);
  const type = "application/json; charset=utf-8";
  const head = ["content-type", type, "content-length", String(body.length), "x-request-id", id, ...answer.headers];
  response.writeHead(answer.status, head);
  response.end(body, "latin1");
}
