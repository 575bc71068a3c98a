import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { callApi } from "../../../testing/call-api.ts";
import { openTestApp, type TestApp } from "../../../testing/test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp();
});
afterAll(() => app.close());

interface Explained {
  readonly what: string;
  readonly why: string;
  readonly fix: readonly string[];
  readonly corrected: readonly { method: string; path: string; body: Readonly<Record<string, unknown>> | null }[];
  readonly curl: string;
  readonly notes: readonly string[];
}

const own = { success_url: "https://shop.example/thanks", failure_url: "https://shop.example/again" };
const wireOwn = { callback_success: "https://shop.example/thanks", callback_error: "https://shop.example/again" };
const key = () => app.merchant.apiKey.key;

async function explain(id: unknown): Promise<Explained & { readonly all: string }> {
  const { body, text } = await callApi(app, key(), "GET", `/api/v2/requests/${String(id)}/explain`);
  return { ...(body as unknown as Explained), all: text };
}

/** What is said of a call of the v2 API that fails with that code. */
async function ofCall(method: string, path: string, body: unknown, code: string) {
  const answer = await callApi(app, key(), method, path, body);
  expect(answer.body).toMatchObject({ code });
  return explain(answer.body["request_id"]);
}
const ofPayment = (more: object, code: string) =>
  ofCall("POST", "/api/v2/payments", { amount: 1250, invoice: "M-1", ...own, ...more }, code);

function form(method: string, path: string, headers: Record<string, string>, fields: Record<string, string>) {
  const type = { "content-type": "application/x-www-form-urlencoded" };
  return app.send({ method, path, headers: { ...type, ...headers }, body: new URLSearchParams(fields).toString() });
}

/** What is said of a call of the old protocol that fails with that code. */
async function ofWire(fields: Record<string, string>, code: string) {
  const answer = await form("POST", "/payment/create", {}, { merchant_key: app.merchant.merchantKey.key, ...fields });
  const body = JSON.parse(answer.text) as Record<string, unknown>;
  expect(body).toMatchObject({ code });
  return explain(body["request_id"]);
}

/** The words of a line as a shell gives them to curl. */
function wordsOf(line: string, variables: Readonly<Record<string, string>>): string[] {
  const script = `curl() { for word in "$@"; do printf '%s\\n' "$word"; done; }; ${line}`;
  return spawnSync("sh", ["-c", script], { encoding: "utf8", env: variables }).stdout.split("\n");
}

