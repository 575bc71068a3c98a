import type { Caller } from "../cast/call.ts";
import type { Random } from "../random.ts";

/** A gateway as shops see it: where its processes are, and keys of a shop. */
export interface OneGateway {
  readonly urls: readonly string[];
  readonly apiKey: string;
  readonly merchantKey: string;
  /** Counts rows of its database, past it: the text goes after `select count(*) from`. */
  count(text: string, values: readonly unknown[]): Promise<number>;
}

export interface Asked {
  readonly method: "POST" | "PATCH";
  readonly path: string;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly code: string;
  /** What was made or shown. */
  readonly id: string;
  readonly isReplayed: boolean;
}

/** @throws Error when no answer came */
async function reply(
  caller: Caller,
  url: string,
  headers: Readonly<Record<string, string>>,
  asked: Asked,
): Promise<Reply> {
  const reached = await caller.call({ method: asked.method, url: `${url}${asked.path}`, headers, body: asked.body });
  if (reached.kind !== "answer") throw new Error(`${asked.method} ${asked.path} was ${reached.kind}`);
  const { code = "", id = "" } = JSON.parse(reached.text) as { code?: string; id?: string };
  const isReplayed = reached.headers["idempotency-replayed"] === "true";
  return { status: reached.status, text: reached.text, code, id, isReplayed };
}

/** A call of the v2 API; under an idempotency key, if one is given. */
export function callApi(
  gateway: OneGateway,
  caller: Caller,
  url: string,
  asked: Asked,
  idempotencyKey?: string,
): Promise<Reply> {
  const headers = {
    authorization: `Bearer ${gateway.apiKey}`,
    "content-type": "application/json",
    ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
  };
  return reply(caller, url, headers, asked);
}

/** A call of the first protocol. */
export function callWire(caller: Caller, url: string, path: string, fields: Readonly<Record<string, string>>) {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return reply(caller, url, headers, { method: "POST", path, body: new URLSearchParams(fields).toString() });
}

export interface Wish {
  readonly invoice: string;
  readonly amount: number;
  readonly description: string;
}

/** Asks for a payment; the same wish gives the same JSON, in an order of members that the caller chooses. */
export function paymentCall(
  wish: Wish,
  order: (names: readonly string[]) => readonly string[] = (names) => names,
): Asked {
  const members: Readonly<Record<string, unknown>> = {
    ...wish,
    success_url: "https://shop.example/thanks",
    failure_url: "https://shop.example/again",
  };
  const body = Object.fromEntries(order(Object.keys(members)).map((name) => [name, members[name]]));
  return { method: "POST", path: "/api/v2/payments", body: JSON.stringify(body) };
}

/** The list in another order. */
export function shuffled<T>(random: Random, list: readonly T[]): T[] {
  const rest = [...list];
  return list.map(() => rest.splice(random.whole(0, rest.length - 1), 1)[0] as T);
}

/** How often an event was written of the payments of some invoices. */
export const eventsOf = "events e join payments p on p.id = e.payment_id where p.invoice = any($1)";
