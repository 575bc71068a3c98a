import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** What a callback told the shop. */
export interface ShopNews {
  readonly type: string;
  readonly paymentId: string;
  readonly status: string;
}

/** A shop that a payment is made at. It believes a callback only when its signature is good. */
export interface DemoShop {
  readonly url: string;
  /** Callbacks that were genuine, in the order in which they came. */
  readonly news: readonly ShopNews[];
  /** Callbacks that were not. */
  readonly refused: () => number;
  /** The payment that a returning buyer's address named. */
  readonly returned: () => string | undefined;
  close(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** Standard Webhooks 1.0: HMAC-SHA256 over id, timestamp and the body as it came. */
function isGenuine(signingSecret: string, request: IncomingMessage, body: string): boolean {
  const key = Buffer.from(signingSecret.replace(/^whsec_/, ""), "base64");
  const signed = `${request.headers["webhook-id"]}.${request.headers["webhook-timestamp"]}.${body}`;
  const expected = Buffer.from(`v1,${createHmac("sha256", key).update(signed).digest("base64")}`);
  const received = Buffer.from(String(request.headers["webhook-signature"]));
  return expected.length === received.length && timingSafeEqual(expected, received);
}

/** Opens the shop on a free port of loopback. */
export async function openDemoShop(signingSecret: string): Promise<DemoShop> {
  const news: ShopNews[] = [];
  let refused = 0;
  let returned: string | undefined;
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://shop.invalid");
      if (pathname === "/callback" && isGenuine(signingSecret, request, body)) {
        const event = JSON.parse(body) as { type: string; data: { id: string; status: string } };
        news.push({ type: event.type, paymentId: event.data.id, status: event.data.status });
      } else if (pathname === "/callback") refused += 1;
      else if (pathname === "/thanks") returned = searchParams.get("payment_id") ?? undefined;
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end('<!doctype html><html lang="en"><title>Kopitiam</title><h1>Thank you! Your teas are coming.</h1>');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    news,
    refused: () => refused,
    returned: () => returned,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
