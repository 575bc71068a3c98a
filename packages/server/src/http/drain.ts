import { Server as NetServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { FastifyInstance } from "fastify";

declare module "fastify" {
  interface FastifyInstance {
    /** True from the moment at which the app was asked to stop. */
    isDraining: boolean;
  }
}

/** A connection may rest for so long before it counts as left. */
const restMs = 1_000;
const lookEveryMs = 10;

/** A turn of the event loop that takes no longer leaves hardly a moment for something to arrive that nobody takes. */
const quietTurnMs = 0.25;
const mostTurns = 200;

/** Comes right after the event loop has looked for connections and requests. */
const endOfTurn = () => new Promise((resolve) => setImmediate(resolve));

/**
 * Ends right after a turn of the event loop that looked for connections and requests and had next to nothing else to do. What
 * the kernel has received and the loop has not when a socket is closed, is reset; behind a busy turn, that is everything that
 * came during it. A process that is never quiet is not waited for.
 */
async function untilQuiet(): Promise<void> {
  // Of the present turn nobody knows how long it has taken already.
  await endOfTurn();
  let lookedMs = performance.now();
  for (let turn = 0; turn < mostTurns; turn += 1) {
    await endOfTurn();
    const nowMs = performance.now();
    if (nowMs - lookedMs < quietTurnMs) return;
    lookedMs = nowMs;
  }
}

function countConnections(app: FastifyInstance): Promise<number> {
  return new Promise((resolve, reject) => {
    app.server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  });
}

/** Node then answers with "Connection: close" whatever a connection asks next. */
function askToClose(app: FastifyInstance): void {
  app.server.maxRequestsPerSocket = 1;
}

/**
 * Lets clients go without dropping anything that they have sent. New connections are refused, which tells a client that nothing
 * was sent; each answer asks its connection to close, so one that is in use ends after an answer and never before one. Resolves
 * when none is left, or when those that are left have been resting.
 * @param turnAwayMs for how long new connections are still taken, while `/ready` already turns a load balancer away
 */
export async function drain(app: FastifyInstance, turnAwayMs: number): Promise<void> {
  app.isDraining = true;
  if (turnAwayMs > 0) {
    askToClose(app);
    await pause(turnAwayMs);
  }
  await untilQuiet();
  // Closing the HTTP server would at once destroy what rests between two requests, the next of which may be on its way.
  NetServer.prototype.close.call(app.server);
  // Not before: whose connection is closed comes back by a new one, and the moment in which that is lost would be met often.
  askToClose(app);
  const until = performance.now() + restMs;
  while (performance.now() < until && (await countConnections(app)) > 0) await pause(lookEveryMs);
}

/** Closes what rests between two requests until nothing is left. What is under way is waited for, and closes itself. */
export async function letGo(app: FastifyInstance): Promise<void> {
  while ((await countConnections(app)) > 0) {
    await untilQuiet();
    app.server.closeIdleConnections();
    await pause(lookEveryMs);
  }
}
