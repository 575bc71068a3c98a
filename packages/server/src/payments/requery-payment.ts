import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import type { Gateway } from "../gateway.ts";
import { EnquiryFailed } from "../rails/rail.ts";
import { bankFault } from "./bank-fault.ts";
import { EnquiryWithheld, enquireAttempt } from "./enquire-attempt.ts";
import { isInFlight, type PaymentWithAttempts } from "./payment.ts";
import { readPayment } from "./read-payments.ts";

const timeoutMs = 10_000;
const patienceMs = 2_000;
const mostAtOnce = 3;

function withheldError(gateway: Gateway, error: EnquiryWithheld): GatewayError {
  const retryAfterS = Math.ceil(error.retryAfterMs / 1000);
  if (error.why === "open") {
    return new GatewayError("bank_offline", { meta: { rail: "FPX", operation: "enquiry" }, retryAfterS, cause: error });
  }
  const reason = `FPX is asked no more than ${gateway.config.enquiryRatePerS} times a second`;
  return new GatewayError("overloaded", { meta: { reason }, retryAfterS, cause: error });
}

/**
 * Asks the network now: about every attempt in flight, else about the newest that did not succeed, since a bank may have
 * taken money for what it first called a failure. Of a buyer whose data was erased nothing can be asked, and nothing is.
 * @throws GatewayError resource_missing, overloaded, bank_timeout, bank_offline, bank_bad_response
 */
export async function requeryPayment(gateway: Gateway, collectionId: string, id: string): Promise<PaymentWithAttempts> {
  const { attempts } = await readPayment(gateway, collectionId, id);
  const flying = attempts.filter(isInFlight);
  const open = flying.length > 0 ? flying : attempts.filter((attempt) => attempt.status === "failed");
  const asked = open.filter(({ sent }) => gateway.rail.canEnquire(sent)).slice(-mostAtOnce);
  const results = await Promise.allSettled(
    asked.map((attempt) => enquireAttempt(gateway, attempt, timeoutMs, patienceMs)),
  );
  for (const result of results) {
    if (result.status === "fulfilled") continue;
    if (result.reason instanceof EnquiryWithheld) throw withheldError(gateway, result.reason);
    throw result.reason instanceof EnquiryFailed ? bankFault(result.reason, "enquiry", id) : result.reason;
  }
  return readPayment(gateway, collectionId, id);
}
