import type { ErrorCode } from "@kineticpay/contract/errors/catalogue";
import type { ErrorBody } from "@kineticpay/contract/errors/error-body";
import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { holdsSecret } from "@kineticpay/contract/json-schema";
import type { FastifyReply } from "fastify";
import type { Gateway } from "../gateway.ts";
import type { AnswerOnce, WorkOnce } from "../idempotency/answer-once.ts";
import { type Answer, isResult, type KeyedCall } from "../idempotency/call-record.ts";
import { fingerprintOf } from "../idempotency/fingerprint.ts";
import { replayedHeader } from "./idempotency-key.ts";
import type { Call, Route } from "./route.ts";
import { failureAnswer } from "./send-error.ts";

type AnyCall = Call<unknown, unknown, unknown>;

const json = "application/json; charset=utf-8";

function keyedCall(route: Route, call: AnyCall, key: string): KeyedCall {
  const { merchantId, collectionId } = call.caller;
  return {
    merchantId,
    collectionId,
    key,
    route: `${route.method} ${route.url}`,
    fingerprint: fingerprintOf(call.params, call.body),
    requestId: call.request.id,
    at: call.gateway.clock.now(),
  };
}

/** The route's work, with its answers as the very bytes that are sent. */
function workOf(route: Route, call: AnyCall, reply: FastifyReply): WorkOnce {
  const serialize = reply.getSerializationFunction("200");
  if (serialize === undefined) throw new Error(`${route.url} says nothing of its answer`);
  const success = (value: unknown): Answer => ({
    status: 200,
    mediaType: json,
    body: serialize(value as Record<string, unknown>),
  });
  const run = async (gateway: Gateway): Promise<Answer> => {
    try {
      return success(await route.handle({ ...call, gateway }));
    } catch (error) {
      if (!isResult(error)) throw error;
      const { contentType, body } = failureAnswer(gateway, call.request, error);
      return { status: error.status, mediaType: contentType, body };
    }
  };
  const { atOnce } = route;
  return {
    run,
    atOnce: atOnce === undefined ? undefined : (keep) => atOnce(call, (value) => keep(success(value))),
    reachesOut: route.check !== undefined,
    isSecret: holdsSecret(route.answer),
  };
}

/** The failure that an answer tells, for the request log. */
function failureIn(answer: Answer): GatewayError | null {
  if (answer.status === 200) return null;
  const { code, meta, fields = [] } = JSON.parse(answer.body) as ErrorBody;
  return new GatewayError<ErrorCode>(code, { meta: meta as never, fields });
}

/**
 * Answers a call that came with an idempotency key: the work is done once, and every repeat gets the same bytes.
 * @throws GatewayError idempotency_key_reused, idempotency_in_progress, and what the route throws but does not keep
 */
export async function answerKeyed(
  answerOnce: AnswerOnce,
  route: Route,
  call: AnyCall,
  key: string,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { answer, isReplayed } = await answerOnce(keyedCall(route, call, key), workOf(route, call, reply));
  call.request.failure = failureIn(answer);
  if (isReplayed) void reply.header(replayedHeader, "true");
  return reply.code(answer.status).header("content-type", answer.mediaType).send(answer.body);
}
