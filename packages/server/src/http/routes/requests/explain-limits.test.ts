import { afterAll, beforeAll, expect, it } from "vitest";
import { callApi } from "../../../testing/call-api.ts";
import { furtherKey } from "../../../testing/further-key.ts";
import { openTestApp, type TestApp } from "../../../testing/test-app.ts";
import { testClock } from "../../../testing/test-clock.ts";

const clock = testClock();
let app: TestApp;
beforeAll(async () => {
  const settings = {
    KINETICPAY_KEY_RATE: "2",
    KINETICPAY_KEY_BURST: "8",
    KINETICPAY_KEY_CONCURRENCY: "2",
    KINETICPAY_ADDRESS_RATE: "3",
    KINETICPAY_ADDRESS_BURST: "4",
  };
  app = await openTestApp({ clock, settings });
});
afterAll(() => app.close());

interface Explained {
  readonly why: string;
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly detail: string }[];
}

/** What another key of the same merchant is told of a call. */
async function explain(id: unknown): Promise<{ why: string; limits: Explained["checks"][number] | undefined }> {
  const { key } = await furtherKey(app);
  const answer = await callApi(app, key, "GET", `/api/v2/requests/${id}/explain`);
  const { why, checks } = answer.body as unknown as Explained;
  return { why, limits: checks.find((check) => check.name === "limits") };
}

/** Calls until the answer is that one; gives its id. */
async function refused(key: string, code: string): Promise<unknown> {
  for (let calls = 0; calls < 20; calls += 1) {
    const { body } = await callApi(app, key, "GET", "/api/v2/ping");
    if (body["code"] === code) return body["request_id"];
  }
  throw new Error(`twenty calls were not answered ${code}`);
}

it("says how far a spent key's allowance has come back, beside what it is", async () => {
  const { key } = await furtherKey(app);
  const id = await refused(key, "rate_exceeded");
  const spent = await explain(id);
  expect(spent.limits).toEqual({
    name: "limits",
    ok: false,
    detail:
      "The key may make 0 of 8 calls now, and 2 more each second. 0 of 2 calls are under way. Each process counts for itself.",
  });
  expect(spent.why).toBe("The key made more than 8 calls within 4 seconds. Now it may make 0, and has 0 under way.");
  clock.advance(1_500);
  const later = await explain(id);
  expect(later.limits).toMatchObject({ ok: true, detail: expect.stringContaining("may make 3 of 8 calls") });
});

it("says how many calls of a busy key are under way, and that none are when they have ended", async () => {
  const { key, id: keyId } = await furtherKey(app);
  const order = {
    amount: 1250,
    invoice: "L1",
    success_url: "https://shop.example/a",
    failure_url: "https://shop.example/b",
  };
  await callApi(app, key, "POST", "/api/v2/payments", order);
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const isHeld = new Promise<void>((resolve) => {
    void app.gateway.db.transaction("payments.change", async (tx) => {
      await tx.query("select id from payments where invoice = 'L1' for update");
      resolve();
      await released;
    });
  });
  await isHeld;
  const waiting = [1500, 1600].map((amount) => callApi(app, key, "POST", "/api/v2/payments", { ...order, amount }));
  await expect.poll(() => app.gateway.limits.keys.standing(keyId)).toMatchObject({ inFlight: 2 });
  const id = await refused(key, "concurrency_exceeded");
  const busy = await explain(id);
  expect(busy.limits).toMatchObject({ ok: false, detail: expect.stringContaining("2 of 2 calls are under way") });
  expect(busy.why).toContain("has 2 under way");
  release();
  await Promise.all(waiting);
  expect((await explain(id)).limits).toMatchObject({
    ok: true,
    detail: expect.stringContaining("0 of 2 calls are under way"),
  });
});

it("says how an address stands that called too often without a good key", async () => {
  const id = await refused("nobody", "rate_exceeded");
  const { limits, why } = await explain(id);
  expect(limits).toEqual({
    name: "limits",
    ok: false,
    detail: "127.0.0.1 may make 0 of 4 calls without a valid key now, and 3 more each second.",
  });
  expect(why).toContain("127.0.0.1");
});
