import { afterAll, beforeAll, expect, it } from "vitest";
import { deliverDue } from "../callbacks/deliver.ts";
import { asOwner } from "../db/as-owner.ts";
import { eraseBuyer } from "../payments/erase-buyer.ts";
import { settlePayment } from "../payments/settle-payment.ts";
import { canaries, canaryPayment, foundCanaries } from "../testing/canary-buyer.ts";
import { handedOff } from "../testing/handed-off.ts";
import { railMessage } from "../testing/rail-message.ts";
import { openTestCore, type TestCore } from "../testing/test-core.ts";
import { eventSource } from "../testing/test-events.ts";
import { openTestShop, type TestShop } from "../testing/test-shop.ts";
import { readDelivery } from "./read.ts";
import { resendDelivery } from "./send-again.ts";

let core: TestCore;
let shop: TestShop;
beforeAll(async () => {
  core = await openTestCore();
  shop = await openTestShop();
  // Shops that answer with what they were told are not rare.
  shop.behave((response, call) => response.end(call.body));
});
afterAll(async () => {
  await core.close();
  await shop.close();
});

/** The canary's payment, paid, with its shop told; answers with the deliveries. */
async function toldOfCanary(protocol: "v2" | "wire"): Promise<{ paymentId: string; deliveries: string[] }> {
  const callbackUrl = `${shop.url}/callback?${canaries.note}`;
  const key = protocol === "wire" ? core.merchant.merchantKey : core.merchant.apiKey;
  const asShop = { ...core, owner: { ...core.owner, keyId: key.id } };
  const attempt = await handedOff(asShop, canaryPayment({ protocol, callbackUrl }));
  await settlePayment(core.gateway, "direct", railMessage(attempt, "succeeded"));
  await deliverDue(core.gateway);
  const rows = await core.gateway.db.query<{ id: string }>(
    "select id from deliveries where payment_id = $1 and status = 'delivered' order by id",
    [attempt.paymentId],
  );
  return { paymentId: attempt.paymentId, deliveries: rows.map(({ id }) => id) };
}

it("erases a buyer from what endpoints were sent and from what they answered, and sends nothing of it again", async () => {
  await eventSource(core).endpoint(`${shop.url}/hooks`);
  const reach = { merchantId: core.owner.merchantId, collectionId: null };
  const [v2, wire] = [await toldOfCanary("v2"), await toldOfCanary("wire")];
  expect(v2.deliveries.length).toBeGreaterThan(2);
  expect(await foundCanaries(core)).toContain("delivery_attempts name");
  for (const { paymentId } of [v2, wire]) {
    const erasure = await eraseBuyer(core.gateway, asOwner(core.database.owner), paymentId, "Aminah");
    expect(erasure?.keptBecause).toBeNull();
  }
  expect(await foundCanaries(core)).toEqual([]);

  const before = shop.received.length;
  const outcomes = new Set<string>();
  for (const id of [...v2.deliveries, ...wire.deliveries]) {
    const shown = await readDelivery(core.gateway, reach, id);
    expect(shown?.attempts).toEqual([]);
    const sent = await resendDelivery(core.gateway, reach, id).catch((error: { code: string }) => error.code);
    outcomes.add(typeof sent === "string" ? sent : "sent");
  }
  // What the wire protocol says is gone for good; events go on telling of the payment, without its buyer.
  expect(outcomes).toEqual(new Set(["sent", "state_not_allowed"]));
  await deliverDue(core.gateway);
  const texts = shop.received.slice(before).map((call) => `${call.path} ${call.body}`);
  expect(texts.length).toBeGreaterThan(2);
  for (const text of texts) for (const canary of Object.values(canaries)) expect(text).not.toContain(canary);
});
