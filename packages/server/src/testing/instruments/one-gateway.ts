import { Agent, request } from "undici";

/** A gateway as its clients see it: the ports of its processes, and a key. */
export interface OneGateway {
  readonly ports: readonly number[];
  readonly apiKey: string;
  /** Counts rows of its database: the text goes after `select count(*) from`. */
  count(text: string, values: readonly unknown[]): Promise<number>;
}

export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly code: string;
  readonly isReplayed: boolean;
}

/** Settings under which an instrument is never told to wait by a limit. */
export const noLimits = {
  KINETICPAY_KEY_RATE: "1000000",
  KINETICPAY_KEY_BURST: "1000000",
  KINETICPAY_KEY_CONCURRENCY: "10000",
  KINETICPAY_OVERLOAD_DELAY_MS: "60000",
  KINETICPAY_OVERLOAD_WAITING: "100000",
};

/** Connections that are kept, as a busy shop's are. Close them in the end. */
export const openConnections = (most: number) => new Agent({ connections: most, pipelining: 1 });

export interface Asked {
  readonly method: "POST" | "PATCH";
  readonly path: string;
  readonly body: string;
}

/** Makes a call of the v2 API under an idempotency key. */
export async function callUnderKey(
  gateway: OneGateway,
  port: number,
  connections: Agent,
  idempotencyKey: string,
  { method, path, body }: Asked,
): Promise<Reply> {
  const answer = await request(`http://127.0.0.1:${port}/api/v2${path}`, {
    method,
    dispatcher: connections,
    headers: {
      authorization: `Bearer ${gateway.apiKey}`,
      "content-type": "application/json",
      "idempotency-key": idempotencyKey,
    },
    body,
  });
  const text = await answer.body.text();
  const { code = "" } = JSON.parse(text) as { code?: string };
  return { status: answer.statusCode, text, code, isReplayed: answer.headers["idempotency-replayed"] === "true" };
}

/** Asks for a payment under an idempotency key. */
export function askUnderKey(
  gateway: OneGateway,
  port: number,
  connections: Agent,
  idempotencyKey: string,
  body: string,
): Promise<Reply> {
  return callUnderKey(gateway, port, connections, idempotencyKey, { method: "POST", path: "/payments", body });
}

/** A body for one payment; the same parts give the same JSON, in an order of members that the caller chooses. */
export function paymentText(
  parts: { readonly invoice: string; readonly amount: number; readonly description: string },
  order: (names: readonly string[]) => readonly string[] = (names) => names,
): string {
  const members: Readonly<Record<string, unknown>> = {
    ...parts,
    success_url: "https://shop.example/thanks",
    failure_url: "https://shop.example/again",
  };
  return JSON.stringify(Object.fromEntries(order(Object.keys(members)).map((name) => [name, members[name]])));
}
