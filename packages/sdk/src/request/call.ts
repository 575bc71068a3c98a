import type { WriteOptions } from "../client-options.ts";
import type { KineticPayError } from "../errors/kineticpay-error.ts";

export type QueryValue = string | number | boolean | undefined;
export type Query = Readonly<Record<string, QueryValue>>;

/** One call of the API, whatever number of attempts it takes. */
export interface Call {
  readonly method: "GET" | "POST" | "PATCH" | "PUT";
  /** From `/api/v2` or `/payment` on, with everything in it escaped. */
  readonly path: string;
  readonly query?: Query | undefined;
  readonly body?: unknown;
  /** True for a POST that only reads. */
  readonly changesNothing?: boolean | undefined;
  readonly options?: WriteOptions | undefined;
  /**
   * After a 504: finds out whether the call was carried out. It answers what the call would have, or undefined when it was
   * not, and the call may be sent again; and throws when it could not find out.
   */
  readonly lookUp?: ((left: { readonly timeout: number; readonly maxRetries: number }) => Promise<Answer>) | undefined;
}

/** True when the call can do something. */
export function isWrite(call: Call): boolean {
  return call.method !== "GET" && call.changesNothing !== true && call.options?.validateOnly !== true;
}

/** What came of a call. */
export interface Answer {
  /** The JSON of the answer; undefined from a look-up that found nothing. */
  readonly data: unknown;
  readonly response: Response;
  readonly requestId: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** How often it was sent. */
  readonly attempts: number;
  /** Milliseconds, with all attempts and pauses. */
  readonly elapsedMs: number;
  /** True when it is the answer that an earlier call with the same key was given. */
  readonly isReplayed: boolean;
  /** True when the call ended with a 504, and was then found to have been carried out. */
  readonly isRecovered: boolean;
}

/** What an attempt ended with. */
export type Outcome =
  | { readonly answer: Answer; readonly error?: undefined }
  | { readonly error: KineticPayError; readonly answer?: undefined };

/** A part of a path: nothing in it can lead elsewhere. @throws TypeError when there is none */
export function segment(name: string, value: string): string {
  if (typeof value !== "string" || value === "")
    throw new TypeError(`${name} is missing: it names what the call is about`);
  // Ids are of such characters alone, and need no escaping.
  if (/^[A-Za-z0-9_-]+$/.test(value)) return value;
  // A URL's "." and ".." mean other folders, also when they are escaped.
  if (/^\.{1,2}$/.test(value)) throw new TypeError(`${name} cannot be "${value}"`);
  return encodeURIComponent(value);
}
