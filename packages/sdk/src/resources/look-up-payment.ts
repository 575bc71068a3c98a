import type { PaymentView } from "@kineticpay/contract/payment";
import type { CallOptions } from "../client-options.ts";
import type { PageBody } from "../page.ts";
import type { Call } from "../request/call.ts";
import type { Connection } from "../request/connection.ts";
import { sendCall } from "../request/send-call.ts";
import type { PaymentCreateParams } from "./payment-params.ts";

/** True when asking for this payment again would return that one: it can still be paid, and is what was asked for. */
function isWhatWasAskedFor(found: PaymentView, asked: PaymentCreateParams): boolean {
  const isLive = found.status === "open" || found.status === "processing" || found.status === "awaiting_approval";
  return (
    isLive &&
    found.amount === asked.amount &&
    found.success_url === asked.success_url &&
    found.failure_url === asked.failure_url &&
    found.callback_url === (asked.callback_url ?? null)
  );
}

/**
 * How to find out, after a 504, whether a payment was made: by its invoice, which has one live payment. What is found and
 * is another one is left to the gateway to judge, which is sent the same call again.
 */
export function lookUpPayment(
  connection: Connection,
  params: PaymentCreateParams,
  options: Omit<CallOptions, "validateOnly"> | undefined,
): Call["lookUp"] {
  return async (left) => {
    const { signal, headers, attemptTimeout } = options ?? {};
    const query = { invoice: params.invoice, limit: 5 };
    const own = { ...left, signal, headers, attemptTimeout };
    const answer = await sendCall(connection, { method: "GET", path: "/api/v2/payments", query, options: own });
    const { data } = answer.data as PageBody<PaymentView>;
    return { ...answer, data: data.find((payment) => isWhatWasAskedFor(payment, params)) };
  };
}
