import type { ErrorCode } from "@kineticpay/contract/errors/catalogue";
import { ref } from "./components.ts";
import { errorResponses } from "./error-responses.ts";
import type { JsonObject } from "./json.ts";
import { wireErrors } from "./listed-errors.ts";
import type { Recorded } from "./operations.ts";

const text = (description: string): JsonObject => ({ type: "string", description });
const textOrNumber = (description: string): JsonObject => ({ type: ["string", "number"], description });

const createBody: JsonObject = {
  type: "object",
  description: "Other members are ignored.",
  required: ["merchant_key", "invoice", "amount", "callback_success", "callback_error"],
  properties: {
    merchant_key: text("The collection's merchant key."),
    invoice: textOrNumber("The shop's own reference, 1 to 64 characters."),
    amount: textOrNumber('Ringgit with at most two decimals, such as "12.50".'),
    description: text("What is being paid for, up to 2,000 characters."),
    bank: text("An FPX bank id; the buyer chooses on our page when it is empty, unknown or offline."),
    callback_success: text("Where the buyer's browser is sent when paid."),
    callback_error: text("Where the buyer's browser is sent when not paid."),
    callback_status: text("Where this gateway posts the outcome, server to server."),
  },
};

const created: JsonObject = {
  type: "object",
  required: ["html", "id", "invoice", "checkout_url"],
  properties: {
    html: text("A form that sends the buyer on; print it into your page as it is."),
    id: text("The payment's id."),
    invoice: text("As it was sent."),
    checkout_url: { type: "string", format: "uri", description: "Where the form leads." },
  },
};

const status: JsonObject = {
  type: "object",
  required: ["code", "id", "invoice", "amount", "status", "record", "encoded_transaction_data"],
  properties: {
    code: text('"00" only when paid.'),
    id: text("The bank network's id of the decisive attempt; empty before any."),
    invoice: text("As it was sent."),
    amount: text("Ringgit with two decimals."),
    status: text("The payment's state in a word."),
    record: { type: "object", description: "The transaction record." },
    encoded_transaction_data: text('The JSON text of {"record": …}.'),
  },
};

interface WireRoute {
  readonly method: "GET" | "POST";
  readonly url: "/payment/create" | "/payment/status";
  readonly operationId: string;
  readonly summary: string;
  readonly answer: JsonObject;
  readonly errors: readonly ErrorCode[];
}

/** The routes of the wire protocol. */
export const wireRoutes: readonly WireRoute[] = [
  {
    method: "POST",
    url: "/payment/create",
    operationId: "createWirePayment",
    summary: "Ask for a payment, as shops of the hosted service do",
    answer: created,
    errors: ["fields_invalid", "amount_out_of_range", "invoice_already_paid", "invoice_conflict"],
  },
  {
    method: "GET",
    url: "/payment/status",
    operationId: "getWireStatus",
    summary: "Ask what became of an invoice",
    answer: status,
    errors: ["fields_invalid", "resource_missing"],
  },
  {
    method: "POST",
    url: "/payment/status",
    operationId: "postWireStatus",
    summary: "The same, for clients that can only POST",
    answer: status,
    errors: ["fields_invalid", "resource_missing"],
  },
];

/** The parameters may also stand in a body, so the document cannot call them required. */
const statusParameters: readonly JsonObject[] = ["merchant_key", "invoice"].map((name) => ({
  name,
  in: "query",
  required: false,
  description: "Required, here or in the body.",
  schema: { type: "string" },
}));

function requestOf(route: WireRoute, recorded: Recorded | undefined): JsonObject {
  if (route.url === "/payment/status") return { parameters: statusParameters };
  const example = recorded?.request === undefined ? {} : { example: recorded.request };
  const content = { schema: createBody, ...example };
  return {
    requestBody: {
      required: true,
      content: { "application/json": content, "application/x-www-form-urlencoded": { schema: createBody } },
    },
  };
}

/** One route of the wire protocol as an operation. */
export function wireOperation(route: WireRoute, recorded: Recorded | undefined): JsonObject {
  const example = recorded?.answer === undefined ? {} : { example: recorded.answer };
  return {
    operationId: route.operationId,
    tags: ["wire"],
    summary: route.summary,
    security: [],
    ...requestOf(route, recorded),
    responses: {
      "200": {
        description: "OK",
        headers: { "X-Request-Id": ref("headers/RequestId") },
        content: { "application/json": { schema: route.answer, ...example } },
      },
      ...errorResponses({
        codes: wireErrors(route.errors),
        schema: "WireError",
        examples: recorded?.failures ?? {},
      }),
    },
  };
}
