import type { RawRequest } from "../../../testing/test-app.ts";

/** One request as a kind of client in the field sends it; named for what is odd about it. */
export interface RecordedRequest extends RawRequest {
  readonly from: string;
}

/** What differs from shop to shop. */
export interface ShopValues {
  readonly merchantKey: string;
  readonly invoice: string;
}

const form = (fields: Readonly<Record<string, string>>) => new URLSearchParams(fields).toString();
const urlencoded = "application/x-www-form-urlencoded";

function orderFields({ merchantKey, invoice }: ShopValues) {
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

/** The ways in which `/payment/create` is called. All mean the same payment of RM 2.00. */
export function createRequests(values: ShopValues): RecordedRequest[] {
  const fields = orderFields(values);
  const { callback_status: _none, ...withoutStatus } = fields;
  const post = { method: "POST", path: "/payment/create" } as const;
  return [
    {
      from: "a WordPress shop plugin that asks for JSON and sends a form",
      ...post,
      headers: {
        accept: "application/json",
        "content-type": `${urlencoded}; charset=UTF-8`,
        "user-agent": "WordPress/6.4.2; http://shop.example",
        referer: "http://shop.example/checkout",
      },
      body: form(fields),
    },
    {
      from: "a donation plugin that sends JSON",
      ...post,
      headers: { accept: "*/*", "content-type": "application/json" },
      body: JSON.stringify(fields),
    },
    {
      from: "a client whose amount is a JSON number",
      ...post,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...fields, amount: 2 }),
    },
    {
      from: "a Laravel module that posts a form through its library's get call, its method overridden",
      ...post,
      headers: { accept: "application/json", "content-type": urlencoded, "user-agent": "GuzzleHttp/7" },
      body: form(fields),
    },
    {
      from: "an older form plugin that knows no callback_status and names no bank",
      ...post,
      headers: { "content-type": urlencoded },
      body: form({ ...withoutStatus, bank: "" }),
    },
    {
      from: "a client that calls its form JSON",
      ...post,
      headers: { "content-type": "application/json; charset=utf-8" },
      body: form(fields),
    },
    {
      from: "a client that calls its JSON a form",
      ...post,
      headers: { "content-type": urlencoded },
      body: JSON.stringify(fields),
    },
    { from: "a client that names no content type for its form", ...post, headers: {}, body: form(fields) },
    { from: "a client that names no content type for its JSON", ...post, headers: {}, body: JSON.stringify(fields) },
    {
      from: "a client whose content type is no media type",
      ...post,
      headers: { "content-type": "json" },
      body: JSON.stringify(fields),
    },
    {
      from: "a client that begins its JSON with a byte order mark",
      ...post,
      headers: { "content-type": "application/json" },
      body: `\uFEFF${JSON.stringify(fields)}\r\n`,
    },
    {
      from: "a client that sends members which the protocol does not have",
      ...post,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...fields, version: "2.1", cart: [{ sku: "A1" }], merchant_name: "X" }),
    },
  ];
}

/** The ways in which `/payment/status` is called. */
export function statusRequests({ merchantKey, invoice }: ShopValues): RecordedRequest[] {
  const query = form({ merchant_key: merchantKey, invoice });
  const asked = `/payment/status?${query}`;
  const json = { "content-type": "application/json" };
  return [
    { from: "a GET that names JSON and has no body", method: "GET", path: asked, headers: json, body: "" },
    { from: "a plain GET", method: "GET", path: asked, headers: { accept: "*/*" }, body: "" },
    {
      from: "a GET with a content length of nothing",
      method: "GET",
      path: asked,
      headers: { ...json, "content-length": "0" },
      body: "",
    },
    { from: "a POST with an empty body", method: "POST", path: asked, headers: json, body: "" },
    { from: "a POST with the body []", method: "POST", path: asked, headers: json, body: "[]" },
    {
      from: "a POST with the body [] called a form",
      method: "POST",
      path: asked,
      headers: { "content-type": urlencoded },
      body: "[]",
    },
    { from: "a POST with a broken body", method: "POST", path: asked, headers: json, body: '{"broken' },
    {
      from: "a POST whose content type is garbage",
      method: "POST",
      path: asked,
      headers: { "content-type": "///;;=" },
      body: "garbage",
    },
    {
      from: "a POST with both in a form",
      method: "POST",
      path: "/payment/status",
      headers: { "content-type": urlencoded },
      body: query,
    },
    {
      from: "a POST with both in JSON",
      method: "POST",
      path: "/payment/status",
      headers: json,
      body: JSON.stringify({ merchant_key: merchantKey, invoice }),
    },
    {
      from: "a POST with one here and one there",
      method: "POST",
      path: `/payment/status?merchant_key=${merchantKey}&invoice=`,
      headers: json,
      body: JSON.stringify({ invoice }),
    },
    {
      from: "a GET with a JSON body, as some PHP clients send it",
      method: "GET",
      path: "/payment/status",
      headers: json,
      body: JSON.stringify({ merchant_key: merchantKey, invoice }),
    },
  ];
}
