import { setTimeout as pause } from "node:timers/promises";
import type { PaymentView } from "@kineticpay/contract/payment";
import type { Random } from "../random.ts";
import { arrive, chooseWay, decideFor, tell } from "./bank.ts";
import { type Caller, type Observe, openCaller } from "./call.ts";
import { runOffice } from "./clerk.ts";
import { Abandoned, insist, type Patience, WrongAnswer } from "./insist.ts";
import { bearer, type Created, chooseBank, create, newOrder, type Order, returnToShop } from "./shopper.ts";
import type { Town } from "./town.ts";

/** Clients, buyers and a bank at work, until they are told to stop. */
export interface Load {
  /** Lets everyone finish what they are at, however often they have to try; resolves when they have. */
  finish(): Promise<void>;
}

export interface LoadOptions {
  readonly workers: number;
  /** Also changes keys, collections and fault rules. */
  readonly withOffice?: boolean;
  /** The most copies of one direct message at once. */
  readonly mostCopies?: number;
  /** How long after `finish` a player goes on trying. */
  readonly patienceMs?: number;
  /** Told of every call and what came of it. */
  readonly observe?: Observe;
}

interface Player extends Patience {
  readonly town: Town;
  readonly caller: Caller;
  readonly random: Random;
  readonly mostCopies: number;
}

const defaultPatienceMs = 60_000;

async function look(player: Player, id: string): Promise<PaymentView> {
  const { town } = player;
  const call = { method: "GET", url: `${town.gateway.url}/api/v2/payments/${id}`, headers: bearer(town) };
  return JSON.parse((await insist(player.caller, call, player)).text) as PaymentView;
}

/** The same order once more gives the same payment; over the wire protocol also when its buyer is to return elsewhere. */
async function askAgain(player: Player, order: Order, created: Created): Promise<void> {
  const turn = player.random.whole(0, 1);
  const again = await create(player.town, player.caller, { ...order, turn }, player);
  if (again.id !== created.id)
    player.town.notebook.violation(`invoice ${order.invoice} was ${created.id}, and asked again ${again.id}`);
}

async function change(player: Player, created: Created): Promise<void> {
  const { town } = player;
  const url = `${town.gateway.url}/api/v2/payments/${created.id}`;
  const description = `Changed ${player.random.whole(1, 1_000_000)}`;
  const body = JSON.stringify({ description });
  await insist(player.caller, { method: "PATCH", url, headers: bearer(town), body }, player);
  await town.journal.add({ what: "described", id: created.id, description });
}

async function cancel(player: Player, created: Created): Promise<void> {
  const { town } = player;
  const url = `${town.gateway.url}/api/v2/payments/${created.id}/cancel`;
  await insist(player.caller, { method: "POST", url, headers: bearer(town), body: "{}" }, player);
  await town.journal.add({ what: "cancelled", id: created.id });
}

const mostScripts = 400;
const scripts = new WeakMap<Town, number>();

/** The first enquiry about this order will find the line dead. */
async function disturbEnquiry(town: Town, invoice: string): Promise<void> {
  const { control } = town.exchange;
  const count = scripts.get(town) ?? 0;
  // The exchange keeps no more than a thousand; those that are cleared have done their work, or will not be missed.
  if (count % mostScripts === mostScripts - 1) await control.clearScripts();
  scripts.set(town, count + 1);
  await control.script({ match: { seller_order_no: invoice }, ae: "reset", ae_times: 1 });
}

