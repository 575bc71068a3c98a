import type { IncomingMessage, ServerResponse } from "node:http";
import { isIPv4 } from "node:net";
import { isRepeated } from "@kineticpay/contract/errors/error-memo";
import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import type { FastifyInstance } from "fastify";
import type { Gateway } from "../gateway.ts";
import { canonicalAddress } from "../merchants/address-range.ts";
import { presentedApiKey, recallApiKey } from "../merchants/authenticate.ts";
import { isAddressAllowed } from "../merchants/require-access.ts";
import { answerEarly, isOrdinary } from "./answer-early.ts";
import { protocolOf } from "./call-path.ts";
import type { AtPath } from "./known-paths.ts";
import { counted, keySpent, presentedKey } from "./limit-calls.ts";
import { preparedAnswer } from "./prepared-answer.ts";
import { docsUrl } from "./send-error.ts";
import { supportOf } from "./support-contact.ts";

/** A refusal, and the headers that tell how the caller stands, name after value. */
interface Refusal {
  readonly error: GatewayError;
  readonly headers: string[];
}

function addressOf({ socket }: IncomingMessage): string | undefined {
  const { remoteAddress } = socket;
  if (remoteAddress === undefined || isIPv4(remoteAddress)) return remoteAddress;
  return canonicalAddress(remoteAddress) ?? undefined;
}

/** The refusal of a call that takes a key, where it is certain from memory alone. Undefined leaves it to the framework. */
function refusalOfKey(gateway: Gateway, request: IncomingMessage, address: string): Refusal | undefined {
  const headers: string[] = [];
  const asker = { address, header: (name: string, value: string) => headers.push(name, value) };
  const sent = presentedApiKey(gateway, request.headers.authorization);
  if (typeof sent !== "string") {
    return isRepeated(sent) ? { error: counted(gateway, asker, sent), headers } : undefined;
  }
  // Memory is read once: a moment later it may be too old to be believed.
  const outcome = recallApiKey(gateway, sent);
  if (outcome === undefined) return undefined;
  const key = presentedKey(gateway, asker, sent);
  if (typeof key !== "string") return { error: key, headers };
  if (outcome instanceof GatewayError) {
    return isRepeated(outcome) ? { error: counted(gateway, asker, outcome), headers } : undefined;
  }
  if (!outcome.apiEnabled || !isAddressAllowed(outcome, address)) return undefined;
  const spent = keySpent(gateway, asker, outcome);
  if (spent === undefined) return undefined;
  gateway.keyUses.note({ keyId: outcome.keyId, at: gateway.clock.now(), address });
  return { error: spent, headers };
}

function answer(gateway: Gateway, response: ServerResponse, { error, headers }: Refusal): void {
  if (error.retryAfterS !== undefined) headers.push("retry-after", String(error.retryAfterS));
  const bodyFor = (id: string) => preparedAnswer(error, id, docsUrl(gateway), supportOf(gateway.config));
  answerEarly(gateway, response, { status: error.status, bodyFor, headers });
}

/**
 * Refuses, before the framework has seen it, what is asked for over and over in vain: paths that there are not, keys that are
 * none, callers who have spent what they may. It says what the framework's way would say to the last byte, and takes only what is
 * certain from memory and would not be kept in the log of calls any more: so a call that is no part of a flood never comes by.
 * @returns what refuses a call; it answers false, with nothing done, for what has to go the framework's way
 */
export function createFloodRefuser(
  app: FastifyInstance,
  gateway: Gateway,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const { config } = gateway;
  const isLogged = (url: string) => config.requestLogDays > 0 && protocolOf(url) !== undefined;
  // Behind a proxy the framework finds out whose call it is.
  const isDirect = config.trustedProxies.length === 0;
  const refusalOf = (request: IncomingMessage, found: AtPath): Refusal | undefined => {
    if (found !== "private") return { error: found, headers: [] };
    const address = isDirect ? addressOf(request) : undefined;
    return address === undefined ? undefined : refusalOfKey(gateway, request, address);
  };
  return (request, response) => {
    const { method = "", url = "" } = request;
    const found = app.knownPaths.find(method, url);
    if (found === undefined || app.isDraining || !isOrdinary(request)) return false;
    if (request.headers["kineticpay-fault"] !== undefined) return false;
    const wouldBeLogged = isLogged(url);
    if (wouldBeLogged && app.requestLog.keepsFlood) return false;
    const refusal = refusalOf(request, found);
    if (refusal === undefined) return false;
    if (wouldBeLogged) app.requestLog.leaveOut();
    answer(gateway, response, refusal);
    return true;
  };
}