describe("an amount that is not taken", () => {
  const sent = { invoice: "M-2", ...wireOwn };

  it.each([
    ["0.50", "RM 0.50"],
    ["40000", "RM 40000.00"],
    ["2000000", "RM 2000000.00"],
  ])("of the old protocol is explained in ringgit and never becomes another sum: %s", async (amount, told) => {
    const { corrected, curl, fix, why, notes, all } = await ofWire({ ...sent, amount }, "amount_out_of_range");
    expect(corrected).toMatchObject([{ method: "POST", path: "/payment/create" }]);
    expect(corrected[0]?.body).toEqual(sent);
    expect(wordsOf(curl, { AMOUNT: "99.90" })).toContain("amount=99.90");
    expect(why).toContain(told);
    expect([why, ...fix, ...notes].join(" ")).not.toMatch(/\bsen\b(?!:)|model|\$?1250/);
    expect(fix.join(" ")).toContain("RM 1.00 to RM 30000.00");
    expect(notes.join(" ")).toContain("set AMOUNT");
    expect(all).not.toContain("(text of");
  });

  it.each([
    ["-12.50", "is below zero"],
    ["12.345", "cannot be read"],
    ["0", "cannot be read"],
  ])("of the old protocol is left to its sender where it has no meaning: %s", async (amount, told) => {
    const { corrected, notes } = await ofWire({ ...sent, amount }, "fields_invalid");
    expect(corrected[0]?.body).toEqual(sent);
    expect(notes.join(" ")).toContain(told);
  });

  it("of the old protocol that is written otherwise keeps its sum, and is said to be a guess", async () => {
    const { corrected, notes } = await ofWire({ ...sent, amount: "12,50" }, "fields_invalid");
    expect(corrected[0]?.body).toEqual({ ...sent, amount: "12.50" });
    expect(notes.join(" ")).toContain("guess");
  });

  it.each([
    [50, "RM 50.00 is 5000 sen"],
    [3, "RM 3.00 is 300 sen"],
    [400_000_000, "a second time"],
  ])("of the v2 API never becomes another sum: %i", async (amount, told) => {
    const { corrected, curl, fix, notes } = await ofPayment({ amount }, "amount_out_of_range");
    expect(corrected[0]?.body).toEqual({ invoice: "M-1", ...own });
    const data = wordsOf(curl, { AMOUNT: "1999" }).find((word) => word.startsWith("{")) ?? "";
    expect(JSON.parse(data)).toEqual({ amount: 1999, invoice: "M-1", ...own });
    expect(fix.join(" ")).toContain(told);
    expect(notes.join(" ")).toContain("set AMOUNT");
  });

  it.each([-1250, "-12.50", -1])(
    "of the v2 API below zero is no charge: there is no call for refunds (%s)",
    async (amount) => {
      const { corrected, fix } = await ofPayment({ amount }, "fields_invalid");
      expect(corrected[0]?.body).toEqual({ invoice: "M-1", ...own });
      expect(fix.join(" ")).toContain("no call for refunds");
    },
  );

  it.each([12.5, "12.50"])(
    "of the v2 API that has decimals is read as ringgit, and said to be a guess: %s",
    async (amount) => {
      const { corrected, notes } = await ofPayment({ amount }, "fields_invalid");
      expect(corrected[0]?.body).toMatchObject({ amount: 1250 });
      expect(notes.join(" ")).toMatch(/RM 12\.50\. That is a guess/);
    },
  );

  it.each([0, 12.345, "1250.00", "lots", 5_000_000_000, true, ["12"]])(
    "of the v2 API that can mean more than one sum, or none, is left to its sender: %s",
    async (amount) => {
      const { corrected, notes } = await ofPayment({ amount }, "fields_invalid");
      expect(corrected[0]?.body).toEqual({ invoice: "M-1", ...own });
      expect(notes.join(" ")).toContain("set AMOUNT");
    },
  );

  it("with RM before it is ringgit, and not as many sen", async () => {
    const { corrected } = await ofPayment({ amount: "RM 12" }, "fields_invalid");
    expect(corrected[0]?.body).toMatchObject({ amount: 1200 });
  });

  it("in another currency does not become as many sen", async () => {
    const { corrected, notes } = await ofPayment({ currency: "USD" }, "fields_invalid");
    expect(corrected[0]?.body).toEqual({ currency: "MYR", invoice: "M-1", ...own });
    expect(notes.join(" ")).toContain("another currency");
  });

  it("makes a line that does nothing while the sum is not set", async () => {
    const { curl } = await ofPayment({ amount: 50 }, "amount_out_of_range");
    const data = wordsOf(curl, {}).find((word) => word.startsWith("{")) ?? "";
    expect(() => JSON.parse(data) as unknown).toThrow(SyntaxError);
    const wire = await ofWire({ invoice: "M-3", amount: "0.50", ...wireOwn }, "amount_out_of_range");
    expect(wordsOf(wire.curl, {})).toContain("amount=");
  });
});

