import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import type { Gateway } from "../gateway.ts";
import { EnquiryFailed } from "../rails/rail.ts";
import type { PaymentWithAttempts } from "./create-payment.ts";
import { enquireAttempt } from "./enquire-attempt.ts";
import { isInFlight } from "./payment.ts";
import { readPayment } from "./read-payments.ts";

const timeoutMs = 10_000;
const mostAtOnce = 3;

function asGatewayError(error: EnquiryFailed, payment: string): GatewayError {
  const where = { rail: "FPX", operation: "enquiry" };
  if (error.reason === "timeout") {
    return new GatewayError("bank_timeout", { meta: { ...where, outcome: "unknown", payment }, cause: error });
  }
  if (error.reason === "unreachable") return new GatewayError("bank_offline", { meta: where, cause: error });
  return new GatewayError("bank_bad_response", { meta: where, cause: error });
}

/**
 * Asks the network now: about every attempt in flight, else about the newest that did not succeed, since a bank may have
 * taken money for what it first called a failure.
 * @throws GatewayError resource_missing, bank_timeout, bank_offline, bank_bad_response
 */
export async function requeryPayment(gateway: Gateway, collectionId: string, id: string): Promise<PaymentWithAttempts> {
  const { attempts } = await readPayment(gateway, collectionId, id);
  const flying = attempts.filter(isInFlight);
  const asked = (flying.length > 0 ? flying : attempts.filter((attempt) => attempt.status === "failed")).slice(
    -mostAtOnce,
  );
  const results = await Promise.allSettled(asked.map((attempt) => enquireAttempt(gateway, attempt, timeoutMs)));
  for (const result of results) {
    if (result.status === "fulfilled") continue;
    throw result.reason instanceof EnquiryFailed ? asGatewayError(result.reason, id) : result.reason;
  }
  return readPayment(gateway, collectionId, id);
}
