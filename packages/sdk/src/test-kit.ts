// What tests of a merchant's program need: events that are signed as the gateway signs them, and failures on demand.
import type { EventType } from "@kineticpay/contract/events/catalogue";
import { exampleEvent } from "@kineticpay/contract/events/event";
import type { KineticPay } from "./client.ts";
import { sealEnvelope } from "./legacy/envelope.ts";
import type { LegacyRecord } from "./legacy/transaction-record.ts";
import type { Fault, FaultCreateParams } from "./resources/faults.ts";
import type { EventOf } from "./webhooks/event.ts";
import { secretBytes, signWebhook } from "./webhooks/standard-webhook.ts";

/** A secret for tests. */
export const testWebhookSecret = "whsec_dGVzdHMgb25seSwgYW5kIG5vdGhpbmcgZWxzZSAuLi4=";

/** What may differ from the example. */
export type EventChange<T extends EventType> = Partial<Omit<EventOf<T>, "type" | "object" | "data">> & {
  readonly data?: Partial<EventOf<T>["data"]>;
};

let made = 0;

/** A whole event of that type, with an id of its own. @param change members that differ from the example */
export function fakeEvent<T extends EventType>(type: T, change: EventChange<T> = {}): EventOf<T> {
  const example = exampleEvent(type) as EventOf<T>;
  made += 1;
  const id = `evt_${String(made).padStart(26, "0")}`;
  const data = { ...(example.data as object), ...(change.data as object | undefined) };
  return { ...example, id, created_at: new Date().toISOString(), ...change, data: data as EventOf<T>["data"] };
}

/** With which secret, and when, an event is signed. */
export interface SignOptions {
  /** `whsec_…`; {@link testWebhookSecret} when left out. */
  readonly secret?: string | undefined;
  /** When it is signed; now when left out. */
  readonly at?: Date | undefined;
}

/** An event, or what shall pass for one: a test may want a type that does not exist yet. */
export type AnyEventLike = Readonly<Record<"id" | "type", string>>;

/** A request as the gateway would post it. */
export interface SignedWebhook {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What the gateway would post for an event. @throws TypeError for a secret that is none */
export async function signEvent(event: AnyEventLike, options: SignOptions = {}): Promise<SignedWebhook> {
  const secret = secretBytes(options.secret ?? testWebhookSecret);
  if (secret === undefined) throw new TypeError("secret is whsec_ and the base64 of at least 16 bytes");
  const body = JSON.stringify(event);
  const timestamp = String(Math.floor((options.at ?? new Date()).getTime() / 1000));
  return {
    body,
    headers: {
      "content-type": "application/json",
      "webhook-id": event.id,
      "webhook-timestamp": timestamp,
      "webhook-signature": await signWebhook(secret, event.id, timestamp, body),
    },
  };
}

/** The request that the gateway would make for an event. */
export async function webhookRequest(url: string, event: AnyEventLike, options?: SignOptions): Promise<Request> {
  const { body, headers } = await signEvent(event, options);
  return new Request(url, { method: "POST", headers, body });
}

/** The form of a callback of the KineticPay wire protocol, sealed for a merchant key. */
export async function fakeLegacyCallback(merchantKey: string, record: Partial<LegacyRecord>): Promise<URLSearchParams> {
  const encoded = JSON.stringify({ record });
  return new URLSearchParams({
    encoded_transaction_data: encoded,
    encrypted_transaction_data: await sealEnvelope(merchantKey, encoded),
    hide_page_header: "1",
  });
}

/**
 * Runs some work while the sandbox makes a fault happen to the calls of the client's collection, and takes the fault back
 * afterwards, whatever came of the work.
 * @param fault a code, such as `"rate_exceeded"`, or a whole rule
 * @returns what the work returned; throws what it threw, and what the two calls throw
 */
export async function simulate<T>(
  client: KineticPay,
  fault: NonNullable<FaultCreateParams["code"]> | FaultCreateParams,
  work: (rule: Fault) => Promise<T>,
): Promise<T> {
  const rule = await client.sandbox.faults.create(typeof fault === "string" ? { code: fault } : fault);
  try {
    return await work(rule);
  } finally {
    // What was simulated may have opened the client's breaker; rules do not strike the calls that manage them.
    await client.withOptions({ breaker: false }).sandbox.faults.delete(rule.id);
  }
}
