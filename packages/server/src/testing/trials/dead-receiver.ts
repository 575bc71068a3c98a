import type { ServerResponse } from "node:http";
import { deliverDue } from "../../callbacks/deliver.ts";
import { createMerchant } from "../../merchants/create-merchant.ts";
import type { TestClock } from "../test-clock.ts";
import { shop, type TestCore } from "../test-core.ts";
import { eventSource } from "../test-events.ts";
import { openReceiver, type Receiver } from "../webhook-receiver.ts";

export interface DeadReceiverWish {
  /** What waits for the dead endpoint when the good ones' events come. */
  readonly backlog: number;
  readonly goodEndpoints: number;
  readonly eventsOfGood: number;
}

export interface Crowd {
  readonly receiver: Receiver;
  readonly dead: string;
  readonly good: readonly string[];
  /** Records events for the dead endpoint alone. */
  fillDead(count: number): Promise<void>;
  /** Records events for every good endpoint. */
  fillGood(count: number): Promise<void>;
}

const endpointsPerMerchant = 33;

/** One endpoint of one merchant, and many of others, all at one server. */
export async function openCrowd(core: TestCore, goodEndpoints: number): Promise<Crowd> {
  const receiver = await openReceiver();
  const source = eventSource(core);
  const dead = "/dead";
  const recordForDead = await source.payment();
  await source.endpoint(`${receiver.url}${dead}`);
  const good: string[] = [];
  const recorders: Awaited<ReturnType<typeof source.payment>>[] = [];
  while (good.length < goodEndpoints) {
    const merchant = await createMerchant(core.gateway, shop);
    recorders.push(await source.payment({ ...merchant, merchantName: shop.name, keyId: merchant.apiKey.id }));
    for (let i = 0; i < endpointsPerMerchant && good.length < goodEndpoints; i += 1) {
      good.push(`/good-${good.length}`);
      await source.endpoint(`${receiver.url}${good.at(-1)}`, {}, merchant.merchantId);
    }
  }
  return {
    receiver,
    dead,
    good,
    async fillDead(count) {
      for (let i = 0; i < count; i += 1) await recordForDead("payment.processing");
    },
    async fillGood(count) {
      for (let i = 0; i < count; i += 1) for (const record of recorders) await record("payment.processing");
    },
  };
}

export interface BesideFigures {
  readonly owedToGood: number;
  readonly arrivedAtGood: number;
  /** Calls to the dead endpoint that were open, all of them, when the last good one had been told everything. */
  readonly openAtDead: number;
  /** Calls to the dead endpoint that came before the first to a good one, although a thousand were older. */
  readonly deadBeforeGood: number;
  readonly mostAtOnceAtAnyGood: number;
  readonly goodMs: number;
}

/**
 * Tells the good endpoints while the dead one takes every call and answers none. Everything that the good ones are owed
 * must arrive while the dead one's first calls still hang: then it can have cost them nothing but five places of hundreds.
 */
export async function besideTheDead(core: TestCore, crowd: Crowd, wish: DeadReceiverWish): Promise<BesideFigures> {
  const { receiver, dead, good } = crowd;
  const hanging: ServerResponse[] = [];
  receiver.behave(dead, (response) => void hanging.push(response));
  await crowd.fillDead(wish.backlog);
  await crowd.fillGood(wish.eventsOfGood);
  const owedToGood = good.length * wish.eventsOfGood;
  const arrived = () => good.reduce((sum, path) => sum + receiver.at(path).length, 0);
  const began = performance.now();
  const stopping = new AbortController();
  const running = deliverDue(core.gateway, stopping.signal);
  const deadline = Date.now() + 120_000;
  while (arrived() < owedToGood && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
  const figures = {
    owedToGood,
    arrivedAtGood: arrived(),
    openAtDead: hanging.filter((response) => !response.writableEnded && !response.destroyed).length,
    deadBeforeGood: receiver.shop.received.findIndex((call) => call.path !== dead),
    mostAtOnceAtAnyGood: Math.max(0, ...good.map((path) => receiver.mostAtOnce(path))),
    goodMs: Math.round(performance.now() - began),
  };
  stopping.abort();
  receiver.behave(dead, (response) => response.writeHead(503).end());
  for (const response of hanging) response.writeHead(503).end();
  await running;
  return figures;
}

export interface OutageFigures {
  readonly owed: number;
  readonly delivered: number;
  /** The latest that anything arrived after it was due, in simulated seconds. */
  readonly latestS: number;
  /** The longest that anything waited after the receiver was well again, in simulated seconds. */
  readonly longestWaitS: number;
  /** Over how long the arrivals were spread, in simulated seconds. */
  readonly spreadS: number;
  readonly mostAtOnce: number;
}

const stepMs = 15_000;

/** The dead endpoint answers nothing but 503 for two hours of simulated time, and then is well again. */
export async function outage(core: TestCore, clock: TestClock, crowd: Crowd, hours: number): Promise<OutageFigures> {
  const { gateway } = core;
  const { receiver, dead } = crowd;
  const waiting = () =>
    gateway.db.query<{ id: string; due: Date }>(
      `select d.id, d.next_attempt_at as due from deliveries d join webhook_endpoints w on w.id = d.endpoint_id
       where d.status = 'pending' and w.url like $1`,
      [`%${dead}`],
    );
  const wellAgainMs = clock.now().getTime() + hours * 3_600_000;
  const runUntil = async (isOver: () => Promise<boolean>) => {
    while (!(await isOver())) {
      await deliverDue(gateway);
      clock.advance(stepMs);
    }
  };
  // Not at once, so that calls that are made together are seen together.
  const answerLater = (status: number) => (response: ServerResponse) =>
    void setTimeout(() => response.writeHead(status).end(), 5);
  receiver.behave(dead, answerLater(503));
  await runUntil(async () => clock.now().getTime() >= wellAgainMs);
  receiver.behave(dead, answerLater(200));
  const due = new Map((await waiting()).map((row) => [row.id, row.due.getTime()]));
  await runUntil(async () => (await waiting()).length === 0);
  const rows = await gateway.db.query<{ id: string; at: Date }>(
    "select id, delivered_at as at from deliveries where id = any ($1::text[]) and status = 'delivered'",
    [[...due.keys()]],
  );
  const times = rows.map((row) => row.at.getTime());
  return {
    owed: due.size,
    delivered: rows.length,
    latestS: Math.max(...rows.map((row) => row.at.getTime() - (due.get(row.id) ?? 0))) / 1000,
    longestWaitS: (Math.max(...times) - wellAgainMs) / 1000,
    spreadS: (Math.max(...times) - Math.min(...times)) / 1000,
    mostAtOnce: receiver.mostAtOnce(dead),
  };
}
