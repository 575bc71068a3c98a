import type { GatewayError } from "@kineticpay/contract/errors/gateway-error";

export type Protocol = "v2" | "wire";

/** Whose key made a call. */
export interface CallOwner {
  readonly merchantId: string;
  readonly collectionId: string;
  readonly keyId: string;
}

/** What was sent as a key: enough to find its owner when the call was refused before one was established. */
export interface PresentedKey {
  readonly kind: "api_key" | "merchant_key";
  readonly text: string;
  readonly hint: string;
}

/** A call as the HTTP side hands it over, raw. Nothing of it is stored before it has been redacted. */
export interface LoggedCall {
  readonly id: string;
  readonly at: Date;
  readonly durationMs: number;
  readonly protocol: Protocol;
  readonly method: string;
  readonly route: string;
  /** Without the query string. */
  readonly path: string;
  /** What follows the question mark. */
  readonly query: string;
  readonly address: string;
  readonly owner: CallOwner | undefined;
  readonly key: PresentedKey | undefined;
  /** The parsed body, or the text of one that could not be parsed; undefined when none was read. */
  readonly body: unknown;
  /** The length that the body said it has. */
  readonly bodyBytes: number;
  readonly status: number;
  readonly failure: GatewayError | undefined;
  /** The failure was asked for, in the sandbox. */
  readonly rehearsed: boolean;
  /** The answer of a call that went well. */
  readonly answer: string | undefined;
}

/** One row of the log: redacted, and small. */
export interface LogRow {
  readonly id: string;
  readonly merchant_id: string | null;
  readonly collection_id: string | null;
  readonly key_id: string | null;
  readonly key_hint: string;
  /** SHA-256 in hex of a key whose owner is still to be found. */
  readonly key_hash: string | null;
  readonly key_kind: string | null;
  readonly address: string;
  readonly protocol: Protocol;
  readonly method: string;
  readonly route: string;
  readonly path: string;
  readonly query: unknown;
  readonly status: number;
  readonly code: string;
  readonly duration_ms: number;
  readonly request_body: unknown;
  readonly answer_body: unknown;
  readonly created_at: string;
}
