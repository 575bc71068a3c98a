/** The record of a transaction, as the KineticPay wire protocol tells it. Members that are not used are null. */
export interface LegacyRecord {
  /** The invoice. */
  readonly order_number: string;
  readonly order_description: string;
  readonly order_currency: string;
  /** Ringgit with two decimals, such as `"12.50"`. */
  readonly order_amount: string;
  readonly merchant_name: string;
  readonly buyer_name: string;
  readonly buyer_email: string;
  readonly buyer_bank_name: string;
  readonly buyer_bank_code: string;
  readonly exchange_order_number: string;
  readonly transaction_status: string;
  /** `"00"` when paid, and only then. */
  readonly transaction_status_code: string;
  readonly transaction_status_description: string;
  readonly transaction_id: string;
  /** Malaysian time, such as `"2026-01-31 12:01:30"`. */
  readonly transaction_date_time: string;
  readonly payment_model: string;
  readonly [more: string]: unknown;
}

/** What `/payment/status` answers. */
export interface LegacyStatus {
  /** `"00"` when paid, and only then. */
  readonly code: string;
  readonly id: string;
  readonly invoice: string;
  /** Ringgit with two decimals. */
  readonly amount: string;
  readonly status: string;
  readonly record: LegacyRecord;
  readonly encoded_transaction_data: string;
}
