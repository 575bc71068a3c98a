import type { ErrorCode } from "@kineticpay/contract/errors/catalogue";
import type { ErrorBody } from "@kineticpay/contract/errors/error-body";

/** What goes with a call beyond its method and path. */
export interface Sent {
  /** Values for the parts of the path that begin with a colon. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** In place of `body`, as it is. */
  readonly raw?: string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Another key than the traveller's own; null for none. */
  readonly key?: string | null;
  /** Past the proxy, which refuses by itself what it cannot read. */
  readonly direct?: boolean;
}

/** What one operation was seen to answer. */
export interface Sight {
  /** The first success, with what was sent for it. */
  request?: unknown;
  answer?: unknown;
  readonly failures: Map<ErrorCode, ErrorBody>;
  /** "200" and codes. */
  readonly outcomes: Set<string>;
}

/** Somebody who calls operations such as `POST /api/v2/payments` through a judging proxy, and remembers what came back. */
export interface Traveller {
  readonly seen: ReadonlyMap<string, Sight>;
  /** What the proxy found against answers, and against requests that were meant to be right. */
  readonly violations: readonly string[];
  /** @throws Error unless it succeeds */
  ok<T = Readonly<Record<string, unknown>>>(operation: string, sent?: Sent): Promise<T>;
  /** @throws Error unless it fails with that code */
  fails(code: ErrorCode, operation: string, sent?: Sent): Promise<ErrorBody>;
  /** Remembers an answer that came another way, such as over a bare socket. */
  remember(operation: string, body: ErrorBody): void;
}

interface Violation {
  readonly location: readonly string[];
  readonly message: string;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly violations: readonly Violation[];
}

/** The request's address and parts, for `fetch`. */
function requestOf(operation: string, sent: Sent, ownKey: string): { method: string; path: string; init: RequestInit } {
  const [method = "", url = ""] = operation.split(" ");
  const filled = url.replace(/:(\w+)/g, (_part, name: string) => encodeURIComponent(sent.params?.[name] ?? name));
  const query = sent.query === undefined ? "" : `?${new URLSearchParams(sent.query)}`;
  const text = sent.raw ?? (sent.body === undefined ? undefined : JSON.stringify(sent.body));
  const key = sent.key === undefined ? ownKey : sent.key;
  const headers = {
    ...(key === null ? {} : { authorization: `Bearer ${key}` }),
    ...(text === undefined ? {} : { "content-type": sent.contentType ?? "application/json" }),
    ...sent.headers,
  };
  return {
    method,
    path: `${filled}${query}`,
    init: { method, headers, ...(text === undefined ? {} : { body: text }) },
  };
}

/** What one traveller remembers, and others who go elsewhere may add to. */
export interface Memory {
  readonly seen: Map<string, Sight>;
  readonly violations: string[];
}

/**
 * @param proxy the judging proxy
 * @param gateway what it judges
 */
export function newTraveller(
  proxy: string,
  gateway: string,
  ownKey: string,
  memory: Memory = { seen: new Map(), violations: [] },
): Traveller & Memory {
  const { seen, violations } = memory;
  const sightOf = (operation: string): Sight => {
    const sight = seen.get(operation) ?? { failures: new Map(), outcomes: new Set() };
    seen.set(operation, sight);
    return sight;
  };
  const call = async (operation: string, sent: Sent): Promise<Answer> => {
    const { path, init } = requestOf(operation, sent, ownKey);
    const answer = await fetch(`${sent.direct === true ? gateway : proxy}${path}`, init);
    const found = JSON.parse(answer.headers.get("sl-violations") ?? "[]") as Violation[];
    return { status: answer.status, body: await answer.json(), violations: found };
  };
  const note = (operation: string, answer: Answer, isMeantRight: boolean) => {
    for (const { location, message } of answer.violations) {
      if (isMeantRight || location[0] === "response")
        violations.push(`${operation} ${answer.status}: ${location.join(".")}: ${message}`);
    }
  };
  const remember = (operation: string, body: ErrorBody) => {
    const { outcomes, failures } = sightOf(operation);
    outcomes.add(body.code);
    if (!failures.has(body.code)) failures.set(body.code, body);
  };
  const fail = async (code: ErrorCode, operation: string, sent: Sent): Promise<ErrorBody> => {
    const answer = await call(operation, sent);
    const body = answer.body as ErrorBody;
    if (body.code !== code || body.status !== answer.status)
      throw new Error(`${operation} should answer ${code}, not ${answer.status} ${JSON.stringify(body)}`);
    note(operation, answer, false);
    remember(operation, body);
    return body;
  };
  return {
    seen,
    violations,
    remember,
    fails: (code, operation, sent = {}) => fail(code, operation, sent),
    async ok<T>(operation: string, sent: Sent = {}) {
      const answer = await call(operation, sent);
      if (answer.status !== 200)
        throw new Error(`${operation} should succeed, not ${answer.status} ${JSON.stringify(answer.body)}`);
      note(operation, answer, true);
      const sight = sightOf(operation);
      if (sight.answer === undefined) Object.assign(sight, { request: sent.body, answer: answer.body });
      sight.outcomes.add("200");
      return answer.body as T;
    },
  };
}
