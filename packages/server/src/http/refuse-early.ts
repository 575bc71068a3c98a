import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import type { FastifyInstance } from "fastify";
import type { Gateway } from "../gateway.ts";
import { createTokenBuckets } from "../limits/token-bucket.ts";
import { answerEarly, isOrdinary } from "./answer-early.ts";
import { isWirePath, pathOf } from "./call-path.ts";
import { errorLists } from "./compat/kineticpay/error-lists.ts";
import { paceRefusals } from "./pace-refusals.ts";
import { type Halves, halvesOf } from "./prepared-answer.ts";
import { createFloodRefuser } from "./refuse-floods.ts";
import { docsUrl } from "./send-error.ts";
import { importanceOf } from "./shed-load.ts";
import { supportOf } from "./support-contact.ts";

/** An answer but for the request id. */
type Refusal = Halves & { readonly retryAfter: string };

/** A refusal costs some twenty microseconds, so these take a twentieth of the process's time. */
const refusalsPerS = 2_000;
/** Nobody is kept waiting for a refusal for longer than a second. */
const mostWaiting = refusalsPerS;
/** So many refusals a second go the long way all the same, so that the log of calls shows some of them. */
const loggedPerS = 20;

function prepare(gateway: Gateway, reason: string, speaksWire: boolean): Refusal {
  const error = new GatewayError("overloaded", { meta: { reason } });
  const halves = halvesOf(
    error,
    docsUrl(gateway),
    supportOf(gateway.config),
    speaksWire ? { error: errorLists(error) } : {},
  );
  return { ...halves, retryAfter: String(error.retryAfterS) };
}

function answer(gateway: Gateway, response: ServerResponse, { head, tail, retryAfter }: Refusal): void {
  if (response.destroyed) return;
  const bodyFor = (id: string) => head + id + tail;
  answerEarly(gateway, response, { status: 503, bodyFor, headers: ["retry-after", retryAfter] });
}

/**
 * Refuses what the process cannot take on, before the framework has seen it, and no faster than it can afford: with five
 * times more calls than can be served, four of five are refused, and whatever that costs is taken from the fifth.
 */
export function refuseEarly(app: FastifyInstance, gateway: Gateway): void {
  const logged = createTokenBuckets({ ratePerS: loggedPerS, burst: loggedPerS, mostKept: 1 });
  const pace = paceRefusals({ perS: refusalsPerS, mostWaiting });
  app.addHook("preClose", async () => pace.release());
  const refusals = new Map<string, Refusal>();
  const refusalOf = ({ url = "", method = "" }: IncomingMessage): Refusal | undefined => {
    const importance = importanceOf(method, pathOf(url));
    const reason = gateway.limits.reasonToShed(importance);
    if (reason === undefined || logged.take("all", gateway.clock.now().getTime())) return undefined;
    const name = `${isWirePath(url) ? "wire" : "v2"} ${reason}`;
    const known = refusals.get(name) ?? prepare(gateway, reason, isWirePath(url));
    refusals.set(name, known);
    return known;
  };
  const [framework] = app.server.listeners("request") as RequestListener[];
  if (framework === undefined) throw new Error("the framework does not listen to its own server");
  const refuseFlood = createFloodRefuser(app, gateway);
  app.server.removeAllListeners("request");
  app.server.on("request", (request, response) => {
    // Nearly always there is nothing to shed, and then nothing needs to be known of the call.
    const isPressed = gateway.limits.reasonToShed("list") !== undefined;
    const refusal = isPressed && isOrdinary(request) ? refusalOf(request) : undefined;
    if (refusal === undefined) {
      if (isPressed || !refuseFlood(request, response)) framework(request, response);
    } else pace.await(() => answer(gateway, response, refusal));
  });
}
