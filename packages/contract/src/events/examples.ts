import type { ApiKeyView } from "../api-key.ts";
import type { BankStatusView } from "../bank-status.ts";
import type { CollectionView } from "../collection.ts";
import type { AttemptView, PaymentView } from "../payment.ts";
import type { WebhookEndpointView } from "../webhook-endpoint.ts";

/** When everything in the examples happens; a payment is paid a little later. */
const createdAt = "2026-01-31T04:00:00.000Z";
const concludedAt = "2026-01-31T04:01:30.000Z";
const collection = "col_01KG9Q2WHK3XQ6T0A7Z5D8V4NR";

export const exampleAttempt: AttemptView = {
  id: "att_01KG9Q2X8M4T6E0W2Z9P5K7RDN",
  number: 1,
  status: "in_flight",
  model: "b2c",
  bank: "MB2U0227",
  bank_name: "Maybank2U",
  rail_code: "",
  reason: "",
  message: "The buyer was sent to the bank; the bank network has not said yet what came of it.",
  buyer_message: {
    en: "We are waiting for the bank to tell us the result. Please do not pay again yet.",
    ms: "Kami sedang menunggu keputusan daripada bank. Sila jangan bayar semula lagi.",
  },
  rail_transaction_id: "",
  order_number: "KP01KG9Q2X8M4T6E0W2Z9P5K7RDN",
  created_at: "2026-01-31T04:00:30.000Z",
  concluded_at: null,
};

export const succeededAttempt: AttemptView = {
  ...exampleAttempt,
  status: "succeeded",
  rail_code: "00",
  reason: "approved",
  message: "The buyer's bank took the money, and the merchant's bank has it.",
  buyer_message: { en: "Your payment went through.", ms: "Bayaran anda berjaya." },
  rail_transaction_id: "2601311200000001",
  concluded_at: concludedAt,
};

export const failedAttempt: AttemptView = {
  ...exampleAttempt,
  status: "failed",
  rail_code: "51",
  reason: "insufficient_funds",
  message: "The buyer's account does not hold enough money.",
  buyer_message: {
    en: "There is not enough money in the account. You were not charged.",
    ms: "Baki akaun tidak mencukupi. Akaun anda tidak didebitkan.",
  },
  rail_transaction_id: "2601311200000001",
  concluded_at: concludedAt,
};

/** A payment that nobody has begun to pay. */
export const examplePayment: PaymentView = {
  id: "pay_01KG9Q2W5T8B0J6E3Y9M4K7XRD",
  object: "payment",
  collection,
  amount: 1250,
  currency: "MYR",
  invoice: "10001",
  description: "Two tickets",
  status: "open",
  certainty: "final",
  next_check_at: null,
  flags: [],
  model: null,
  bank: null,
  buyer: { name: "Siti binti Ahmad", email: "siti@example.com" },
  success_url: "https://shop.example/thanks",
  failure_url: "https://shop.example/again",
  callback_url: "https://shop.example/callback",
  checkout_url: "http://127.0.0.1:8080/checkout/cs_5b0e1f7a9c24d8364be19f02a7c6d5e813f40b92",
  locale: "en",
  metadata: { seats: "A1, A2" },
  attempts: [],
  created_at: createdAt,
  updated_at: createdAt,
  expires_at: "2026-02-01T04:00:00.000Z",
  paid_at: null,
};

/** The same, confirmed. */
export const paidPayment: PaymentView = {
  ...examplePayment,
  status: "paid",
  attempts: [succeededAttempt],
  updated_at: concludedAt,
  paid_at: concludedAt,
};

export const exampleKey: ApiKeyView = {
  id: "key_01KG9Q2W7R3N5A9D1F6H8K0MZT",
  object: "api_key",
  kind: "api_key",
  name: "Web shop, second server",
  hint: "kp_test_…hing",
  collection,
  scopes: ["payments:read", "payments:write"],
  state: "active",
  ip_allow_list: ["203.0.113.0/24"],
  imported: false,
  rolled_from: null,
  created_at: createdAt,
  expires_at: null,
  revoked_at: null,
  last_used_at: null,
  last_used_address: null,
};

export const exampleCollection: CollectionView = {
  id: collection,
  object: "collection",
  name: "Kedai Kopi Online",
  website: "https://kopi.example",
  api_enabled: true,
  ip_allow_list: [],
  created_at: createdAt,
};

export const exampleBank: BankStatusView = {
  id: "MB2U0227",
  object: "bank",
  model: "b2c",
  name: "Maybank2U",
  online: false,
  since: concludedAt,
  previous_since: createdAt,
};

export const exampleEndpoint: WebhookEndpointView = {
  id: "whe_01KG9Q2W9T5K1V7B3N6D8F0HZR",
  object: "webhook_endpoint",
  collection: null,
  url: "https://shop.example/webhooks",
  description: "The shop's back office",
  events: ["payment.*"],
  status: "enabled",
  disabled_reason: null,
  disabled_at: null,
  failing_since: null,
  created_at: createdAt,
  updated_at: createdAt,
};
