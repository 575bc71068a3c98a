import type { PaymentEventType } from "@kineticpay/contract/events/catalogue";
import type { AttemptOutcome, DeliveryStatus } from "@kineticpay/contract/webhook-delivery";
import { type Callback, recordEvent } from "../callbacks/outbox.ts";
import { createPayment } from "../payments/create-payment.ts";
import { createEndpoint, type EndpointInput } from "../webhooks/change-endpoints.ts";
import { newPayment } from "./new-payment.ts";
import type { TestCore } from "./test-core.ts";

/** How a delivery stands. */
export interface DeliveryState {
  readonly id: string;
  readonly status: DeliveryStatus;
  readonly attempt_count: number;
  readonly last_outcome: AttemptOutcome | null;
  readonly last_status: number | null;
  readonly last_error: string | null;
  readonly next_attempt_at: Date | null;
}

/** Records events of payments without going through what would cause them, and sees how their deliveries stand. */
export interface EventSource {
  /** A new payment, and a way to record what happens to it. Answers with the event's id. */
  payment(owner?: TestCore["owner"]): Promise<(type: PaymentEventType, callback?: Callback) => Promise<string>>;
  /** An endpoint of the test's merchant, or of another. */
  endpoint(url: string, change?: Partial<EndpointInput>, merchantId?: string): Promise<{ id: string; secret: string }>;
  /** How the deliveries of an event stand; of one receiver if named, with null for a callback address. */
  states(eventId: string, endpointId?: string | null): Promise<DeliveryState[]>;
  /** Forgets about whatever has not been delivered. */
  settleAll(): Promise<void>;
}

let payments = 0;

export function eventSource(core: Pick<TestCore, "gateway" | "owner">): EventSource {
  const { gateway } = core;
  return {
    async payment(owner = core.owner) {
      payments += 1;
      const { payment } = await createPayment(gateway, owner, newPayment({ invoice: `EVT-${payments}` }));
      const { merchantId, collectionId } = owner;
      let sequence = 1;
      return (type, callback) => {
        sequence += 1;
        const about = { id: payment.id, sequence, attemptId: null };
        const data = { id: payment.id, object: "payment", invoice: payment.invoice };
        const event = { type, merchantId, collectionId, payment: about, data, callback };
        return gateway.db.transaction("payments.change", (tx) => recordEvent(gateway, tx, event));
      };
    },
    async endpoint(url, change = {}, merchantId = core.owner.merchantId) {
      const input = { url, description: "", eventTypes: ["payment.*"], collectionId: null, ...change };
      const made = await createEndpoint(gateway, { kind: "operator", name: "test" }, merchantId, input);
      if (made === undefined) throw new Error("no such collection");
      return { id: made.endpoint.id, secret: made.secret };
    },
    states(eventId, endpointId) {
      return gateway.db.query<DeliveryState>(
        `select id, status, attempt_count, last_outcome, last_status, last_error, next_attempt_at from deliveries
         where event_id = $1 and ($2::text is null or coalesce(endpoint_id, '') = $2) order by id`,
        [eventId, endpointId === undefined ? null : (endpointId ?? "")],
      );
    },
    async settleAll() {
      await gateway.db.write(
        "callbacks.conclude",
        "update deliveries set status = 'failed', next_attempt_at = null, lease_until = null where status = 'pending'",
      );
    },
  };
}
