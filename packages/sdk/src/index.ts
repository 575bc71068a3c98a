// What the package offers. Whatever is not in this list is nobody's to rely on.
export type { ApiKeyView as ApiKey } from "@kineticpay/contract/api-key";
export type { BankStatusView as BankStatus } from "@kineticpay/contract/bank-status";
export type { CollectionView as Collection } from "@kineticpay/contract/collection";
export type { ErrorCode, ErrorMeta } from "@kineticpay/contract/errors/catalogue";
export type { FieldFault } from "@kineticpay/contract/errors/field-fault";
export type { EventType } from "@kineticpay/contract/events/catalogue";
export type {
  AttemptView as PaymentAttempt,
  Certainty,
  Locale,
  PaymentFlag,
  PaymentModel,
  PaymentStatus,
  PaymentView as Payment,
} from "@kineticpay/contract/payment";
export type {
  DeliveryAttemptView as WebhookDeliveryAttempt,
  DeliveryStatus as WebhookDeliveryStatus,
  FullDeliveryView as FullWebhookDelivery,
  WebhookDeliveryView as WebhookDelivery,
} from "@kineticpay/contract/webhook-delivery";
export type { WebhookEndpointView as WebhookEndpoint } from "@kineticpay/contract/webhook-endpoint";
export { ApiPromise, type Result, type WithResponse } from "./api-promise.ts";
export { type BreakerStatus, KineticPay, type RawCall } from "./client.ts";
export type { CallOptions, ClientOptions, Fetch, ValidateOptions, WriteOptions } from "./client-options.ts";
export type { ClientErrorCode, KineticPayErrorCode, KineticPayErrorType } from "./errors/error-code.ts";
export {
  AbortedError,
  ApiError,
  ApiNotEnabledError,
  AuthenticationError,
  BankError,
  CircuitOpenError,
  ConnectionError,
  InvalidRequestError,
  IpNotAllowedError,
  NotFoundError,
  RateLimitError,
  TimeoutError,
  UnavailableError,
} from "./errors/errors.ts";
export {
  hasCode,
  isAbortedError,
  isApiError,
  isApiNotEnabledError,
  isAuthenticationError,
  isBankError,
  isCircuitOpenError,
  isConnectionError,
  isInvalidRequestError,
  isIpNotAllowedError,
  isKineticPayError,
  isNotFoundError,
  isRateLimitError,
  isSignatureVerificationError,
  isTimeoutError,
  isUnavailableError,
} from "./errors/guards.ts";
export { type ErrorJson, type GaveUpBecause, KineticPayError } from "./errors/kineticpay-error.ts";
export { type SignatureCause, SignatureVerificationError } from "./errors/signature-verification-error.ts";
export {
  LegacyCallbacks,
  type LegacyConfirmation,
  type LegacyForm,
  type LegacyOptions,
  type LegacyOrder,
} from "./legacy/legacy-callbacks.ts";
export type { LegacyRecord, LegacyStatus } from "./legacy/transaction-record.ts";
export { ringgit, sen } from "./money.ts";
export { type ListPromise, Page } from "./page.ts";
export type { BreakerEvent, BreakerOptions, BreakerState } from "./request/circuit-breaker.ts";
export type { CallEvent, Hooks, RequestEvent, ResponseEvent, RetryEvent } from "./request/hooks.ts";
export type { RetryBudgetOptions } from "./request/retry-budget.ts";
export type * from "./resources/api-keys.ts";
export type * from "./resources/banks.ts";
export type * from "./resources/collections.ts";
export type * from "./resources/error-codes.ts";
export type * from "./resources/events.ts";
export type * from "./resources/faults.ts";
export type * from "./resources/ip-allow-list.ts";
export type * from "./resources/list-params.ts";
export type * from "./resources/payment-params.ts";
export type * from "./resources/payments.ts";
export type * from "./resources/requests.ts";
export type * from "./resources/sandbox.ts";
export type * from "./resources/validation.ts";
export type * from "./resources/webhook-deliveries.ts";
export type * from "./resources/webhook-endpoint-params.ts";
export type * from "./resources/webhook-endpoints.ts";
export type * from "./resources/whoami.ts";
export { packageVersion } from "./version.ts";
export {
  type AccountEvent,
  type BankEvent,
  type EventOf,
  isPaymentEvent,
  type KineticPayEvent,
  type PaymentEvent,
} from "./webhooks/event.ts";
export { type FastifyLike, type FastifyWebhookRoute, fastifyWebhook } from "./webhooks/fastify-webhook.ts";
export { type HonoContext, honoWebhook, nextWebhook } from "./webhooks/fetch-webhook.ts";
export { expressWebhook, type NodeRequest, type NodeResponse } from "./webhooks/node-webhook.ts";
export type { WebhookRoute } from "./webhooks/receive.ts";
export {
  type RawBody,
  type UnwrapOptions,
  type WebhookHeaders,
  type WebhookSecrets,
  Webhooks,
} from "./webhooks/webhooks.ts";
