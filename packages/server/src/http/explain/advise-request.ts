import type { ErrorCode } from "@kineticpay/contract/errors/catalogue";
import { isWirePath } from "../call-path.ts";
import { amountOutOfRange } from "./advise-amount.ts";
import type { CorrectedCall } from "./corrected-call.ts";
import { type Advice, type Facts, metaList, metaNumber, metaText } from "./facts.ts";
import { inRinggit, isBelowZero, noRefunds } from "./repair-amount.ts";
import { isMasked } from "./repair-value.ts";
import { get, listPayments, ping, type Repair, sameCall } from "./same-call.ts";

type Adviser = (facts: Facts) => Advice;

function repaired(facts: Facts, why: string, fix: readonly string[]): Advice {
  const { call, notes } = sameCall(facts);
  return { why, fix, corrected: [call], notes };
}

const fieldsInvalid: Adviser = (facts) =>
  repaired(
    facts,
    (facts.failure?.fields ?? [])
      .map((fault) => fault.message || `${fault.path} is not a field of this call.`)
      .join(" "),
    [
      ...(facts.failure?.fields ?? []).map((fault) => `${fault.path}: ${fault.expected}.`),
      ...(isBelowZero((facts.call.request_body as { amount?: unknown } | null)?.amount) ? [noRefunds] : []),
    ],
  );

const invoiceAlreadyPaid: Adviser = (facts) => {
  const payment = metaText(facts, "payment");
  return {
    why: `Invoice ${metaText(facts, "invoice")} has been paid, by ${payment}. Nothing new was created, so nobody pays twice.`,
    fix: [
      "Mark the order as paid: the money is there.",
      "For another order, send another invoice.",
      "If your shop asked because it never heard of the payment, look at its callback address.",
    ],
    corrected: [get(`/api/v2/payments/${payment}`)],
    notes: ["This shows the payment that the invoice was paid with."],
  };
};

/** A sum in the unit of the protocol that was spoken. */
function sum(facts: Facts, name: string): string {
  const sen = metaNumber(facts, name);
  return facts.call.protocol === "wire" ? inRinggit(sen) : `${sen} sen`;
}

const invoiceConflict: Adviser = (facts) => {
  const payment = metaText(facts, "payment");
  const look = get(`/api/v2/payments/${payment}`);
  if (facts.failure?.meta["in_flight"] === true) {
    return {
      why: `A buyer is at the bank for invoice ${metaText(facts, "invoice")}, with another amount than this call asks for.`,
      fix: ["Wait until that attempt has ended; then send the call again, or use another invoice."],
      corrected: [look],
      notes: ["This shows how far the attempt has come."],
    };
  }
  const cancel: CorrectedCall = {
    method: "POST",
    path: `/api/v2/payments/${payment}/cancel`,
    body: null,
    protocol: "v2",
  };
  const { call, notes } = sameCall(facts);
  return {
    why: `Invoice ${metaText(facts, "invoice")} has a payment of ${sum(facts, "amount")} that can still be paid, and this call asks for ${sum(facts, "requested")}.`,
    fix: [
      "If the order has changed, cancel the old payment and send the call again.",
      "If it is another order, give it an invoice of its own.",
    ],
    corrected: [cancel, call],
    notes,
  };
};

const stateNotAllowed: Adviser = (facts) => ({
  why: `The payment was ${metaText(facts, "status")}, and can be ${metaText(facts, "action")} only while it is ${metaList(facts, "allowed").join(" or ")}.`,
  fix: ["Look the payment up and go by its status.", "Do not repeat the call as it is: its answer will not change."],
  corrected: [get(`/api/v2/payments/${metaText(facts, "payment")}`)],
  notes: [],
});

const keyReused: Adviser = (facts) => {
  const first = metaText(facts, "request");
  const { call, notes } = sameCall(facts);
  return {
    why: `The Idempotency-Key was used before, by ${first} for ${metaText(facts, "route")}, and the ${metaText(facts, "differs")} of this call is another.`,
    fix: [
      "Look at what was sent then.",
      "If this is meant to be that call again, send exactly the same.",
      "If it is another one, give it a key of its own: a UUID, made for this call and kept with it.",
    ],
    corrected: [get(`/api/v2/requests/${first}`), call],
    notes: [...notes, "The first line shows the earlier call. The second has no key: add a new one."],
  };
};

const keyInProgress: Adviser = (facts) => {
  const { call, notes } = sameCall(facts);
  return {
    why: "The first call with this Idempotency-Key was still being worked on; this one did nothing.",
    fix: [`Wait ${facts.failure?.retry_after ?? 1} seconds, then send the same call with the same key.`],
    corrected: [call],
    notes: [...notes, "The log keeps no keys: add the one that the call had, or it will be done a second time."],
  };
};

