import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { ringgitFromSen } from "@kineticpay/contract/money";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Gateway } from "../../../gateway.ts";
import { readByInvoice } from "../../../payments/read-payments.ts";
import { decisiveAttempt, transactionRecord, wireCode } from "../../../payments/transaction-record.ts";
import { isPlainText } from "../../formats.ts";
import { enterMerchant } from "./merchant-key.ts";
import type { WireFields } from "./read-fields.ts";

export interface WireStatus {
  readonly code: string;
  readonly id: string;
  readonly invoice: string;
  readonly amount: string;
  readonly status: string;
  readonly record: Readonly<Record<string, unknown>>;
  readonly encoded_transaction_data: string;
}

const invoiceLength = 64;

/**
 * An invoice that can exist. Whatever cannot is as unknown as any other, so that a client that takes every failure but
 * 404 for an outage is not misled.
 */
function invoiceOf(fields: WireFields): string {
  const value = fields.get("invoice");
  const text = typeof value === "number" ? String(value) : typeof value === "string" ? value.trim() : "";
  if (text === "") {
    const fault = {
      path: "invoice",
      code: "field_missing",
      message: "invoice is missing.",
      expected: 'the invoice that the payment was created with, such as "10001"',
    } as const;
    throw new GatewayError("fields_invalid", { meta: { count: 1, paths: [fault.path] }, fields: [fault] });
  }
  if (text.length > invoiceLength || !isPlainText(text)) {
    const id = text.toWellFormed().slice(0, invoiceLength);
    throw new GatewayError("resource_missing", { meta: { resource: "invoice", id, nearest: "" } });
  }
  return text;
}

/**
 * `GET` and `POST /payment/status`. One client takes any 200 as paid, so nothing but a known invoice gets one.
 * @throws GatewayError key_*, api_not_enabled, ip_not_allowed, scope_missing, fields_invalid, resource_missing
 */
export async function readWireStatus(
  gateway: Gateway,
  request: FastifyRequest,
  reply: FastifyReply,
  fields: WireFields,
): Promise<WireStatus> {
  const caller = await enterMerchant(gateway, request, reply, fields, "payments:read");
  const { payment, attempts } = await readByInvoice(gateway, caller.collectionId, invoiceOf(fields));
  const record = transactionRecord(gateway, payment, attempts);
  return {
    code: wireCode(payment, attempts),
    id: decisiveAttempt(payment, attempts)?.railTransactionId ?? "",
    invoice: payment.invoice,
    amount: ringgitFromSen(payment.amountSen),
    status: payment.status,
    record,
    encoded_transaction_data: JSON.stringify({ record }),
  };
}
