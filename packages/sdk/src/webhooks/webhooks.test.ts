import { eventTypes } from "@kineticpay/contract/events/catalogue";
import { deliverDue } from "@kineticpay/server/callbacks/deliver";
import { furtherKey } from "@kineticpay/server/testing/further-key";
import { openTestShop, type TestShop } from "@kineticpay/server/testing/test-shop";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isSignatureVerificationError } from "../errors/guards.ts";
import { fakeEvent, signEvent, testWebhookSecret } from "../test-kit.ts";
import { openTestGateway, type TestGateway } from "../testing/open-test-client.ts";
import type { RawBody, WebhookHeaders } from "./webhooks.ts";
import { Webhooks } from "./webhooks.ts";

const webhooks = new Webhooks({ secret: testWebhookSecret });
const signed = await signEvent(fakeEvent("payment.paid"));

/** Why a request was refused. */
async function reasonOf(body: unknown, headers: WebhookHeaders, verifier: Webhooks = webhooks): Promise<string> {
  try {
    await verifier.unwrap(body as RawBody, headers);
  } catch (error) {
    if (!isSignatureVerificationError(error)) throw error;
    expect(error.message).not.toContain(testWebhookSecret);
    return error.reason;
  }
  return "accepted";
}

describe("a webhook of the gateway", () => {
  let gateway: TestGateway;
  let shop: TestShop;
  beforeAll(async () => {
    gateway = await openTestGateway();
    shop = await openTestShop();
  });
  afterAll(async () => {
    await gateway.close();
    await shop.close();
  });

  test("is unwrapped to its typed event, from bytes and from text, also while its secret is being replaced", async () => {
    const { client } = gateway.client({ apiKey: (await furtherKey(gateway.app)).key });
    const endpoint = await client.webhookEndpoints.create({ url: `${shop.url}/hooks`, events: ["payment.*"] });
    const rolled = await client.webhookEndpoints.rollSecret(endpoint.id, { overlap_hours: 1 });
    const payment = await client.payments.create(gateway.order());
    await deliverDue(gateway.app.gateway);
    const [call] = await shop.waitFor(1);
    for (const secret of [endpoint.secret, rolled.secret, [testWebhookSecret, rolled.secret]]) {
      const receiver = gateway.client({ webhookSecret: secret }).client.webhooks;
      const event = await receiver.unwrap(Buffer.from(call?.body ?? ""), call?.headers ?? {});
      expect(event.type).toBe("payment.created");
      if (event.type === "payment.created") expect(event.data.id).toBe(payment.id);
      expect(await receiver.unwrap(call?.body ?? "", new Headers(call?.headers as Record<string, string>))).toEqual(
        event,
      );
    }
    expect(await reasonOf(call?.body, call?.headers ?? {})).toBe("secret_wrong");
  });
});

describe("a request that cannot be verified", () => {
  const body = signed.body;
  const changed = body.replace("1250", "1251");
  test.each([
    ["a body that a framework parsed", JSON.parse(body), signed.headers, "body_parsed"],
    ["no body at all", undefined, signed.headers, "body_parsed"],
    ["a body that was written anew", JSON.stringify(JSON.parse(body), null, 2), signed.headers, "body_changed"],
    ["a body with a line break after it", `${body}\n`, signed.headers, "body_changed"],
    ["a body that is cut short", body.slice(0, -10), signed.headers, "body_changed"],
    ["another amount", changed, signed.headers, "secret_wrong"],
    ["another id", body, { ...signed.headers, "webhook-id": "evt_other" }, "secret_wrong"],
    ["another time", body, { ...signed.headers, "webhook-timestamp": "1" }, "secret_wrong"],
    ["no signature", body, { ...signed.headers, "webhook-signature": undefined }, "headers_missing"],
    ["an empty signature", body, { ...signed.headers, "webhook-signature": "v1," }, "secret_wrong"],
    ["no headers", body, {}, "headers_missing"],
  ])("is refused with its likely cause: %s", async (_what, sent, headers, reason) => {
    expect(await reasonOf(sent, headers)).toBe(reason);
    expect(await reasonOf(body, signed.headers)).toBe("accepted");
  });

  test.each([
    ["of another endpoint", "whsec_YW5vdGhlciBzZWNyZXQsIGFuZCBhcyBsb25nIGFzIG9uZQ==", "secret_wrong"],
    ["that is an API key", "kp_test_0000000000000000000000000000002C8GjS", "secret_malformed"],
    ["that is cut short", "whsec_YWJj", "secret_malformed"],
    ["that is missing", "", "secret_malformed"],
  ])("is refused for a secret %s", async (_what, secret, reason) => {
    expect(await reasonOf(body, signed.headers, new Webhooks({ secret }))).toBe(reason);
  });

  test.each([-301, 302])("is refused as one of another time when it is %i seconds off", async (seconds) => {
    const at = new Date(Date.now() + seconds * 1000);
    const late = await signEvent(fakeEvent("payment.paid"), { at });
    expect(await reasonOf(late.body, late.headers)).toBe("clock");
  });
});

describe("an event for tests", () => {
  test.each(eventTypes)("of type %s verifies here, and by the library of Standard Webhooks", async (type) => {
    const { body, headers } = await signEvent(fakeEvent(type));
    const event = await webhooks.unwrap(body, headers);
    expect(event.type).toBe(type);
    expect(new Webhook(testWebhookSecret).verify(body, { ...headers })).toEqual(event);
  });

  test("is as the test wants it, and has an id of its own", () => {
    const [first, second] = [fakeEvent("payment.paid", { data: { amount: 990 } }), fakeEvent("payment.paid")];
    expect([first.data.amount, second.data.amount]).toEqual([990, 1250]);
    expect(first.id).not.toBe(second.id);
  });
});