/** The call as it would look at another address, its body kept where that address takes one. */
function moved(facts: Facts, url: string, method: string): Repair {
  const ids = facts.call.path.split("/").filter((step) => /^[a-z]{2,4}_[0-9A-Z]{26}$/.test(step));
  const route = facts.routes.find((each) => each.url === url && each.method === method);
  const path = url.replace(/:[A-Za-z]+/g, () => ids.shift() ?? "(id)");
  if (path.includes("(") || path.includes("*")) return { call: listPayments, notes: [] };
  if (isWirePath(url)) {
    const call = { ...facts.call, protocol: "wire", path: url } as const;
    return sameCall({ ...facts, call });
  }
  return route === undefined
    ? { call: get(path), notes: [] }
    : sameCall({ ...facts, route, call: { ...facts.call, path } });
}

const routeUnknown: Adviser = (facts) => {
  const nearest = metaText(facts, "nearest");
  const methods = facts.routes.filter((route) => route.url === nearest).map((route) => route.method as string);
  const method = methods.includes(facts.call.method) ? facts.call.method : (methods[0] ?? "GET");
  const { call, notes } = nearest === "" ? { call: ping, notes: [] } : moved(facts, nearest, method);
  return {
    why: `There is no ${metaText(facts, "path")} here.`,
    fix: [
      nearest === ""
        ? "Check the path against the list of calls: the API lives under /api/v2."
        : `The address is ${nearest}.`,
      "Build addresses from one base address, without a slash too many.",
    ],
    corrected: [call],
    notes,
  };
};

/** The address that makes a new one of its kind, where the path has a word such as "create" behind that. */
function withoutVerb({ call, routes }: Facts): string | undefined {
  const url = /^(.+)\/(?:create|new|add)$/.exec(call.path)?.[1];
  return call.method === "POST" && routes.some((each) => each.method === "POST" && each.url === url) ? url : undefined;
}

function methodWanted(method: string, allowed: readonly string[]): string {
  if (method === "PUT" && allowed.includes("PATCH")) return "PATCH";
  return allowed.includes("GET") ? "GET" : (allowed[0] ?? "GET");
}

const methodUnknown: Adviser = (facts) => {
  const { method, path } = facts.call;
  const allowed = metaList(facts, "allowed");
  const why = `${metaText(facts, "path")} does not answer ${method}; it answers ${allowed.join(", ")}.`;
  const creates = withoutVerb(facts);
  if (creates !== undefined) {
    const { call, notes } = moved(facts, creates, "POST");
    return {
      why,
      fix: [`Send it to ${creates}: the method says that something is created.`],
      corrected: [call],
      notes,
    };
  }
  const url = facts.routes.find((each) => patternOf(each.url).test(path))?.url ?? path;
  if (method === "DELETE" && url === "/api/v2/payments/:id") {
    const cancel: CorrectedCall = { method: "POST", path: `${path}/cancel`, body: null, protocol: "v2" };
    return { why, fix: ["Payments are not deleted but cancelled: POST to …/cancel."], corrected: [cancel], notes: [] };
  }
  const { call, notes } = moved(facts, url, methodWanted(method, allowed));
  const redirected =
    "If your program did send POST, a redirect has turned it into GET: call the final address, with https.";
  return {
    why,
    fix: [`Use ${allowed.join(" or ")}.`, ...(method === "GET" && allowed.includes("POST") ? [redirected] : [])],
    corrected: [call],
    notes,
  };
};

function patternOf(url: string): RegExp {
  return new RegExp(`^${url.replace(/:[A-Za-z]+/g, "[^/]+")}$`);
}

function isReadable(facts: Facts): boolean {
  const body = facts.call.request_body;
  return typeof body === "object" && body !== null && Object.values(body).some((value) => !isMasked(value));
}

/** What to say about each fault of a request's content. */
export const requestAdvice: Partial<Record<ErrorCode, Adviser>> = {
  json_malformed: (facts) =>
    repaired(facts, `The body is not valid JSON: ${metaText(facts, "at")}.`, [
      "Build the body with your language's JSON library, not by joining strings.",
      isReadable(facts)
        ? "Below is what could be read of it, written as valid JSON."
        : "Nothing of it could be read, so below is an example.",
    ]),
  body_too_large: (facts) =>
    repaired(facts, `The body is larger than ${metaText(facts, "limit_bytes")} bytes.`, [
      "Send only the fields of this call; keep documents and images where they are, and put their number into metadata.",
    ]),
  media_type_unsupported: (facts) =>
    repaired(facts, `The body came as "${metaText(facts, "received")}", which this address does not read.`, [
      `Send it as ${metaList(facts, "accepted").join(" or ")}, and say so in the Content-Type header.`,
      "Many HTTP libraries send forms unless told to send JSON: look for an option of that name.",
    ]),
  fields_invalid: fieldsInvalid,
  amount_out_of_range: amountOutOfRange,
  invoice_already_paid: invoiceAlreadyPaid,
  invoice_conflict: invoiceConflict,
  state_not_allowed: stateNotAllowed,
  idempotency_key_reused: keyReused,
  idempotency_in_progress: keyInProgress,
  route_unknown: routeUnknown,
  method_unknown: methodUnknown,
};
