import { createErrorMemo, type ErrorMemo } from "@kineticpay/contract/errors/error-memo";
import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Gateway } from "../gateway.ts";
import type { KeyVerdict, Limits, Policy } from "../limits/limits.ts";
import { networkOf } from "../limits/network-of.ts";
import type { Caller } from "../merchants/caller.ts";
import { knownKey } from "../merchants/find-key.ts";
import { onward, type Soon } from "../seams/at-once.ts";
import { clientAddress } from "./client-address.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Gives the call's place among its key's calls under way free again; once is enough, twice does no harm. */
    leavePlace: (() => void) | null;
    isWorkedOn: boolean;
  }
}

/** Who asks, as far as limits are concerned, and where they are told how they stand. */
export interface Asker {
  /** As `clientAddress` gives it. */
  readonly address: string;
  header(name: string, value: string): unknown;
}

export function askerOf(request: FastifyRequest, reply: FastifyReply): Asker {
  return { address: clientAddress(request), header: (name, value) => reply.header(name, value) };
}

interface OfLimits {
  /** What never changes of the headers. */
  readonly policies: Readonly<Record<"key" | "address", string>>;
  readonly repeated: ErrorMemo;
}

/** What is kept beside each set of limits. */
const kept = new WeakMap<Limits, OfLimits>();

/** As in draft-ietf-httpapi-ratelimit-headers-10: a quota, and the seconds in which it comes back whole. */
const quota = (name: string, policy: Policy) => `"${name}";q=${policy.burst};w=${policy.windowS}`;

function ofLimits(limits: Limits): OfLimits {
  const known = kept.get(limits);
  if (known !== undefined) return known;
  const concurrency = `"key-concurrency";q=${limits.concurrency};qu="concurrent-requests"`;
  const policies = { key: `${quota("key", limits.key)}, ${concurrency}`, address: quota("address", limits.address) };
  const made = { policies, repeated: createErrorMemo() };
  kept.set(limits, made);
  return made;
}

/** Every rate is at least one a second, so within a second there is more. */
function tell(asker: Pick<Asker, "header">, limits: Limits, policy: "key" | "address", remaining: number): void {
  asker.header("ratelimit-policy", ofLimits(limits).policies[policy]);
  asker.header("ratelimit", `"${policy}";r=${remaining};t=1`);
}

function rateExceeded(limits: Limits, policy: "key" | "address", spentBy: string): GatewayError {
  return ofLimits(limits).repeated(`${policy} ${spentBy}`, () => {
    const { burst, windowS, ratePerS } = limits[policy];
    const meta = { policy, limit: burst, window_s: windowS, safe_rate_per_s: ratePerS, spent_by: spentBy };
    return new GatewayError("rate_exceeded", { meta });
  });
}

function addressSpent(asker: Asker, limits: Limits, network: string): GatewayError {
  tell(asker, limits, "address", 0);
  return rateExceeded(limits, "address", network);
}

/** Counts a call without a verified key to its address; gives what such a call is told. */
export function counted(gateway: Gateway, asker: Asker, error: GatewayError): GatewayError {
  const { limits } = gateway;
  const network = networkOf(asker.address);
  const nowMs = gateway.clock.now().getTime();
  if (limits.unverified.remaining(network, nowMs) === 0) return addressSpent(asker, limits, network);
  tell(asker, limits, "address", limits.unverified.charge(network, nowMs));
  return error;
}

/**
 * The key that a call came with, if it is worth looking up. Nothing here waits for anything, so that whoever sends no key,
 * half a key, or too many wrong ones is refused at next to no cost. Once an address has spent what it may, nothing more is
 * looked up for it, save keys that proved good and, a few a second, keys that nobody has seen yet.
 * @param sent a key, or why there is none
 * @returns the key, or the refusal
 */
export function presentedKey(gateway: Gateway, asker: Asker, sent: string | GatewayError): string | GatewayError {
  if (typeof sent !== "string") return counted(gateway, asker, sent);
  const { limits } = gateway;
  const nowMs = gateway.clock.now().getTime();
  const network = networkOf(asker.address);
  if (limits.unverified.remaining(network, nowMs) > 0) return sent;
  const known = knownKey(gateway, sent);
  if (known !== null && (known !== undefined || limits.unverified.mayLookUp(sent, nowMs))) return sent;
  return addressSpent(asker, limits, network);
}

/** Has a key looked up, and counts the call to its address if it is not a good one: then gives what the call is told. */
export function verified(
  gateway: Gateway,
  asker: Asker,
  key: string,
  verify: (gateway: Gateway, key: string) => Soon<Caller | GatewayError>,
): Soon<Caller | GatewayError> {
  return onward(verify(gateway, key), (outcome) => {
    if (outcome instanceof GatewayError) return counted(gateway, asker, outcome);
    const nowMs = gateway.clock.now().getTime();
    const { unverified } = gateway.limits;
    if (unverified.remaining(networkOf(asker.address), nowMs) === 0) unverified.vouch(key, nowMs);
    return outcome;
  });
}

function concurrencyExceeded(limits: Limits, spentBy: string): GatewayError {
  return ofLimits(limits).repeated(`concurrency ${spentBy}`, () => {
    const meta = { policy: "key-concurrency", limit: limits.concurrency, spent_by: spentBy } as const;
    return new GatewayError("concurrency_exceeded", { meta });
  });
}

/** Keeps a place for a call until it is over: until its work is done, or it ends before any is begun. */
function keepPlace(request: FastifyRequest, reply: FastifyReply, verdict: KeyVerdict): void {
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

/** What a key is told that has no call left now; undefined when it has. Counts nothing. */
export function keySpent(gateway: Gateway, asker: Asker, caller: Caller): GatewayError | undefined {
  const { limits } = gateway;
  if (limits.keys.remaining(caller.keyId) > 0) return undefined;
  tell(asker, limits, "key", 0);
  return rateExceeded(limits, "key", caller.keyHint);
}

/** Counts a call to its verified key, and keeps one of the key's places for it until it is over; or gives the refusal. */
export function countCall(
  gateway: Gateway,
  request: FastifyRequest,
  reply: FastifyReply,
  caller: Caller,
): Soon<GatewayError | undefined> {
  const { limits } = gateway;
  return onward(limits.keys.take(caller.keyId), (verdict) => {
    tell(reply, limits, "key", verdict.remaining);
    if (verdict.refusedBy === "rate") return rateExceeded(limits, "key", caller.keyHint);
    if (verdict.refusedBy === "concurrency") return concurrencyExceeded(limits, caller.keyHint);
    keepPlace(request, reply, verdict);
    return undefined;
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
