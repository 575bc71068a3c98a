import { type ErrorCode, errorCodes, errorEntry, errorStatus } from "@kineticpay/contract/errors/catalogue";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { failureOf } from "../testing/failure-of.ts";
import { openTestGateway, type TestGateway } from "../testing/open-test-client.ts";
import { openStrangeServer, type StrangeServer } from "../testing/strange-server.ts";
import * as classes from "./errors.ts";
import * as guards from "./guards.ts";
import { KineticPayError } from "./kineticpay-error.ts";

let gateway: TestGateway;
let strange: StrangeServer;
beforeAll(async () => {
  gateway = await openTestGateway();
  strange = await openStrangeServer();
});
afterAll(async () => {
  await gateway.close();
  await strange.close();
});
afterEach(() => {
  vi.resetModules();
});

const once = () => gateway.client({ maxRetries: 0, breaker: false });

/** The class of each type, once more, told by hand. */
const classOfType = {
  authentication_error: classes.AuthenticationError,
  invalid_request_error: classes.InvalidRequestError,
  not_found_error: classes.NotFoundError,
  rate_limit_error: classes.RateLimitError,
  api_error: classes.ApiError,
  bank_error: classes.BankError,
  unavailable_error: classes.UnavailableError,
  timeout_error: classes.TimeoutError,
} as const;

describe("what the gateway answers", () => {
  test.each(errorCodes)(
    "with %s is an error of its type's class, with all that the body says",
    async (code: ErrorCode) => {
      const error = await failureOf(once().client.ping({ fault: code }));
      const { type, retryable } = errorEntry(code);
      expect(error).toBeInstanceOf(classOfType[type]);
      expect(error).toMatchObject({
        code,
        type,
        retryable,
        status: errorStatus(code),
        method: "GET",
        path: "/api/v2/ping",
      });
      expect(error.requestId).toMatch(/^req_/);
      expect(error.docUrl).toContain(code);
      expect(error.retryAfter === undefined).toBe(error.status !== 429 && error.status !== 503);
    },
  );

  test("has classes of its own for the two refusals that a merchant can lift", async () => {
    expect(await failureOf(once().client.ping({ fault: "api_not_enabled" }))).toBeInstanceOf(
      classes.ApiNotEnabledError,
    );
    const blocked = await failureOf(once().client.ping({ fault: "ip_not_allowed" }));
    expect(guards.isIpNotAllowedError(blocked) && blocked.address).toBe("127.0.0.1");
  });

  test("names every fault of the fields at once, and nothing is sent twice", async () => {
    const { client, told } = gateway.client();
    const error = await failureOf(client.payments.create({ amount: 12.5, invoice: "" } as never));
    expect(error.fields.map((fault) => fault.path).sort()).toEqual([
      "/amount",
      "/failure_url",
      "/invoice",
      "/success_url",
    ]);
    expect(error.fields.every((fault) => fault.expected !== "")).toBe(true);
    expect(told.requests).toHaveLength(1);
  });

  test("is known by a guard also to another copy of this package", async () => {
    vi.resetModules();
    const other: typeof guards = await import("./guards.ts");
    const { KineticPayError: OtherError } = await import("./kineticpay-error.ts");
    const error = await failureOf(once().client.ping({ fault: "rate_exceeded" }));
    expect(error).not.toBeInstanceOf(OtherError);
    expect(error).toBeInstanceOf(KineticPayError);
    expect(other.isRateLimitError(error) && other.isKineticPayError(error)).toBe(true);
    expect(other.isTimeoutError(error)).toBe(false);
    if (!other.hasCode(error, "rate_exceeded")) throw new Error("it has that code");
    const rate: number = error.meta.safe_rate_per_s;
    expect(rate).toBeGreaterThan(0);
    for (const strangeThing of [undefined, null, "", new Error("x"), {}]) {
      expect(other.isKineticPayError(strangeThing)).toBe(false);
    }
  });

  test("says so when a change may have been made although it failed", async () => {
    const { client } = once();
    const unknown = async (fault: string) =>
      (await failureOf(client.payments.create(gateway.order(), { fault }))).outcomeUnknown;
    expect(await unknown("internal_error; after=commit")).toBe(true);
    expect(await unknown("after=commit; drop")).toBe(true);
    expect(await unknown("overloaded")).toBe(false);
    expect(await unknown("fields_invalid")).toBe(false);
    const aborted = AbortSignal.abort();
    const unsent = await failureOf(client.payments.create(gateway.order(), { signal: aborted }));
    expect(unsent).toMatchObject({ name: "AbortedError", outcomeUnknown: false });
    expect((await failureOf(client.ping({ fault: "drop" }))).outcomeUnknown).toBe(false);
    expect(
      (await failureOf(client.payments.create(gateway.order(), { fault: "drop", validateOnly: true }))).outcomeUnknown,
    ).toBe(false);
  });
});

