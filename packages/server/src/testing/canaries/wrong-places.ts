/** A request in which a secret stands where none belongs. */
export interface Misplaced {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a hurried developer has at hand: a good key, a payment that is there, and the address of its page. */
export interface AtHand {
  readonly apiKey: string;
  readonly merchantKey: string;
  readonly paymentId: string;
  readonly checkoutPath: string;
}

const form = { "content-type": "application/x-www-form-urlencoded" };
const json = { "content-type": "application/json" };
const headerSafe = (text: string) => text.replace(/[^\x20-\x7e]/g, "?");

/** In headers: as credentials of every scheme, and in all others that a proxy, a browser or a library fills. */
function inHeaders(secret: string): Misplaced[] {
  const text = headerSafe(secret);
  const base64 = (plain: string) => Buffer.from(plain, "utf8").toString("base64");
  const credentials = [
    ...[
      `Bearer ${text}`,
      `bearer  ${text}`,
      text,
      `Token ${text}`,
      `ApiKey ${text}`,
      `Bearer "${text}"`,
      `Bearer ${text},${text}`,
    ],
    ...[
      `Bearer Bearer ${text}`,
      `Digest username="${text}", response="${text}"`,
      `Basic ${text}`,
      `Basic ${base64(`${secret}:`)}`,
    ],
    ...[
      `Basic ${base64(`${secret}:${secret}`)}`,
      `Basic ${base64(`user:${secret}`)}`,
      `Basic ${base64(secret)}`,
      `AWS4-HMAC-SHA256 Credential=${text}`,
    ],
  ];
  const others = [
    ...[
      "x-api-key",
      "api-key",
      "x-auth-token",
      "cookie",
      "user-agent",
      "referer",
      "origin",
      "accept",
      "accept-language",
    ],
    ...[
      "x-forwarded-for",
      "forwarded",
      "x-real-ip",
      "x-request-id",
      "traceparent",
      "proxy-authorization",
      "kineticpay-fault",
    ],
    ...["if-none-match", "content-type", "idempotency-key", "x-forwarded-host", "from", "expect"],
  ];
  return [
    ...credentials.map((authorization) => ({
      method: "GET",
      path: "/api/v2/ping",
      headers: { authorization },
      body: "",
    })),
    ...credentials
      .slice(0, 4)
      .map((authorization) => ({ method: "POST", path: "/payment/create", headers: { authorization }, body: "" })),
    ...others.map((name) => ({
      method: "POST",
      path: "/api/v2/payments",
      headers: { ...json, [name]: name === "cookie" ? `session=${text}` : text },
      body: "{}",
    })),
  ];
}

/** In addresses: as a parameter, as a parameter's name, as a step of the path, with a good key beside it or without. */
function inAddresses(secret: string, { apiKey, merchantKey, checkoutPath, paymentId }: AtHand): Misplaced[] {
  const text = encodeURIComponent(secret);
  const good = { authorization: `Bearer ${apiKey}` };
  const names = [
    "api_key",
    "token",
    "access_token",
    "password",
    "secret",
    "key",
    "merchant_key",
    "apikey",
    "signing_secret",
    "starting_after",
  ];
  const gets = [
    ...names.map((name) => `/api/v2/payments?${name}=${text}`),
    ...[
      `/api/v2/payments?${text}=1`,
      `/api/v2/payments?status=${text}`,
      `/api/v2/payments?limit=${text}`,
      `/api/v2/banks?model=${text}`,
    ],
    ...[
      `/api/v2/payments/${text}`,
      `/api/v2/${text}`,
      `/api/${text}/payments`,
      `/${text}`,
      `/docs/errors/${text}`,
      `/api/v2/errors/${text}`,
    ],
    ...[
      `/api/v2/api_keys/${text}`,
      `/api/v2/collections/${text}`,
      `/api/v2/requests/${text}`,
      `/api/v2/requests?key=${text}`,
      `/api/v2/requests?route=${text}`,
    ],
    ...[
      `/checkout/${text}`,
      `${checkoutPath}?lang=${text}`,
      `${checkoutPath}?token=${text}&model=${text}&step=${text}`,
      `${checkoutPath}/${text}`,
    ],
    ...[
      `/payment/status?merchant_key=${text}&invoice=1`,
      `/payment/status?merchant_key=${merchantKey}&token=${text}&invoice=2`,
      `/payment/${text}`,
    ],
    ...[`/fpx/indirect?fpx_checkSum=${text}`, `/assets/${text}`, `/health?token=${text}`, `/ready?token=${text}`],
  ];
  const posts = [
    `/api/v2/payments/${text}/cancel`,
    `/api/v2/payments/${paymentId}/requery?token=${text}`,
    `/api/v2/${text}`,
    `/payment/create?merchant_key=${text}`,
  ];
  return [
    ...gets.flatMap((path) => [good, {}].map((headers) => ({ method: "GET", path, headers, body: "" }))),
    ...posts.map((path) => ({ method: "POST", path, headers: { ...good, ...json }, body: "{}" })),
    { method: "DELETE", path: `/api/v2/payments/${text}`, headers: good, body: "" },
    { method: "PURGE", path: `/${text}`, headers: {}, body: "" },
  ];
}

const oddNames = [
  "api_key",
  "apiKey",
  "key",
  "password",
  "passwd",
  "secret",
  "client_secret",
  "token",
  "access_token",
  "authorization",
];
const moreOddNames = [
  "private_key",
  "signing_secret",
  "card_number",
  "cvv",
  "pin",
  "tac",
  "otp",
  "ic_number",
  "bank_password",
  "__secret",
];

/** Bodies of a payment with a secret in them. */
function jsonBodies(secret: string): string[] {
  const payment = {
    amount: 1250,
    invoice: "CANARY",
    success_url: "https://shop.example/a",
    failure_url: "https://shop.example/b",
  };
  const quoted = JSON.stringify(secret);
  const values: object[] = [
    ...[...oddNames, ...moreOddNames].map((name) => ({ ...payment, [name]: secret })),
    ...[
      { ...payment, [secret]: 1 },
      { ...payment, buyer: { password: secret } },
      { ...payment, buyer: { [secret]: secret } },
    ],
    ...[
      { ...payment, buyer: [secret] },
      { ...payment, invoice: { id: secret } },
      { ...payment, invoice: [secret] },
      [secret],
      [[{ a: secret }]],
    ],
    ...[
      { ...payment, amount: { value: secret } },
      { ...payment, metadata: secret },
      { ...payment, metadata: { deep: { deeper: secret } } },
    ],
    ...[
      { ...payment, success_url: `https://user:${encodeURIComponent(secret)}@shop.example/` },
      { ...payment, success_url: `javascript:${secret}` },
    ],
    ...[
      { ...payment, callback_url: `ftp://shop.example/${secret}` },
      { ...payment, callback_url: secret },
      { ...payment, failure_url: `//${secret}` },
    ],
    ...[
      { ...payment, expires_in: secret },
      { ...payment, locale: secret },
      { ...payment, buyer: { email: secret } },
    ],
  ];
  const broken = [
    ...[
      `{"api_key":${quoted}`,
      `{"api_key":${quoted},}`,
      quoted,
      `{"a":${quoted},"a":${quoted}}`,
      `{${quoted}:${quoted}:1}`,
    ],
    ...[
      `${quoted}${quoted}`,
      `{"api_key":'${secret}'}`,
      `{"__proto__":{"key":${quoted}}}`,
      `// ${secret}\n{}`,
      secret,
      `{"key":${quoted}\u0000}`,
    ],
    ...[`${"[".repeat(40)}${quoted}${"]".repeat(40)}`, `{"key":"${"x".repeat(70_000)}${secret}"}`],
  ];
  return [...values.map((value) => JSON.stringify(value)), ...broken];
}

function inBodies(secret: string, { apiKey, merchantKey, paymentId }: AtHand): Misplaced[] {
  const good = { authorization: `Bearer ${apiKey}` };
  const text = encodeURIComponent(secret);
  const forms = [
    ...[
      `merchant_key=${text}`,
      `merchant_key=${merchantKey}&password=${text}`,
      `merchant_key=${merchantKey}&${text}=1`,
      `api_key=${text}`,
    ],
    ...[
      `merchant_key=${merchantKey}&amount=${text}`,
      `merchant_key=${merchantKey}&invoice=1&amount=2&bank=${text}&callback_success=${text}`,
      text,
      `${text}=${text}`,
    ],
    ...[
      `merchant_key=${merchantKey}&invoice=1&amount=2&callback_success=https://user:${text}@shop.example/`,
      `merchant_key[]=${text}`,
      `%zz${text}`,
    ],
  ];
  const multipart = `--x\r\nContent-Disposition: form-data; name="key"\r\n\r\n${secret}\r\n--x--\r\n`;
  const types = [
    "text/plain",
    "application/xml",
    "multipart/form-data; boundary=x",
    "application/octet-stream",
    "application/x-www-form-urlencoded",
  ];
  const create = "/api/v2/payments";
  return [
    ...jsonBodies(secret).flatMap((body) => [
      { method: "POST", path: create, headers: { ...good, ...json }, body },
      { method: "POST", path: `${create}?validate_only=true`, headers: { ...good, ...json }, body },
    ]),
    ...jsonBodies(secret).map((body) => ({ method: "POST", path: "/payment/create", headers: json, body })),
    ...jsonBodies(secret)
      .slice(0, 3)
      .map((body) => ({ method: "PATCH", path: `${create}/${paymentId}`, headers: { ...good, ...json }, body })),
    ...["/api_keys", "/collections", "/faults", `/payments/${paymentId}/cancel`].map((path) => ({
      ...{
        method: "POST",
        path: `/api/v2${path}`,
        headers: { ...good, ...json },
        body: JSON.stringify({ password: secret, [secret]: [secret] }),
      },
    })),
    ...forms.flatMap((body) => [
      ...["/payment/create", "/payment/status"].map((path) => ({ method: "POST", path, headers: form, body })),
      { method: "POST", path: create, headers: { ...good, ...form }, body },
    ]),
    ...types.map((type) => ({
      method: "POST",
      path: create,
      headers: { ...good, "content-type": type },
      body: multipart,
    })),
    ...["/fpx/direct", "/fpx/indirect"].flatMap((path) =>
      [
        secret,
        `fpx_checkSum=${text}`,
        `fpx_buyerName=${text}&fpx_debitAuthCode=00`,
        `${text}=1`,
        `fpx_sellerExOrderNo=${text}&fpx_checkSum=${text}`,
      ].map((body) => ({
        ...{ method: "POST", path, headers: form, body },
      })),
    ),
  ];
}

/** Every place where a secret ends up that does not know where it belongs. */
export function wrongPlaces(secret: string, atHand: AtHand): Misplaced[] {
  return [...inHeaders(secret), ...inAddresses(secret, atHand), ...inBodies(secret, atHand)];
}

/** The same below the level of HTTP: requests that break off or never become one. */
export function brokenRequests(secret: string): Buffer[] {
  const text = headerSafe(secret);
  const head = `POST /api/v2/payments HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n`;
  return [
    ...[
      `${text}\r\n\r\n`,
      `GET /${text.replaceAll(" ", "")} HTTP/9.9\r\n\r\n`,
      `${head}Authorization Bearer ${text}\r\n\r\n`,
      `GET /${text} HTTP/1.1\r\n\r\n`,
    ],
    ...[
      `${head}Content-Length: 500\r\n\r\n{"api_key":"${text}"`,
      `${head}Transfer-Encoding: chunked\r\n\r\n${text}\r\n`,
      `${head}Content-Length: ${text}\r\n\r\n`,
    ],
    ...[
      `${head}X-Key: ${text}\u0000\r\n\r\n`,
      `${head}X-Key: ${text}${"y".repeat(20_000)}\r\n\r\n`,
      `${head}Expect: ${text}\r\nContent-Length: 0\r\n\r\n`,
    ],
  ].map((request) => Buffer.from(request, "latin1"));
}
