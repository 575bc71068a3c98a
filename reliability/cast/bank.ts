import { setTimeout as pause } from "node:timers/promises";
import type { Random } from "../random.ts";
import type { Caller } from "./call.ts";
import { Abandoned, insist, type Patience, WrongAnswer } from "./insist.ts";
import type { HandOff } from "./shopper.ts";
import type { Town } from "./town.ts";

/** How the gateway hears of a decision. Whatever is left out, it has to ask for. */
export type Way = "direct" | "browser" | "both" | "silent";

const form = { "content-type": "application/x-www-form-urlencoded" };

/** Takes the buyer's request to the exchange, past whatever troubles the gateway on its own way there. */
export async function arrive(town: Town, caller: Caller, handOff: HandOff, patience: Patience): Promise<void> {
  const body = new URLSearchParams(handOff.fields).toString();
  const url = `${town.exchange.url}${new URL(handOff.action).pathname}`;
  await insist(caller, { method: "POST", url, headers: form, body }, patience, [200, 303]);
}

/** The bank decides for good; the exchange itself sends nothing, since this bank does. */
export async function decideFor(town: Town, orderNumber: string, code: string, invoice: string): Promise<void> {
  await town.exchange.control.decide(orderNumber, code, "drop");
  await town.journal.add({ what: "decided", orderNumber, code, invoice });
}

const longestPauseMs = 400;

/** Sends one message once, and looks at nothing but whether it was lost. */
export async function sendOnce(caller: Caller, to: { readonly url: string; readonly body: string }): Promise<void> {
  await caller.call({ method: "POST", url: to.url, body: to.body, headers: form, timeoutMs: 10_000 });
}

/** Sends the direct message again and again until it is acknowledged, as PayNet does, and writes each `OK` down. */
export async function sendDirect(town: Town, caller: Caller, message: Sent, patience: Patience): Promise<void> {
  for (let waitMs = 20; ; waitMs = Math.min(waitMs * 2, longestPauseMs)) {
    const { url, body } = message.direct;
    const reached = await caller.call({ method: "POST", url, headers: form, body, timeoutMs: 10_000 });
    if (reached.kind === "answer" && reached.status === 200 && reached.text === "OK") {
      town.notebook.count("acknowledged messages");
      return town.journal.add({ what: "ok", orderNumber: message.orderNumber, code: message.code });
    }
    if (reached.kind === "answer" && (reached.status < 500 || reached.status === 500)) {
      throw new WrongAnswer(`a genuine bank message was answered ${reached.status}: ${reached.text.slice(0, 300)}`);
    }
    if (patience.isOver()) throw new Abandoned();
    await pause(waitMs);
  }
}

/** A message in both of its forms, ready to be sent. */
export interface Sent {
  readonly orderNumber: string;
  readonly code: string;
  readonly direct: { readonly url: string; readonly body: string };
  readonly browser: { readonly url: string; readonly body: string };
}

/** Has the exchange sign what it says of a decision, for the server and for the browser. */
export async function compose(town: Town, orderNumber: string, code: string): Promise<Sent> {
  const { control } = town.exchange;
  const direct = await control.message(orderNumber, { route: "direct", code });
  const browser = await control.message(orderNumber, { route: "indirect", code });
  return { orderNumber, code, direct, browser };
}

/**
 * Tells the gateway of a decision: the server's message in one to `mostCopies` copies at once, each until it is
 * acknowledged, and the browser's once, which may be lost on the way.
 */
export async function tell(
  town: Town,
  caller: Caller,
  about: { readonly orderNumber: string; readonly code: string; readonly way: Way; readonly copies: number },
  patience: Patience,
): Promise<void> {
  if (about.way === "silent") return;
  const message = await compose(town, about.orderNumber, about.code);
  const byBrowser = about.way === "browser" || about.way === "both";
  const copies = about.way === "browser" ? 0 : about.copies;
  await Promise.all([
    ...Array.from({ length: copies }, () => sendDirect(town, caller, message, patience)),
    ...(byBrowser ? [sendOnce(caller, message.browser)] : []),
  ]);
}

export function chooseWay(random: Random): Way {
  const share = random.fraction();
  if (share < 0.6) return "direct";
  if (share < 0.8) return "both";
  return share < 0.9 ? "browser" : "silent";
}
