import { afterAll, beforeAll, expect, it } from "vitest";
import { openTestApp, type TestApp } from "../testing/test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp({
    settings: { KINETICPAY_SUPPORT_EMAIL: "help@pay.example", KINETICPAY_SUPPORT_PHONE: "+60 3-1234 5678" },
  });
});
afterAll(() => app.close());

const support = ["help@pay.example", "+60 3-1234 5678"];

/** A call that fails as it is told to, in the form that it asks for. */
async function failed(fault: string, path = "/api/v2/ping", accept = "*/*") {
  const headers = {
    host: "gateway.example",
    authorization: `Bearer ${app.merchant.apiKey.key}`,
    "kineticpay-fault": fault,
    accept,
  };
  const { text } = await app.send({ method: "GET", path, headers, body: "" });
  return JSON.parse(text) as { code: string; message: string; meta: Record<string, unknown> };
}

it.each(["internal_error", "database_unavailable", "bank_bad_response", "bank_timeout"])(
  "%s says whom to ask",
  async (code) => {
    for (const accept of ["*/*", "application/problem+json"]) {
      const { message, meta, ...body } = await failed(code, "/api/v2/banks?model=b2c", accept);
      expect(body.code).toBe(code);
      expect(meta["support"]).toEqual(support);
      expect(message).toContain("If it goes on, ask help@pay.example or +60 3-1234 5678, and name the request id.");
    }
  },
);

it.each(["overloaded", "rate_exceeded", "key_invalid"])(
  "%s sends nobody to ask about what a caller can mend, or what passes by itself",
  async (code) => {
    const { meta, message } = await failed(code);
    expect(meta).not.toHaveProperty("support");
    expect(message).not.toContain("help@pay.example");
  },
);

it("a page for buyers that leads nowhere says whom to ask", async () => {
  const headers = { host: "gateway.example" };
  const answer = await app.send({ method: "GET", path: `/checkout/cs_${"0".repeat(40)}`, headers, body: "" });
  expect(answer.status).toBe(404);
  expect(answer.text).toContain('href="mailto:help@pay.example"');
});
