import { noLimits } from "@kineticpay/server/testing/no-limits";
import { openTestApp, type TestApp } from "@kineticpay/server/testing/test-app";
import { KineticPay } from "../client.ts";
import type { ClientOptions } from "../client-options.ts";
import type { BreakerEvent } from "../request/circuit-breaker.ts";
import type { Hooks, RequestEvent, ResponseEvent, RetryEvent } from "../request/hooks.ts";

/** What a client's hooks were told, in its order. */
export interface Told {
  readonly requests: RequestEvent[];
  readonly responses: ResponseEvent[];
  readonly retries: RetryEvent[];
  readonly breaker: BreakerEvent[];
  readonly hooks: Hooks;
}

/** Hooks that write down what they are told. */
export function newTold(): Told {
  const requests: RequestEvent[] = [];
  const responses: ResponseEvent[] = [];
  const retries: RetryEvent[] = [];
  const breaker: BreakerEvent[] = [];
  const hooks: Hooks = {
    request: (event) => requests.push(event),
    response: (event) => responses.push(event),
    retry: (event) => retries.push(event),
    breaker: (event) => breaker.push(event),
  };
  return { requests, responses, retries, breaker, hooks };
}

export interface TestGateway {
  readonly app: TestApp;
  readonly baseURL: string;
  /** A client with the merchant's key, and what its hooks are told. */
  client(options?: ClientOptions): { readonly client: KineticPay; readonly told: Told };
  /** What a shop asks for; each time another invoice. */
  order(): { amount: number; invoice: string; success_url: string; failure_url: string };
  close(): Promise<void>;
}

/** A real gateway on a database of its own, and clients of it. */
export async function openTestGateway(): Promise<TestGateway> {
  const app = await openTestApp({ settings: noLimits });
  const baseURL = `http://127.0.0.1:${app.port}`;
  let invoices = 0;
  return {
    app,
    baseURL,
    client(options = {}) {
      const told = newTold();
      const client = new KineticPay({ apiKey: app.merchant.apiKey.key, baseURL, hooks: told.hooks, ...options });
      return { client, told };
    },
    order: () => ({
      amount: 1250,
      invoice: `SDK-${++invoices}`,
      success_url: "https://shop.example/thanks",
      failure_url: "https://shop.example/again",
    }),
    close: () => app.close(),
  };
}
