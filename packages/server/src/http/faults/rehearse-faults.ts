import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type Fault, preventsWork } from "../../faults/fault.ts";
import { createRuleCache, type RuleCache } from "../../faults/rule-cache.ts";
import { type FaultRule, strikes } from "../../faults/rules.ts";
import type { Gateway } from "../../gateway.ts";
import type { Caller } from "../../merchants/caller.ts";
import { onward, type Soon } from "../../seams/at-once.ts";
import { isWirePath } from "../call-path.ts";
import { errorLists } from "../compat/kineticpay/error-lists.ts";
import { sampleFailure } from "../sample-failure.ts";
import { failureAnswer } from "../send-error.ts";
import { faultHeader, readFaultHeader } from "./read-fault-header.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** What is to go wrong with this call; null for all calls but rehearsals. */
    fault: Fault | null;
  }
  interface FastifyInstance {
    /** Of the sandbox alone. */
    faultRules: RuleCache | null;
  }
}

/** Whoever manages the rules must get through to them, whatever the rules say. */
const exempt = "/api/v2/sandbox/";

function fits(rule: FaultRule, request: FastifyRequest, caller: Caller): boolean {
  return (
    rule.collectionId === caller.collectionId &&
    (rule.keyId === null || rule.keyId === caller.keyId) &&
    (rule.method === null || rule.method === request.method) &&
    (rule.route === null || rule.route === request.routeOptions.url)
  );
}

async function firstThatStrikes(
  gateway: Gateway,
  request: FastifyRequest,
  caller: Caller,
  rules: readonly FaultRule[],
): Promise<Fault | undefined> {
  for (const rule of rules) {
    if (fits(rule, request, caller) && (await strikes(gateway, rule))) return rule;
  }
  return undefined;
}

function faultByRule(gateway: Gateway, request: FastifyRequest, caller: Caller): Soon<Fault | undefined> {
  return onward(request.server.faultRules?.read() ?? [], (rules) =>
    rules.length === 0 ? undefined : firstThatStrikes(gateway, request, caller, rules),
  );
}

/** @throws GatewayError the failure that is asked for, unless the call is to be worked on all the same */
function applies(request: FastifyRequest, reply: FastifyReply, fault: Fault | undefined): Soon<void> {
  if (fault === undefined) return;
  request.fault = fault;
  void reply.header(faultHeader, "rehearsed");
  if (!preventsWork(fault)) return;
  return sampleFailure(fault.code ?? "internal_error").then((error) => {
    throw error;
  });
}

/**
 * Lets go wrong what a call's header, or a rule of its collection, asks for. It comes after everything that decides on who
 * may call, so nobody reaches another's calls with it. In live mode the header is reported and otherwise ignored.
 * @throws GatewayError the one asked for, or fields_invalid for a header that makes no sense
 */
export function applyFault(gateway: Gateway, request: FastifyRequest, reply: FastifyReply, caller: Caller): Soon<void> {
  const asked = request.headers["kineticpay-fault"];
  if (gateway.config.mode !== "sandbox") {
    if (asked === undefined) return;
    gateway.log.warn({ request: request.id, key: caller.keyId }, `${faultHeader} was sent in live mode and is ignored`);
    void reply.header(faultHeader, "ignored");
    return;
  }
  if (asked === undefined && request.url.startsWith(exempt)) return;
  const fault = asked === undefined ? faultByRule(gateway, request, caller) : readFaultHeader(String(asked));
  return onward(fault, (each) => applies(request, reply, each));
}

/** Resolves after the time, or as soon as the caller is gone or the gateway stops. */
function pause(reply: FastifyReply, delayMs: number, stopping: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      reply.raw.off("close", finish);
      stopping.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, delayMs);
    reply.raw.once("close", finish);
    stopping.addEventListener("abort", finish);
  });
}

/** The answer of a call that was done, replaced by the failure that its caller is to see. */
async function replaced(gateway: Gateway, request: FastifyRequest, reply: FastifyReply, fault: Fault) {
  const error = await sampleFailure(fault.code ?? "internal_error");
  request.failure = error;
  const isWire = isWirePath(request.url);
  const answer = failureAnswer(gateway, request, error, isWire ? { error: errorLists(error) } : {});
  void reply.code(error.status).header("content-type", answer.contentType);
  for (const name of ["content-length", "idempotency-replayed"]) void reply.removeHeader(name);
  if (error.retryAfterS !== undefined) void reply.header("retry-after", error.retryAfterS);
  return answer.body;
}

/** Makes answers late or replaces them. Registered before the request log, so that the log tells what the caller saw. */
export function rehearseFaults(app: FastifyInstance, gateway: Gateway): void {
  app.decorateRequest("fault", null);
  const isSandbox = gateway.config.mode === "sandbox";
  app.decorate("faultRules", isSandbox ? createRuleCache(gateway) : null);
  if (!isSandbox) return;
  const stopping = new AbortController();
  app.addHook("preClose", async () => stopping.abort());
  const work = async (fault: Fault, request: FastifyRequest, reply: FastifyReply, payload: unknown) => {
    const isDone = fault.afterCommit && reply.statusCode === 200;
    if (fault.delayMs > 0) await pause(reply, fault.delayMs, stopping.signal);
    return isDone && fault.code !== undefined ? replaced(gateway, request, reply, fault) : payload;
  };
  app.addHook("onSend", (request, reply, payload, done) => {
    const { fault } = request;
    if (fault === null) done(null, payload);
    else work(fault, request, reply, payload).then((answer) => done(null, answer), done);
  });
}

/** Loses answers, whole or by half. Registered after the request log, which then knows what was lost. */
export function loseAnswers(app: FastifyInstance): void {
  app.addHook("onSend", (request, reply, payload, done) => {
    const { fault } = request;
    const text = typeof payload === "string" ? payload : "";
    if (fault === null || !(fault.drop || fault.half)) return done(null, payload);
    // From here on the framework has no part in this answer.
    reply.hijack();
    const reset = () => void request.raw.socket.resetAndDestroy();
    if (fault.drop) return reset();
    const bytes = Buffer.from(text);
    reply.raw.writeHead(reply.statusCode, {
      ...(reply.getHeaders() as Record<string, string>),
      "content-length": bytes.length,
    });
    reply.raw.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => setImmediate(reset));
  });
}
