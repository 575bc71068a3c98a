import type { BreakerOptions } from "./request/circuit-breaker.ts";
import type { Hooks } from "./request/hooks.ts";
import type { RetryBudgetOptions } from "./request/retry-budget.ts";

/** A `fetch`, such as the global one. */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** How a client is set up. Every member may be left out. */
export interface ClientOptions {
  /**
   * The secret key, `kp_test_…` or `kp_live_…`, or a function that fetches it for each attempt. Taken from
   * `KINETICPAY_API_KEY` when left out. It is never judged here: the gateway says what is wrong with a key.
   */
  readonly apiKey?: string | (() => string | Promise<string>) | undefined;
  /** Where the gateway is, without `/api/v2`. `KINETICPAY_BASE_URL`, or `http://127.0.0.1:8080` when left out. */
  readonly baseURL?: string | undefined;
  /** Milliseconds for a call in all, every attempt and pause included. 30,000 when left out. */
  readonly timeout?: number | undefined;
  /** Milliseconds for one attempt. Half of `timeout` when left out, so that a silent connection leaves time for another. */
  readonly attemptTimeout?: number | undefined;
  /** How often a call is sent again at most. 2 when left out. */
  readonly maxRetries?: number | undefined;
  /** What sends the calls; the global `fetch` when left out. */
  readonly fetch?: Fetch | undefined;
  /** Headers for every call. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** How much may be sent again in all; false for no such limit. */
  readonly retryBudget?: RetryBudgetOptions | false | undefined;
  /** When a failing host is left alone; false for never. */
  readonly breaker?: BreakerOptions | false | undefined;
  /** Onlookers for logs, metrics and traces. */
  readonly hooks?: Hooks | undefined;
  /** The secret of a webhook endpoint, `whsec_…`, or several while one is replaced by another. */
  readonly webhookSecret?: string | readonly string[] | undefined;
  /** Lets a client be made in a page of a browser, where its key is everybody's. */
  readonly dangerouslyAllowBrowser?: boolean | undefined;
}

/** How one call differs from the client's ways. */
export interface CallOptions {
  /** Only {@link ValidateOptions} have it. */
  readonly validateOnly?: false | undefined;
  /** 1 to 255 printable ASCII characters. A new UUID for each call that changes something, when left out. */
  readonly idempotencyKey?: string | undefined;
  /** Milliseconds for the call in all. */
  readonly timeout?: number | undefined;
  /** Milliseconds for one attempt. */
  readonly attemptTimeout?: number | undefined;
  readonly maxRetries?: number | undefined;
  /** Ends the call when it is aborted; the call then throws an AbortedError. */
  readonly signal?: AbortSignal | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** What the sandbox shall do wrong with each attempt, such as `"bank_timeout; after=commit"`. */
  readonly fault?: string | undefined;
}

/** Asks whether a call would be accepted, and does nothing. */
export interface ValidateOptions extends Omit<CallOptions, "validateOnly"> {
  readonly validateOnly: true;
}

/** The options of a call that changes something. */
export type WriteOptions = CallOptions | ValidateOptions;
