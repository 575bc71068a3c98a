import { type ErrorCode, errorEntry } from "@kineticpay/contract/errors/catalogue";
import { accessAdvice } from "./advise-access.ts";
import { requestAdvice } from "./advise-request.ts";
import type { Advice, Facts } from "./facts.ts";
import { metaText } from "./facts.ts";
import { get, ping, sameCall } from "./same-call.ts";

const transport: Advice = {
  why: "The request was broken below HTTP, so nothing of it could be read.",
  fix: [
    "Use an HTTP library instead of writing to a connection by hand.",
    "If you do, look at what stands between: a proxy that cuts bodies off or adds headers.",
  ],
  corrected: [ping],
  notes: ["This shows that calls get through at all."],
};

/** The fault was not the caller's: look, wait, and send it again. */
function ourSide(facts: Facts): Advice {
  const payment = metaText(facts, "payment");
  if (payment !== "") {
    return {
      why: `The bank network did not answer, so what became of ${payment} is not known yet.`,
      fix: ["Look the payment up until it is final. Do not create another one for the same order."],
      corrected: [get(`/api/v2/payments/${payment}`)],
      notes: [],
    };
  }
  const { call, notes } = sameCall(facts);
  const body = facts.call.request_body as { invoice?: unknown } | null;
  const invoice = call.method === "GET" ? undefined : body?.invoice;
  const look = typeof invoice === "string" ? [get(`/api/v2/payments?invoice=${encodeURIComponent(invoice)}`)] : [];
  const wait = facts.failure?.retry_after ?? null;
  return {
    why: facts.failure?.message ?? "The gateway failed.",
    fix: [
      ...(look.length > 0 ? ["Look up by its invoice whether the payment was created after all."] : []),
      wait === null
        ? "Send the call again after a pause that grows with each try."
        : `Wait ${wait} seconds, then send it again.`,
      "If it goes on, tell whoever runs this gateway the request id.",
    ],
    corrected: [...(call.protocol === "v2" ? look : []), call],
    notes,
  };
}

/** What was asked for needs no cure, only to be taken back. */
function rehearsal(facts: Facts): Advice {
  const { call, notes } = sameCall(facts);
  return {
    why: `This failure was asked for: by the header KineticPay-Fault of the call, or by a rule under /api/v2/sandbox/faults.`,
    fix: [
      "See how your program took it.",
      "Send the call without the header, or delete the rule, and it goes through.",
    ],
    corrected: [call],
    notes,
  };
}

/** What to say about a failed call. Every code of the catalogue gets an answer, also one that is new. */
export function adviseOn(facts: Facts): Advice {
  if (facts.failure?.rehearsed === true) return rehearsal(facts);
  const code = facts.call.code as ErrorCode;
  const adviser = accessAdvice[code] ?? requestAdvice[code];
  if (adviser !== undefined) return adviser(facts);
  if (facts.call.status >= 500) return ourSide(facts);
  if (facts.call.method === "") return transport;
  const { call, notes } = sameCall(facts);
  const retry = errorEntry(code).retryable;
  return {
    why: facts.failure?.message ?? "",
    fix: [
      retry ? "Wait a moment, then send the call again." : "Read the message, correct the call, and send it again.",
    ],
    corrected: [call],
    notes,
  };
}
