/** A request down to its header lines. */
interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What differs from shop to shop. */
export interface ShopValues {
  readonly merchantKey: string;
  readonly invoice: string;
}

/** One kind of request as clients in the field send it; named for what is odd about it. */
export interface RecordedRequest {
  readonly from: string;
  readonly with: (values: ShopValues) => RawRequest;
}

type Fields = Readonly<Record<string, string>>;

const form = (fields: Fields) => new URLSearchParams(fields).toString();
const urlencoded = { "content-type": "application/x-www-form-urlencoded" };
const json = { "content-type": "application/json" };

function orderFields({ merchantKey, invoice }: ShopValues): Fields {
  return {
    merchant_key: merchantKey,
    invoice,
    amount: "2.00",
    description: "Payment for order 10001",
    bank: "MB2U0227",
    callback_success: "http://shop.example:8088/?wc-api=kineticpay&order=10001",
    callback_error: "http://shop.example:8088/?wc-api=kineticpay&order=10001",
    callback_status: "http://shop.example:8088/?wc-api=kineticpay_status",
  };
}

function creation(from: string, headers: Fields, body: (fields: Fields) => string): RecordedRequest {
  return {
    from,
    with: (values) => ({ method: "POST", path: "/payment/create", headers, body: body(orderFields(values)) }),
  };
}

/** The ways in which `/payment/create` is called. All mean the same payment of RM 2.00. */
export const createRequests: readonly RecordedRequest[] = [
  creation(
    "a WordPress shop plugin that asks for JSON and sends a form",
    {
      accept: "application/json",
      "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
      "user-agent": "WordPress/6.4.2; http://shop.example",
      referer: "http://shop.example/checkout",
    },
    form,
  ),
  creation("a donation plugin that sends JSON", { ...json, accept: "*/*" }, JSON.stringify),
  creation("a client whose amount is a JSON number", json, (fields) => JSON.stringify({ ...fields, amount: 2 })),
  creation(
    "a Laravel module that posts a form through its library's get call, its method overridden",
    { ...urlencoded, accept: "application/json", "user-agent": "GuzzleHttp/7" },
    form,
  ),
  creation("an older form plugin that knows no callback_status and names no bank", urlencoded, (fields) => {
    const { callback_status: _none, ...older } = fields;
    return form({ ...older, bank: "" });
  }),
  creation("a client that calls its form JSON", { "content-type": "application/json; charset=utf-8" }, form),
  creation("a client that calls its JSON a form", urlencoded, JSON.stringify),
  creation("a client that names no content type for its form", {}, form),
  creation("a client that names no content type for its JSON", {}, JSON.stringify),
  creation("a client whose content type is no media type", { "content-type": "json" }, JSON.stringify),
  creation(
    "a client that begins its JSON with a byte order mark",
    json,
    (fields) => `\uFEFF${JSON.stringify(fields)}\r\n`,
  ),
  creation("a client that sends members which the protocol does not have", json, (fields) =>
    JSON.stringify({ ...fields, version: "2.1", cart: [{ sku: "A1" }], merchant_name: "X" }),
  ),
];

const query = ({ merchantKey, invoice }: ShopValues) => form({ merchant_key: merchantKey, invoice });
const object = ({ merchantKey, invoice }: ShopValues) => JSON.stringify({ merchant_key: merchantKey, invoice });

/** A question in the query string, with whatever beside it. */
function question(from: string, method: "GET" | "POST", headers: Fields, body = ""): RecordedRequest {
  return { from, with: (values) => ({ method, path: `/payment/status?${query(values)}`, headers, body }) };
}

/** A question in the body. */
function bodyQuestion(
  from: string,
  method: "GET" | "POST",
  headers: Fields,
  body: (values: ShopValues) => string,
): RecordedRequest {
  return { from, with: (values) => ({ method, path: "/payment/status", headers, body: body(values) }) };
}

/** The ways in which `/payment/status` is called. */
export const statusRequests: readonly RecordedRequest[] = [
  question("a GET that names JSON and has no body", "GET", json),
  question("a plain GET", "GET", { accept: "*/*" }),
  question("a GET with a content length of nothing", "GET", { ...json, "content-length": "0" }),
  question("a POST with an empty body", "POST", json),
  question("a POST with the body []", "POST", json, "[]"),
  question("a POST with the body [] called a form", "POST", urlencoded, "[]"),
  question("a POST with a broken body", "POST", json, '{"broken'),
  question("a POST whose content type is garbage", "POST", { "content-type": "///;;=" }, "garbage"),
  bodyQuestion("a POST with both in a form", "POST", urlencoded, query),
  bodyQuestion("a POST with both in JSON", "POST", json, object),
  bodyQuestion("a GET with a JSON body, as some PHP clients send it", "GET", json, object),
  {
    from: "a POST with one here and one there",
    with: ({ merchantKey, invoice }) => ({
      method: "POST",
      path: `/payment/status?merchant_key=${merchantKey}&invoice=`,
      headers: json,
      body: JSON.stringify({ invoice }),
    }),
  },
];
