import type { ServerResponse } from "node:http";
import { deliverDue } from "../../callbacks/deliver.ts";
import { Died, dyingGateway } from "../dying-gateway.ts";
import { seededRandom } from "../seeded-random.ts";
import type { TestClock } from "../test-clock.ts";
import type { TestCore } from "../test-core.ts";
import { eventSource } from "../test-events.ts";
import { isSigned, openReceiver } from "../webhook-receiver.ts";

export interface EveryEventWish {
  readonly events: number;
  readonly endpoints: number;
  /** How often the sending process dies on the way. */
  readonly deaths: number;
  readonly seed: number;
}

export interface EveryEventFigures {
  readonly owed: number;
  /** Deliveries of which nothing arrived. */
  readonly lost: number;
  /** Calls whose signature the independent library does not make. */
  readonly badSignatures: number;
  /** Deliveries that arrived under more than one id, or with more than one body. */
  readonly altered: number;
  readonly repeated: number;
  readonly died: number;
}

/** A receiver's bad days: an error, a redirect, a connection that is cut before or within the answer. */
const troubles: readonly ((response: ServerResponse) => void)[] = [
  (response) => response.writeHead(500).end("no"),
  (response) => response.writeHead(429, { "retry-after": "7" }).end(),
  (response) => response.writeHead(302, { location: "/elsewhere" }).end(),
  (response) => response.socket?.destroy(),
  (response) => {
    response.writeHead(503, { "content-length": "100" }).write("half of it");
    response.socket?.destroy();
  },
];

/**
 * Every event reaches every endpoint at least once, whole, signed and under one id, while receivers fail a third of all
 * calls in every way and the sending process dies again and again at a statement that chance chooses.
 */
export async function everyEventTrial(
  core: TestCore,
  clock: TestClock,
  wish: EveryEventWish,
): Promise<EveryEventFigures> {
  const { gateway } = core;
  const fraction = seededRandom(wish.seed);
  const receiver = await openReceiver();
  const source = eventSource(core);
  const secrets = new Map<string, string>();
  for (let i = 0; i < wish.endpoints; i += 1) {
    const path = `/endpoint-${i}`;
    secrets.set(path, (await source.endpoint(`${receiver.url}${path}`)).secret);
    receiver.behave(path, (response) => {
      const trouble = fraction() < 1 / 3 ? troubles[Math.floor(fraction() * troubles.length)] : undefined;
      if (trouble === undefined) response.end("OK");
      else trouble(response);
    });
  }
  const record = await source.payment();
  for (let i = 0; i < wish.events; i += 1) await record(i % 2 === 0 ? "payment.processing" : "payment.attempt_failed");
  const waiting = async () =>
    (await gateway.db.query("select 1 from deliveries where status = 'pending' and endpoint_id is not null limit 1"))
      .length > 0;
  let died = 0;
  try {
    while (await waiting()) {
      const isMortal = died < wish.deaths;
      const sender = isMortal ? dyingGateway(gateway, 1 + Math.floor(fraction() * 5), fraction() < 0.5) : gateway;
      await deliverDue(sender).catch((error: unknown) => {
        if (!(error instanceof Died)) throw error;
        died += 1;
      });
      clock.advance(60_000);
      // However many attempts failed, the schedule is to go on: this is about what arrives, and not about giving up.
      await gateway.db.write(
        "callbacks.conclude",
        "update deliveries set next_attempt_at = $1, round_count = 0 where status = 'pending'",
        [clock.now()],
      );
    }
    // The payment's own first event is owed as well.
    return judge(receiver, secrets, (wish.events + 1) * wish.endpoints, wish.events + 1, died);
  } finally {
    await receiver.close();
  }
}

function judge(
  receiver: Awaited<ReturnType<typeof openReceiver>>,
  secrets: ReadonlyMap<string, string>,
  owed: number,
  each: number,
  died: number,
): EveryEventFigures {
  let [lost, badSignatures, altered, repeated] = [0, 0, 0, 0];
  for (const [path, secret] of secrets) {
    const calls = receiver.at(path);
    badSignatures += calls.filter((call) => !isSigned(secret, call)).length;
    const bodies = new Map<string, Set<string>>();
    for (const call of calls) {
      const id = String(call.headers["webhook-id"]);
      bodies.set(id, (bodies.get(id) ?? new Set()).add(call.body));
      if ((JSON.parse(call.body) as { id: string }).id !== id) altered += 1;
    }
    lost += each - bodies.size;
    altered += [...bodies.values()].filter((seen) => seen.size > 1).length;
    repeated += calls.length - bodies.size;
  }
  return { owed, lost, badSignatures, altered, repeated, died };
}
