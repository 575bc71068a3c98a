import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Gateway } from "../gateway.ts";
import type { Limits, Policy } from "../limits/limits.ts";
import { networkOf } from "../limits/network-of.ts";
import type { Caller } from "../merchants/authenticate.ts";
import { clientAddress } from "./client-address.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Gives the call's place among its key's calls under way free again; once is enough, twice does no harm. */
    leavePlace: (() => void) | null;
    isWorkedOn: boolean;
  }
}

interface PolicyHeaders {
  readonly key: string;
  readonly address: string;
}

/** What never changes of the headers, written once for each set of limits. */
const written = new WeakMap<Limits, PolicyHeaders>();

/** As in draft-ietf-httpapi-ratelimit-headers-10: a quota, and the seconds in which it comes back whole. */
const quota = (name: string, policy: Policy) => `"${name}";q=${policy.burst};w=${policy.windowS}`;

function policyHeaders(limits: Limits): PolicyHeaders {
  const known = written.get(limits);
  if (known !== undefined) return known;
  const concurrency = `"key-concurrency";q=${limits.concurrency};qu="concurrent-requests"`;
  const headers = { key: `${quota("key", limits.key)}, ${concurrency}`, address: quota("address", limits.address) };
  written.set(limits, headers);
  return headers;
}

/** Every rate is at least one a second, so within a second there is more. */
function tell(reply: FastifyReply, limits: Limits, policy: "key" | "address", remaining: number): void {
  void reply.header("ratelimit-policy", policyHeaders(limits)[policy]);
  void reply.header("ratelimit", `"${policy}";r=${remaining};t=1`);
}

function rateExceeded(limits: Limits, policy: "key" | "address", spentBy: string): GatewayError {
  const { burst, windowS, ratePerS } = limits[policy];
  return new GatewayError("rate_exceeded", {
    meta: { policy, limit: burst, window_s: windowS, safe_rate_per_s: ratePerS, spent_by: spentBy },
  });
}

function addressSpent(reply: FastifyReply, limits: Limits, network: string): GatewayError {
  tell(reply, limits, "address", 0);
  return rateExceeded(limits, "address", network);
}

/**
 * Has a key verified, and counts the call to its address if that fails. Once an address has spent what it may, nothing
 * more is looked up for it, save keys that proved good and, a few a second, keys that nobody has seen yet.
 * @param presented what was sent as a key, if anything
 * @throws GatewayError rate_exceeded, and whatever `verify` throws
 */
export async function countUnverified(
  gateway: Gateway,
  request: FastifyRequest,
  reply: FastifyReply,
  presented: string | undefined,
  verify: () => Promise<Caller>,
): Promise<Caller> {
  const { limits } = gateway;
  const network = networkOf(clientAddress(request));
  const nowMs = gateway.clock.now().getTime();
  const isSpent = limits.unverified.remaining(network, nowMs) === 0;
  if (isSpent && (presented === undefined || !limits.unverified.mayLookUp(presented, nowMs)))
    throw addressSpent(reply, limits, network);
  try {
    const caller = await verify();
    if (isSpent && presented !== undefined) limits.unverified.vouch(presented, nowMs);
    return caller;
  } catch (error) {
    if (!(error instanceof GatewayError && error.status === 401)) throw error;
    if (isSpent) throw addressSpent(reply, limits, network);
    tell(reply, limits, "address", limits.unverified.charge(network, nowMs));
    throw error;
  }
}

/**
 * Counts a call to its verified key, and keeps one of the key's places for it until it is over.
 * @throws GatewayError rate_exceeded, concurrency_exceeded
 */
export async function countCall(
  gateway: Gateway,
  request: FastifyRequest,
  reply: FastifyReply,
  caller: Caller,
): Promise<void> {
  const { limits } = gateway;
  const verdict = await limits.takeKey(caller.keyId);
  tell(reply, limits, "key", verdict.remaining);
  if (verdict.refusedBy === "rate") throw rateExceeded(limits, "key", caller.keyHint);
  if (verdict.refusedBy === "concurrency") {
    const meta = { policy: "key-concurrency", limit: limits.concurrency, spent_by: caller.keyHint } as const;
    throw new GatewayError("concurrency_exceeded", { meta });
  }
  let isLeft = false;
  const leave = () => {
    if (!isLeft) verdict.leave();
    isLeft = true;
  };
  request.leavePlace = leave;
  // A call that ends before it is worked on, by a fault or because the caller hung up, gets no further than this.
  if (reply.raw.destroyed) leave();
  else
    reply.raw.once("close", () => {
      if (!request.isWorkedOn) leave();
    });
}

/**
 * Works on a call. Its place stays taken until the work is done, also when the caller has gone: somebody who hangs up and
 * asks again would otherwise have any amount of work done at once.
 */
export async function inItsPlace<T>(request: FastifyRequest, work: () => Promise<T>): Promise<T> {
  request.isWorkedOn = true;
  try {
    return await work();
  } finally {
    request.isWorkedOn = false;
    request.leavePlace?.();
  }
}
