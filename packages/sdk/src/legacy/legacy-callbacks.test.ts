import { deliverDue } from "@kineticpay/server/callbacks/deliver";
import { beginAttempt } from "@kineticpay/server/payments/begin-attempt";
import { createPayment } from "@kineticpay/server/payments/create-payment";
import { settlePayment } from "@kineticpay/server/payments/settle-payment";
import { newPayment } from "@kineticpay/server/testing/new-payment";
import { railMessage } from "@kineticpay/server/testing/rail-message";
import { openTestShop, type TestShop } from "@kineticpay/server/testing/test-shop";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fakeLegacyCallback } from "../test-kit.ts";
import { openTestGateway, type TestGateway } from "../testing/open-test-client.ts";
import { LegacyCallbacks, type LegacyForm } from "./legacy-callbacks.ts";

let gateway: TestGateway;
let shop: TestShop;
let callbacks: LegacyCallbacks;
beforeAll(async () => {
  gateway = await openTestGateway();
  shop = await openTestShop();
  callbacks = new LegacyCallbacks({ merchantKey: gateway.app.merchant.merchantKey.key, baseURL: gateway.baseURL });
});
afterAll(async () => {
  await gateway.close();
  await shop.close();
});

/** An order that was asked for over the wire protocol, and its callback as the shop received it. */
async function concluded(invoice: string, outcome: "succeeded" | "failed"): Promise<string> {
  const core = gateway.app;
  const owner = { ...core.owner, keyId: core.merchant.merchantKey.id };
  const wanted = newPayment({ protocol: "wire", invoice, amountSen: 1250, callbackUrl: `${shop.url}/status` });
  const { payment } = await createPayment(core.gateway, owner, wanted);
  const how = { bankId: "MB2U0227", model: "b2c", locale: "en", confirmed: false } as const;
  const begun = await beginAttempt(core.gateway, payment.checkoutId, how);
  if (begun.kind !== "handed_off") throw new Error(begun.kind);
  const before = shop.received.length;
  await settlePayment(core.gateway, "direct", railMessage(begun.attempt, outcome));
  await deliverDue(core.gateway);
  return (await shop.waitFor(before + 1)).at(-1)?.body ?? "";
}

describe("a callback of the wire protocol", () => {
  test("is opened with the merchant key, and confirmed by the gateway's own word", async () => {
    const form = await concluded("LEGACY-1", "succeeded");
    const order = { invoice: "LEGACY-1", amount: 1250 };
    for (const each of [
      form,
      new URLSearchParams(form),
      Object.fromEntries(new URLSearchParams(form)),
    ] as LegacyForm[]) {
      const { isPaid, record, status } = await callbacks.confirm(each, order);
      expect(isPaid).toBe(true);
      expect(record).toMatchObject({ order_number: "LEGACY-1", order_amount: "12.50", transaction_status_code: "00" });
      expect(status.code).toBe("00");
    }
  });

  test("that tells of a failure does not make an order paid", async () => {
    const { isPaid, status } = await callbacks.confirm(await concluded("LEGACY-2", "failed"), {
      invoice: "LEGACY-2",
      amount: 1250,
    });
    expect({ isPaid, code: status.code === "00" }).toEqual({ isPaid: false, code: false });
  });

  test("is not believed when it is genuine but the gateway knows the order as unpaid", async () => {
    await concluded("LEGACY-3", "failed");
    const record = { order_number: "LEGACY-3", order_amount: "12.50", transaction_status_code: "00" };
    const form = await fakeLegacyCallback(gateway.app.merchant.merchantKey.key, record);
    expect((await callbacks.confirm(form, { invoice: "LEGACY-3", amount: 1250 })).isPaid).toBe(false);
  });
});

describe("a callback that proves nothing", () => {
  test("is refused with its likely cause", async () => {
    const form = new URLSearchParams(await concluded("LEGACY-4", "succeeded"));
    const order = { invoice: "LEGACY-4", amount: 1250 };
    const sealed = form.get("encrypted_transaction_data") ?? "";
    const parts = JSON.parse(atob(sealed)) as Record<string, string>;
    const resealed = (change: object) => ({
      encrypted_transaction_data: btoa(JSON.stringify({ ...parts, ...change })),
    });
    const cases: [LegacyForm, typeof order, string][] = [
      [{ encoded_transaction_data: form.get("encoded_transaction_data") }, order, "headers_missing"],
      [{ encrypted_transaction_data: "not base64!" }, order, "envelope_malformed"],
      [resealed({ value: btoa("another record of the same kind") }), order, "secret_wrong"],
      [resealed({ iv: btoa("sixteen bytes ok") }), order, "secret_wrong"],
      [
        resealed({ iv: `${parts["iv"]}${parts["value"]?.slice(0, 4)}`, value: parts["value"]?.slice(4) }),
        order,
        "envelope_malformed",
      ],
      [await fakeLegacyCallback("a key of somebody else's", { order_number: "LEGACY-4" }), order, "secret_wrong"],
      [form, { invoice: "LEGACY-5", amount: 1250 }, "order_differs"],
      [form, { invoice: "LEGACY-4", amount: 1200 }, "order_differs"],
    ];
    for (const [sent, about, reason] of cases) {
      await expect(callbacks.confirm(sent, about)).rejects.toMatchObject({
        name: "SignatureVerificationError",
        reason,
      });
    }
    expect((await callbacks.confirm(form, order)).isPaid).toBe(true);
  });
});
