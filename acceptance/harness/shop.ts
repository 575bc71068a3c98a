import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { PaymentView } from "@kineticpay/contract/payment";
import { isGenuineWebhook } from "./standard-webhook.ts";
import { until } from "./until.ts";

/** A request that reached the shop. */
export interface Visit {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The body's fields, when it is a form. */
  readonly form: URLSearchParams;
}

/** A v2 callback whose signature was checked. */
export interface Told {
  readonly id: string;
  readonly type: string;
  readonly sequence: number;
  readonly payment: PaymentView;
}

/** A merchant's shop: it records whatever reaches it. */
export interface Shop {
  readonly url: string;
  /** The three addresses that a v2 payment is created with. */
  readonly addresses: { readonly success_url: string; readonly failure_url: string; readonly callback_url: string };
  readonly visits: readonly Visit[];
  /** Paths answer 200 unless told otherwise: this one answers these, one after the other, and then 200 again. */
  answerNext(path: string, ...statuses: readonly (number | "hang" | "reset")[]): void;
  /** Serves a page of the shop's own with this in it. */
  show(path: string, html: string): void;
  visitsTo(path: string): readonly Visit[];
  /** Genuine v2 callbacks about a payment at `/callback` and below, repeats left out; throws when one is not genuine. */
  told(paymentId: string): readonly Told[];
  waitForTold(paymentId: string, type: string, timeoutMs?: number): Promise<Told>;
  waitForVisit(path: string, matches: (visit: Visit) => boolean, timeoutMs?: number): Promise<Visit>;
  close(): Promise<void>;
}

const greeting = "<h1>Thank you for visiting the shop</h1>";

function pageAround(html: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>The shop</title></head><body>${html}</body></html>`;
}

/** Opens a shop on a free port. @param signingSecret what it checks v2 callbacks with */
export async function openShop(signingSecret: string): Promise<Shop> {
  const visits: Visit[] = [];
  const shown = new Map<string, string>();
  const moods = new Map<string, (number | "hang" | "reset")[]>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://shop");
      const body = Buffer.concat(chunks).toString("utf8");
      const isForm = request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true;
      visits.push({
        method: request.method ?? "",
        path: pathname,
        query: searchParams,
        headers: request.headers,
        body,
        form: new URLSearchParams(isForm ? body : ""),
      });
      answer(response, moods.get(pathname)?.shift() ?? 200, pageAround(shown.get(pathname) ?? greeting));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const visitsTo = (path: string) => visits.filter((visit) => visit.path === path);
  const told = (paymentId: string): Told[] => {
    const byId = new Map<string, Told>();
    for (const visit of visits.filter((each) => each.path.startsWith("/callback"))) {
      const event = JSON.parse(visit.body) as { type: string; sequence: number; data: PaymentView };
      if (event.data.id !== paymentId) continue;
      if (!isGenuineWebhook(signingSecret, visit.headers, visit.body)) throw new Error("a callback is not genuine");
      const id = String(visit.headers["webhook-id"]);
      byId.set(id, { id, type: event.type, sequence: event.sequence, payment: event.data });
    }
    return [...byId.values()];
  };
  return {
    url,
    addresses: {
      success_url: `${url}/thanks?cart=7`,
      failure_url: `${url}/again?cart=7`,
      callback_url: `${url}/callback`,
    },
    visits,
    show: (path, html) => shown.set(path, html),
    visitsTo,
    answerNext: (path, ...statuses) => moods.set(path, [...statuses]),
    told,
    waitForTold: (paymentId, type, timeoutMs) =>
      until(`the callback ${type}`, () => told(paymentId).find((each) => each.type === type), timeoutMs),
    waitForVisit: (path, matches, timeoutMs) =>
      until(`a visit to ${path}`, () => visitsTo(path).find(matches), timeoutMs),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function answer(response: ServerResponse, mood: number | "hang" | "reset", page: string): void {
  if (mood === "hang") return;
  if (mood === "reset") {
    response.socket?.destroy();
    return;
  }
  response.writeHead(mood, { "content-type": "text/html; charset=utf-8", connection: "close" });
  response.end(mood === 200 ? page : "The shop is out of order");
}
