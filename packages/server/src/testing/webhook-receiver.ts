import type { ServerResponse } from "node:http";
import { Webhook } from "standardwebhooks";
import { openTestShop, type ReceivedCall, type TestShop } from "./test-shop.ts";

/**
 * Whether the independent Standard Webhooks library makes the same signature of what arrived as one of those that came with
 * it. Its own check also compares with the machine's clock, which simulated time has left behind.
 */
export function isSigned(secret: string, call: ReceivedCall): boolean {
  const header = (name: string) => String(call.headers[name] ?? "");
  const at = new Date(Number(header("webhook-timestamp")) * 1000);
  const expected = new Webhook(secret).sign(header("webhook-id"), at, call.body);
  return header("webhook-signature").split(" ").includes(expected);
}

/** A server for many endpoints, each at a path of its own. */
export interface Receiver {
  readonly url: string;
  /** What arrived at a path, in the order in which it came. */
  at(path: string): readonly ReceivedCall[];
  /** The most calls that were open at once at a path. */
  mostAtOnce(path: string): number;
  /** How calls to a path are answered from now on; with 200 unless told otherwise. */
  behave(path: string, answer: ((response: ServerResponse, call: ReceivedCall) => void) | undefined): void;
  readonly shop: TestShop;
  close(): Promise<void>;
}

export async function openReceiver(): Promise<Receiver> {
  const shop = await openTestShop();
  const answers = new Map<string, (response: ServerResponse, call: ReceivedCall) => void>();
  const arrived = new Map<string, ReceivedCall[]>();
  const open = new Map<string, number>();
  const most = new Map<string, number>();
  shop.behave((response, call) => {
    const { path } = call;
    arrived.set(path, [...(arrived.get(path) ?? []), call]);
    const now = (open.get(path) ?? 0) + 1;
    open.set(path, now);
    most.set(path, Math.max(most.get(path) ?? 0, now));
    response.once("close", () => open.set(path, (open.get(path) ?? 0) - 1));
    const answer = answers.get(path);
    if (answer === undefined) response.end();
    else answer(response, call);
  });
  return {
    url: shop.url,
    shop,
    at: (path) => arrived.get(path) ?? [],
    mostAtOnce: (path) => most.get(path) ?? 0,
    behave(path, answer) {
      if (answer === undefined) answers.delete(path);
      else answers.set(path, answer);
    },
    close: () => shop.close(),
  };
}