async function pay(player: Player, order: Order, created: Created): Promise<void> {
  const { town, caller, random } = player;
  const handOff = await chooseBank(town, caller, created, player);
  if (handOff === undefined) return town.notebook.violation(`${created.id} could not be paid though nobody had`);
  await arrive(town, caller, handOff, player);
  const code = random.chance(0.85) ? "00" : "51";
  const way = chooseWay(random);
  const copies = random.whole(1, player.mostCopies);
  const { orderNumber } = handOff;
  const isDisturbed = way === "silent" && random.chance(0.5);
  if (isDisturbed) await disturbEnquiry(town, order.invoice);
  await decideFor(town, orderNumber, code, order.invoice);
  const asked = isDisturbed || random.chance(0.2) ? requery(player, created) : undefined;
  await Promise.all([tell(town, caller, { orderNumber, code, way, copies }, player), asked]);
  const wasTold = way === "direct" || way === "both";
  if (code !== "00" || !wasTold) return;
  const seen = await look(player, created.id);
  if (seen.status !== "paid") return town.notebook.violation(`${created.id} is ${seen.status} after the bank read OK`);
  await town.journal.add({ what: "seen_paid", id: created.id });
  if (random.chance(0.4)) await returnToShop(town, caller, created, player);
}

/** With a key of its own each time: a process that dies at work holds a key that reaches out for a minute. */
async function requery(player: Player, created: Created): Promise<void> {
  const { town, caller, random } = player;
  const url = `${town.gateway.url}/api/v2/payments/${created.id}/requery`;
  for (;;) {
    const headers = { ...bearer(town), "idempotency-key": `requery-${created.id}-${random.whole(1, 2 ** 31)}` };
    const reached = await caller.call({ method: "POST", url, headers, body: "{}" });
    if (reached.kind === "answer" && reached.status === 200) return;
    if (reached.kind === "answer" && (reached.status === 500 || (reached.status < 500 && reached.status !== 429)))
      throw new WrongAnswer(`a requery was answered ${reached.status}: ${reached.text.slice(0, 300)}`);
    if (player.isOver()) throw new Abandoned();
    await pause(50);
  }
}

/** Left alone it expires at once, and its invoice may then be asked for anew. */
export const shortLived = "short-";

async function onePayment(player: Player, name: string): Promise<void> {
  const { town, caller, random } = player;
  const fate = random.fraction();
  const isShort = fate >= 0.97;
  const plain = newOrder(random, isShort ? `${shortLived}${name}` : name);
  const order: Order = isShort ? { ...plain, protocol: "v2", expiresInS: 1 } : plain;
  const created = await create(town, caller, order, player);
  const { invoice, amountSen, protocol } = order;
  await town.journal.add({ what: "created", id: created.id, invoice, amountSen, protocol });
  town.notebook.count("payments");
  if (!isShort && random.chance(protocol === "wire" ? 0.4 : 0.1)) await askAgain(player, order, created);
  if (fate < 0.82) return pay(player, order, created);
  if (fate < 0.88) return change(player, created);
  if (fate < 0.93) return cancel(player, created);
}

async function work(player: Player, name: string, isStopping: () => boolean): Promise<void> {
  for (let number = 1; !isStopping(); number += 1) {
    try {
      await onePayment(player, `${name}-${number}`);
    } catch (error) {
      if (error instanceof Abandoned) return player.town.notebook.count("abandoned");
      player.town.notebook.violation(error instanceof Error ? error.message : String(error));
    }
  }
}

let loads = 0;

/** Sets a town to work. */
export function startLoad(town: Town, options: LoadOptions): Load {
  const caller = openCaller(4 * options.workers + 8, options.observe);
  loads += 1;
  let stoppedAt = Number.POSITIVE_INFINITY;
  const patienceMs = options.patienceMs ?? defaultPatienceMs;
  const isStopping = () => performance.now() > stoppedAt;
  const isOver = () => performance.now() > stoppedAt + patienceMs;
  const playing = Array.from({ length: options.workers }, (_, index) => {
    const name = `${loads}-${index}`;
    const random = town.random.fork(`worker ${name}`);
    return work({ town, caller, random, mostCopies: options.mostCopies ?? 3, isOver }, name, isStopping);
  });
  if (options.withOffice === true) playing.push(runOffice(town, caller, { isOver }, isStopping));
  return {
    async finish() {
      stoppedAt = performance.now();
      await Promise.all(playing);
      caller.close();
    },
  };
}
