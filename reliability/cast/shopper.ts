import { parse } from "node-html-parser";
import type { Random } from "../random.ts";
import type { Caller } from "./call.ts";
import { Abandoned, type Answer, insist, type Patience } from "./insist.ts";
import type { Town } from "./town.ts";

/** What a shop asks for, chosen by chance and the same however often it is asked. */
export interface Order {
  readonly invoice: string;
  readonly amountSen: number;
  readonly protocol: "v2" | "wire";
  readonly expiresInS?: number;
  /** How often the order was changed in what it asks for: the wire protocol then changes the payment. */
  readonly turn?: number;
}

/** A payment that the gateway acknowledged. */
export interface Created {
  readonly id: string;
  readonly checkoutPath: string;
}

export function newOrder(random: Random, invoice: string): Order {
  return {
    invoice,
    amountSen: random.whole(100, 500_000),
    protocol: random.chance(0.3) ? "wire" : "v2",
  };
}

const pathOf = (address: string) => new URL(address).pathname;
const form = { "content-type": "application/x-www-form-urlencoded" };

export function bearer(town: Town): Record<string, string> {
  return { authorization: `Bearer ${town.access.api_key}`, "content-type": "application/json" };
}

function createV2(town: Town, order: Order) {
  const body = {
    amount: order.amountSen,
    invoice: order.invoice,
    description: "Two tins of paint",
    success_url: "http://127.0.0.1:9/success",
    failure_url: "http://127.0.0.1:9/failure",
    callback_url: town.receiver.v2Url,
    ...(order.expiresInS === undefined ? {} : { expires_in: order.expiresInS }),
  };
  const headers = { ...bearer(town), "idempotency-key": `order-${order.invoice}` };
  return { method: "POST", url: `${town.gateway.url}/api/v2/payments`, headers, body: JSON.stringify(body) };
}

function createWire(town: Town, order: Order) {
  const fields = {
    merchant_key: town.access.merchant_key,
    invoice: order.invoice,
    amount: (order.amountSen / 100).toFixed(2),
    description: "Two tins of paint",
    callback_success: `http://127.0.0.1:9/success/${order.turn ?? 0}`,
    callback_error: "http://127.0.0.1:9/failure",
    callback_status: town.receiver.wireUrl,
    bank: "MB2U0227",
  };
  const body = new URLSearchParams(fields).toString();
  return { method: "POST", url: `${town.gateway.url}/payment/create`, headers: form, body };
}

/** Asks for a payment until it is acknowledged. */
export async function create(town: Town, caller: Caller, order: Order, patience: Patience): Promise<Created> {
  const call = order.protocol === "v2" ? createV2(town, order) : createWire(town, order);
  const answer = await insist(caller, call, patience);
  const made = JSON.parse(answer.text) as { id: string; checkout_url: string };
  return { id: made.id, checkoutPath: pathOf(made.checkout_url) };
}

/** The signed request that takes a buyer to the bank. */
export interface HandOff {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly orderNumber: string;
}

function readHandOff(html: string): HandOff {
  const found = parse(html).querySelector("#hand-off");
  const fields: Record<string, string> = {};
  for (const input of found?.querySelectorAll("input") ?? []) {
    const name = input.getAttribute("name");
    if (name !== undefined) fields[name] = input.getAttribute("value") ?? "";
  }
  return { action: found?.getAttribute("action") ?? "", fields, orderNumber: fields["fpx_sellerExOrderNo"] ?? "" };
}

/** Where the checkout sends a browser after a form, with the query taken apart. */
function locationOf(town: Town, answer: Answer): URL {
  return new URL(answer.headers.location ?? "", town.gateway.url);
}

/**
 * A buyer who chooses a bank, and goes on when a page breaks until the form that leads to the bank is there. An attempt
 * that an earlier try began is taken up, or, when the page warns of it, a further one begun.
 * @returns undefined when the payment cannot be paid any more
 */
export async function chooseBank(
  town: Town,
  caller: Caller,
  created: Created,
  patience: Patience,
): Promise<HandOff | undefined> {
  const url = `${town.gateway.url}${created.checkoutPath}`;
  let confirmed = false;
  for (;;) {
    const chosen = { bank: "MB2U0227", model: "b2c", ...(confirmed ? { confirmed: "1" } : {}) };
    const body = new URLSearchParams(chosen).toString();
    const begun = await insist(
      caller,
      { method: "POST", url: `${url}/attempts`, headers: form, body },
      patience,
      [303],
    );
    const next = locationOf(town, begun);
    if (next.pathname.endsWith("/handoff")) {
      const page = await insist(caller, { method: "GET", url: next.href }, patience, [200, 303]);
      if (page.status === 200) return readHandOff(page.text);
    } else if (next.searchParams.get("step") !== "confirm") return undefined;
    confirmed = true;
    if (patience.isOver()) throw new Abandoned();
  }
}

/** The buyer comes back to the shop. */
export async function returnToShop(town: Town, caller: Caller, created: Created, patience: Patience): Promise<void> {
  const call = { method: "GET", url: `${town.gateway.url}${created.checkoutPath}/return` };
  await insist(caller, call, patience, [200, 303]);
}
