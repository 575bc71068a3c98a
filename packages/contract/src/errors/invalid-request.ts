import { entry } from "./entry.ts";

/** What cannot be done in its present state; the member that names it says what it is. */
type StateMeta = { status: string; action: string; allowed: readonly string[]; detail: string } & (
  | { payment: string }
  | { webhook_endpoint: string }
  | { webhook_delivery: string }
);

/** In both units: one protocol speaks of sen and the other of ringgit, and who mixed them up sees it here. */
function inRinggit(sen: number): string {
  // In the index of errors the name of the value stands in its place.
  if (!Number.isInteger(sen)) return `${sen} sen`;
  return `RM ${Math.floor(sen / 100)}.${String(sen % 100).padStart(2, "0")} (${sen} sen)`;
}

function nameOf(meta: StateMeta): string {
  if ("payment" in meta) return `Payment ${meta.payment}`;
  return "webhook_endpoint" in meta ? `Endpoint ${meta.webhook_endpoint}` : `Delivery ${meta.webhook_delivery}`;
}

/** 403: the request arrived and its sender is known, but its content cannot be acted on. */
export const invalidRequestErrors = {
  json_malformed: entry<{ at: string }>({
    type: "invalid_request_error",
    summary: "The body is not valid JSON.",
    retryable: false,
    message: (meta) =>
      `The body is not valid JSON: ${meta.at}. Build it with your language's JSON library rather than by joining strings.`,
  }),
  body_too_large: entry<{ limit_bytes: number }>({
    type: "invalid_request_error",
    summary: "The body is larger than any call needs.",
    retryable: false,
    message: (meta) =>
      `The body is larger than ${meta.limit_bytes} bytes, the most that any call here takes. Send less.`,
  }),
  media_type_unsupported: entry<{ received: string; accepted: readonly string[] }>({
    type: "invalid_request_error",
    summary: "The body came in a format that this route does not read.",
    retryable: false,
    message: (meta) =>
      `The body came as "${meta.received}". Send it as ${meta.accepted.join(" or ")} and name that in the Content-Type header.`,
  }),
  http_malformed: entry<{ detail: string }>({
    type: "invalid_request_error",
    summary: "What arrived is not valid HTTP.",
    retryable: false,
    message: (meta) =>
      `This is not a valid HTTP/1.1 request (${meta.detail}). Use an HTTP library instead of a raw connection.`,
  }),
  headers_too_large: entry<{ limit_bytes: number }>({
    type: "invalid_request_error",
    summary: "The request's headers are too large.",
    retryable: false,
    message: (meta) =>
      `The headers of this request exceed ${meta.limit_bytes} bytes. Cookies or a very long address are the usual cause; send fewer.`,
  }),
  request_timeout: entry<{ limit_s: number }>({
    type: "invalid_request_error",
    summary: "The request did not arrive whole in time.",
    retryable: false,
    message: (meta) =>
      `The request did not arrive whole within ${meta.limit_s} seconds, so nothing was done. Check the connection and the Content-Length, then send it again.`,
  }),
  fields_invalid: entry<{ count: number; paths: readonly string[] }>({
    type: "invalid_request_error",
    summary: "One or more fields are missing or unacceptable; every fault is listed.",
    retryable: false,
    message: (meta) =>
      meta.count === 1
        ? `One field needs correcting: ${meta.paths.join(", ")}. See "fields" for what was expected.`
        : `${meta.count} fields need correcting: ${meta.paths.join(", ")}. See "fields" for what was expected of each.`,
  }),
  amount_out_of_range: entry<{ amount: number; minimum: number; maximum: number; model: string }>({
    type: "invalid_request_error",
    summary: "The amount lies outside what FPX carries for this kind of buyer.",
    retryable: false,
    message: (meta) =>
      `${inRinggit(meta.amount)} cannot be paid over FPX ${meta.model}: one payment may be ${inRinggit(meta.minimum)} to ${inRinggit(meta.maximum)}.`,
  }),
  state_not_allowed: entry<StateMeta>({
    type: "invalid_request_error",
    summary: "The present state of the payment, endpoint or delivery does not allow this.",
    retryable: false,
    message: (meta) => {
      const allowed = meta.allowed.length === 0 ? "" : ` Allowed while it is ${meta.allowed.join(" or ")}.`;
      return `${nameOf(meta)} is ${meta.status}, so it cannot be ${meta.action}${meta.detail === "" ? "" : `: ${meta.detail}`}.${allowed}`;
    },
  }),
  invoice_already_paid: entry<{ invoice: string; payment: string }>({
    type: "invalid_request_error",
    summary: "This invoice has been paid, so it cannot be asked for again.",
    retryable: false,
    message: (meta) =>
      `Invoice ${meta.invoice} was paid by payment ${meta.payment}; nothing new was created. Mark the order as paid, or use a new invoice number for a new order.`,
  }),
  invoice_conflict: entry<{ invoice: string; payment: string; amount: number; requested: number; in_flight: boolean }>({
    type: "invalid_request_error",
    summary: "This invoice has a live payment of another amount.",
    retryable: false,
    message: (meta) =>
      meta.in_flight
        ? `Invoice ${meta.invoice} is being paid right now as ${meta.payment} with ${meta.amount} sen, so it cannot become ${meta.requested} sen. Wait until that attempt has ended, or use another invoice number.`
        : `Invoice ${meta.invoice} has the live payment ${meta.payment} of ${meta.amount} sen, and this call asks for ${meta.requested}. Cancel ${meta.payment} first, send the same amount, or use another invoice number.`,
  }),
  key_not_active: entry<{ id: string; state: string; at: string; action: string }>({
    type: "invalid_request_error",
    summary: "The key that was to be changed is revoked or expired.",
    retryable: false,
    message: (meta) =>
      `Key ${meta.id} is ${meta.state} since ${meta.at}, so it cannot be ${meta.action}: a key that has ended stays ended. Create a new one with POST /api/v2/api_keys.`,
  }),
  idempotency_key_reused: entry<{
    differs: "route" | "path" | "body";
    route: string;
    first_used_at: string;
    request: string;
  }>({
    type: "invalid_request_error",
    summary: "The Idempotency-Key was used before, for another call.",
    retryable: false,
    message: (meta) =>
      `This Idempotency-Key belongs to a call that was made at ${meta.first_used_at}: ${meta.request}, ${meta.route}. The ${meta.differs} of this call ${meta.differs === "body" ? "is not the one that was sent then" : "is another"}, so nothing was done. To repeat that call, send exactly what was sent then; for anything else, use a new key.`,
  }),
};