describe("a corrected call", () => {
  it("of the old protocol has no field that was left out and need not be there", async () => {
    const { corrected, notes } = await ofWire({ invoice: "M-4", amount: "12.50" }, "fields_invalid");
    expect(corrected[0]?.body).toEqual({
      invoice: "M-4",
      amount: "12.50",
      callback_success: "https://shop.example/thanks",
      callback_error: "https://shop.example/again",
    });
    expect(notes.join(" ")).not.toContain("description");
  });

  it("of the old protocol keeps what came under a slip of a name", async () => {
    const { corrected } = await ofWire({ invoice: "M-5", ammount: "40.00", ...wireOwn }, "fields_invalid");
    expect(corrected[0]?.body).toEqual({ invoice: "M-5", amount: "40.00", ...wireOwn });
  });

  it("of the v2 API keeps the addresses that came under the names of the old protocol", async () => {
    const sent = {
      amount: 1250,
      invoice: "M-6",
      callback_success: "https://mine.example/ok",
      callback_error: "https://mine.example/no",
      callback_status: "https://mine.example/told",
    };
    const { corrected, notes } = await ofCall("POST", "/api/v2/payments", sent, "fields_invalid");
    expect(corrected[0]?.body).toEqual({
      amount: 1250,
      invoice: "M-6",
      success_url: sent.callback_success,
      failure_url: sent.callback_error,
      callback_url: sent.callback_status,
    });
    expect(notes.join(" ")).not.toMatch(/left out|this is an example|became/);
  });

  it("takes the first of two fields that mean the same, and says that the other was left out", async () => {
    const { success_url: _, ...rest } = own;
    const sent = { ...rest, return_url: "https://mine.example/first", redirect_url: "https://mine.example/second" };
    const { corrected, notes } = await ofCall(
      "POST",
      "/api/v2/payments",
      { amount: 1250, invoice: "M-7", ...sent },
      "fields_invalid",
    );
    expect(corrected[0]?.body).toMatchObject({ success_url: "https://mine.example/first" });
    expect(notes.join(" ")).toContain("/redirect_url: left out");
  });

  it("says what the variable of the key stands for, once, and only for the key that the line has", async () => {
    const v2 = (await ofPayment({ amount: 50 }, "amount_out_of_range")).notes.join("\n");
    expect(v2.match(/API_KEY/g)).toHaveLength(1);
    expect(v2).not.toContain("MERCHANT_KEY");
    const wire = (await ofWire({ invoice: "M-8", amount: "0.50", ...wireOwn }, "amount_out_of_range")).notes.join("\n");
    expect(wire.match(/MERCHANT_KEY/g)).toHaveLength(1);
    expect(wire).not.toContain("API_KEY");
  });
});

describe("the gateway's own words stand in an explanation as they are", () => {
  test("the type that a body must have", async () => {
    const answer = await form("POST", "/api/v2/payments", { authorization: `Bearer ${key()}` }, { amount: "1250" });
    const { fix, what, all } = await explain((JSON.parse(answer.text) as { request_id: string }).request_id);
    expect(fix.join(" ")).toContain("Send it as application/json,");
    expect(what).toContain("application/json");
    expect(all).not.toContain("(text of");
  });

  test("the kinds of buyers that a limit is for", async () => {
    const { what } = await ofPayment({ amount: 50 }, "amount_out_of_range");
    expect(what).toContain("b2c/b2b1");
  });

  test("the address that was meant by one that is unknown", async () => {
    const { fix, corrected } = await ofCall("GET", "/api/v2/payment", undefined, "route_unknown");
    expect(fix[0]).toBe("The address is /api/v2/payments.");
    expect(corrected[0]).toMatchObject({ method: "GET", path: "/api/v2/payments" });
  });
});

describe("a method that an address does not take", () => {
  it("is no redirect where POST came, and a create behind the address is taken off", async () => {
    const sent = { amount: 1990, invoice: "M-9", ...own };
    const { corrected, all, notes } = await ofCall("POST", "/api/v2/payments/create", sent, "method_unknown");
    expect(all).not.toContain("redirect");
    expect(corrected).toMatchObject([{ method: "POST", path: "/api/v2/payments" }]);
    // Nothing reads a body that came to no address.
    expect(notes[0]).toBe(
      "Nothing of a body could be read, so the one in the line is an example: put your own values in, the amount above all.",
    );
    expect(notes.join(" ")).not.toContain("was missing");
  });

  it("may be a redirect where GET came to what takes POST alone, and nowhere else", async () => {
    const get = await app.send({
      method: "GET",
      path: `/payment/create?merchant_key=${app.merchant.merchantKey.key}`,
      headers: {},
      body: "",
    });
    const id = (JSON.parse(get.text) as { request_id: string }).request_id;
    expect((await explain(id)).fix.join(" ")).toContain("redirect");
    const put = await ofCall("PUT", "/api/v2/payments", {}, "method_unknown");
    expect(put.all).not.toContain("redirect");
  });
});