describe("a call whose first attempt was lost", () => {
  test.each([
    ["rate_exceeded", true],
    ["overloaded", true],
    ["key_revoked", true],
    ["invoice_conflict", false],
  ] as const)("and whose second one is answered %s: that its outcome is unknown is %s", async (code, unknown) => {
    const { client } = gateway.client({ maxRetries: 1, breaker: false });
    const route = "POST /api/v2/payments";
    await client.sandbox.faults.create({ route, after: "commit", drop: true, count: 1 });
    await client.sandbox.faults.create({ route, code });
    const error = await failureOf(client.payments.create(gateway.order()));
    expect(error).toMatchObject({ code, attempts: 2, outcomeUnknown: unknown });
    await client.sandbox.faults.delete("all");
  });
});

describe("what something else answers in the gateway's place", () => {
  const call = (more = {}) => once().client.withOptions({ baseURL: strange.url, maxRetries: 0, ...more });
  test.each([
    [502, "UnavailableError", true],
    [503, "UnavailableError", true],
    [504, "TimeoutError", true],
    [520, "ApiError", true],
    [403, "InvalidRequestError", false],
    [413, "InvalidRequestError", false],
    [429, "RateLimitError", true],
  ])("with a page and status %i is %s, and says what it was", async (status, name, retryable) => {
    strange.behave((response) => {
      response.writeHead(status, { "content-type": "text/html" });
      response.end(`<html><style>p{}</style><h1>${status} Nothing here</h1><hr>nginx</html>`);
    });
    const error = await failureOf(call().ping());
    expect(error).toMatchObject({ name, status, retryable, code: "answer_not_json" });
    expect(error.message).toContain(`beginning "${status} Nothing here nginx"`);
  });

  test("is sent again when that may help, and obeys a Retry-After that is a date", async () => {
    let first = true;
    strange.behave((response) => {
      if (first) {
        response.writeHead(503, { "retry-after": new Date(Date.now() + 1500).toUTCString() }).end("busy");
        first = false;
      } else response.writeHead(200, { "content-type": "application/json" }).end('{"message":"pong"}');
    });
    const started = performance.now();
    expect((await call({ maxRetries: 1 }).ping()).message).toBe("pong");
    expect(performance.now() - started).toBeGreaterThanOrEqual(400);
  });

  test("with a redirect is not followed, since a POST would be lost on the way", async () => {
    strange.behave((response) =>
      response.writeHead(301, { location: `${gateway.baseURL}/api/v2/payments?key=1` }).end(),
    );
    const before = strange.calls;
    const error = await failureOf(call({ maxRetries: 2 }).payments.create(gateway.order()));
    expect(error).toMatchObject({ name: "ConnectionError", code: "redirected", retryable: false });
    expect(error.message).toContain(`${gateway.baseURL}/api/v2/payments,`);
    expect(strange.calls).toBe(before + 1);
  });

  test("with a page and status 200 is no success", async () => {
    strange.behave((response) => response.end("<html>Welcome to the hotel's network</html>"));
    expect(await failureOf(call().ping())).toMatchObject({ name: "ConnectionError", code: "answer_not_json" });
  });

  test("with the same page for ever ends a list instead of going through it for ever", async () => {
    strange.behave((response) => response.end('{"object":"list","data":[{"id":"pay_1"}],"has_more":true}'));
    const ids: string[] = [];
    for await (const payment of call().payments.list()) ids.push(payment.id);
    expect(ids).toEqual(["pay_1"]);
  });

  test("with JSON of a kind that is not known yet falls back on its status, and keeps its code", async () => {
    strange.behave((response) => {
      const body = { type: "new_error", code: "new_code", message: "Something new.", retryable: false, status: 503 };
      response.writeHead(503, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
    const error = await failureOf(call({ maxRetries: 2 }).ping());
    expect(error).toMatchObject({ name: "UnavailableError", code: "new_code", retryable: false, attempts: 1 });
  });

  test("is told from nobody answering at all", async () => {
    const gone = await openStrangeServer();
    await gone.close();
    const error = await failureOf(call({ baseURL: gone.url }).payments.create(gateway.order()));
    expect(error).toMatchObject({ name: "ConnectionError", code: "connection_failed", outcomeUnknown: false });
    expect(error.message).toContain("ECONNREFUSED");
  });
});

describe("a key", () => {
  test("is never judged here: the gateway says what is wrong with it", async () => {
    const codeOf = async (apiKey: string | undefined) => {
      const { client } = gateway.client({ apiKey, breaker: false });
      return (await failureOf(client.ping())).code;
    };
    expect(await codeOf("")).toBe("key_missing");
    expect(await codeOf("nonsense")).toBe("key_malformed");
    expect(await codeOf("kp_test_0000000000000000000000000000002C8GjS")).toBe("key_invalid");
  });

  test("that the client lacks is missed in words that name its setting, and only then", async () => {
    const without = await failureOf(gateway.client({ apiKey: "", breaker: false }).client.ping());
    expect(without.message).toMatch(/set KINETICPAY_API_KEY, or pass apiKey/);
    const rehearsed = await failureOf(once().client.ping({ fault: "key_missing" }));
    expect(rehearsed).toMatchObject({
      code: "key_missing",
      message: expect.not.stringContaining("KINETICPAY_API_KEY"),
    });
  });

  test("that no header can carry is refused before anything is sent, and not told to anybody", async () => {
    for (const apiKey of ["kp_test_secret\npart", "kp_test_secret…part"]) {
      const { client, told } = gateway.client({ apiKey });
      const error = await failureOf(client.ping());
      expect(error).toMatchObject({ name: "AuthenticationError", code: "key_malformed" });
      expect(`${error.message}${error.stack}${JSON.stringify(error)}`).not.toContain("secret");
      expect(told.requests).toEqual([]);
    }
  });

  test("that is not fetched in time ends the call, and so does its signal", async () => {
    const { client, told } = gateway.client({ apiKey: () => new Promise<string>(() => undefined) });
    const late = await failureOf(client.ping({ timeout: 100 }));
    expect(late).toMatchObject({ name: "ConnectionError", code: "connection_timeout", attempts: 0 });
    const ended = await failureOf(client.ping({ signal: AbortSignal.timeout(50) }));
    expect(ended.name).toBe("AbortedError");
    const failing = gateway.client({ apiKey: () => Promise.reject(new Error("the vault is shut")) }).client;
    await expect(failing.ping()).rejects.toThrow("the vault is shut");
    expect(told.requests).toEqual([]);
  });

  test("may come from a function, asked for each attempt, and with the line break of its file", async () => {
    let asked = 0;
    const apiKey = async () => `${gateway.app.merchant.apiKey.key}\n${"".padEnd(asked++, " ")}`;
    await gateway.client({ apiKey }).client.ping();
    expect(asked).toBe(1);
  });
});
