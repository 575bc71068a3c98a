import type { PaymentView } from "@kineticpay/contract/payment";

/** An answer, with its body as JSON where it is that. */
export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: T;
}

/** The members of every failure, by the error contract. */
export interface Failure {
  readonly type: string;
  readonly message: string;
  readonly code: string;
  readonly status: number;
  readonly request_id: string;
  readonly doc_url: string;
  readonly retryable: boolean;
  readonly fields?: readonly {
    readonly path: string;
    readonly code: string;
    readonly message: string;
    readonly expected: string;
  }[];
  readonly retry_after?: number;
  readonly meta: Readonly<Record<string, unknown>>;
}

export interface PaymentList {
  readonly object: "list";
  readonly data: readonly PaymentView[];
  readonly has_more: boolean;
}

/** The v2 API as a merchant's program calls it. The short forms throw when the answer is not 200. */
export interface Api {
  call<T>(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer<T>>;
  create(input?: Readonly<Record<string, unknown>>): Promise<PaymentView>;
  get(id: string): Promise<PaymentView>;
  list(query?: Readonly<Record<string, string>>): Promise<PaymentList>;
}

const timeoutMs = 20_000;
let lastInvoice = 10_000;

/** An invoice that no other test of this run uses. */
export function newInvoice(): string {
  lastInvoice += 1;
  return `A${process.pid}-${lastInvoice}`;
}

/** Sends a request and reads the answer whole. */
export async function send<T>(url: string, init: RequestInit = {}): Promise<Answer<T>> {
  const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(timeoutMs), ...init });
  const text = await response.text();
  const isJson = /\bjson\b/.test(response.headers.get("content-type") ?? "");
  return { status: response.status, headers: response.headers, text, body: (isJson ? JSON.parse(text) : text) as T };
}

export function apiOf(baseUrl: string, key: string): Api {
  const call = <T>(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) =>
    send<T>(`${baseUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const must = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await call<T>(method, path, body);
    if (answer.status !== 200) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
    return answer.body;
  };
  return {
    call,
    create: (input = {}) => must("POST", "/api/v2/payments", { ...ordinary(), ...input }),
    get: (id) => must("GET", `/api/v2/payments/${id}`),
    list: (query = {}) => must("GET", `/api/v2/payments?${new URLSearchParams(query)}`),
  };
}

/** The fields of a payment that nothing is special about. */
export function ordinary() {
  return {
    amount: 1250,
    invoice: newInvoice(),
    description: "Two tins of paint",
    success_url: "http://127.0.0.1:9/success",
    failure_url: "http://127.0.0.1:9/failure",
  };
}
