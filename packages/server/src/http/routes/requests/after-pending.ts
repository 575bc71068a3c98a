import { setTimeout as pause } from "node:timers/promises";
import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { idAtTime } from "@kineticpay/contract/ids";
import type { FastifyRequest } from "fastify";
import type { Gateway } from "../../../gateway.ts";

const mostWaitMs = 1_000;
const recentMs = 5_000;
const tries = 4;
const betweenMs = 150;

/** Calls are written a moment after their answer. Whoever asks for one at once gets it all the same. */
export async function settleLog(request: FastifyRequest): Promise<void> {
  await request.server.requestLog.settled(mostWaitMs);
}

/**
 * Reads a logged call once what waits is written. Another process may hold a call of the last seconds, so one that is not
 * there is looked for again for a moment; as long for an id that never was as for one that belongs to another.
 */
export async function afterPending<T>(
  request: FastifyRequest,
  id: string,
  gateway: Gateway,
  read: () => Promise<T>,
): Promise<T> {
  await settleLog(request);
  const isRecent = id >= idAtTime("request", gateway.clock.now().getTime() - recentMs);
  for (let left = isRecent ? tries : 1; ; left -= 1) {
    try {
      return await read();
    } catch (error) {
      const isMissing = error instanceof GatewayError && error.code === "resource_missing";
      if (!isMissing || left <= 1) throw error;
    }
    await pause(betweenMs);
  }
}
