import { setTimeout as pause } from "node:timers/promises";
import type { KineticPayEvent } from "kineticpay";
import { CliError } from "../cli-error.ts";
import { postWebhook } from "../webhooks/post-webhook.ts";
import { signedHeaders } from "../webhooks/sign.ts";
import type { Courier, Sent } from "./trial.ts";

const pieces = 5;
const ordersWithinMs = 10_000;

function inPieces(body: string, overMs: number, signal: AbortSignal): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(body);
  const size = Math.ceil(bytes.length / pieces);
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      if (at > 0) await pause(overMs / (pieces - 1), undefined, { signal });
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
      if (at >= bytes.length) controller.close();
    },
  });
}

/** What the shop shows of an order: a page or JSON of its own, of which only changes matter. */
async function readOrder(template: string, event: KineticPayEvent, signal: AbortSignal): Promise<string> {
  const { invoice = "" } = event.data as { readonly invoice?: string };
  const url = template
    .replaceAll("{invoice}", encodeURIComponent(invoice))
    .replaceAll("{payment}", event.payment ?? "");
  try {
    const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(ordersWithinMs)]) });
    return `${answer.status} ${await answer.text()}`;
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new CliError("orders_unreachable", `The shop does not show orders at ${url}.`, {
      next: "correct --orders-url, or leave it out to judge answers alone",
      cause,
    });
  }
}

/** Sends what trials want sent to this shop. @param ordersUrl where the shop shows an order, with `{invoice}` in it */
export function openCourier(
  url: string,
  secret: string,
  ordersUrl: string | undefined,
  signal: AbortSignal,
): Courier & { readonly all: readonly Sent[] } {
  const all: Sent[] = [];
  const noted = async (what: string, headers: Record<string, string>, body: string | ReadableStream<Uint8Array>) => {
    const sent = { what, posted: await postWebhook(url, headers, body, signal) };
    all.push(sent);
    return sent;
  };
  return {
    all,
    secret,
    ordinary: undefined,
    send(event) {
      const body = JSON.stringify(event);
      return noted(event.type, signedHeaders(secret, event.id, body), body);
    },
    sendRaw: (what, headers, body) => noted(what, { ...headers }, body),
    sendSlowly(event, overMs) {
      const body = JSON.stringify(event);
      return noted(`a slow ${event.type}`, signedHeaders(secret, event.id, body), inPieces(body, overMs, signal));
    },
    orderOf: async (event) => (ordersUrl === undefined ? undefined : readOrder(ordersUrl, event, signal)),
  };
}
