import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import type { EnquiryFailed } from "../rails/rail.ts";

/**
 * What a caller who waits on the bank network is told when it did not answer, or not in a form that can be believed. Nobody
 * else is: in the background it means only that there is no news.
 * @param payment whose outcome is unknown for it; null for a question that is not about one
 */
export function bankFault(
  fault: Pick<EnquiryFailed, "reason">,
  operation: "enquiry" | "request for banks",
  payment: string | null,
): GatewayError {
  const where = { rail: "FPX", operation };
  if (fault.reason === "timeout") {
    return new GatewayError("bank_timeout", { meta: { ...where, outcome: "unknown", payment }, cause: fault });
  }
  if (fault.reason === "unreachable") return new GatewayError("bank_offline", { meta: where, cause: fault });
  return new GatewayError("bank_bad_response", { meta: where, cause: fault });
}
