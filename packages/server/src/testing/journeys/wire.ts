import { beginAttempt } from "../../payments/begin-attempt.ts";
import { settlePayment } from "../../payments/settle-payment.ts";
import { railMessage } from "../rail-message.ts";
import type { World } from "./world.ts";

const form = "application/x-www-form-urlencoded";

/** A shop on the first protocol. */
export async function shopAsEver({ traveller, test, merchantKey }: World): Promise<void> {
  const create = "POST /payment/create";
  const body = (change: Readonly<Record<string, string>> = {}) => ({
    merchant_key: merchantKey,
    invoice: "20001",
    amount: "12.50",
    description: "Two tickets",
    bank: "MB2U0227",
    callback_success: "https://shop.example/thanks",
    callback_error: "https://shop.example/again",
    ...change,
  });
  const send = (change: Readonly<Record<string, string>> = {}) => ({ key: null, body: body(change) });
  const made = await traveller.ok<{ checkout_url: string }>(create, send());
  await traveller.ok(create, { key: null, raw: String(new URLSearchParams(body())), contentType: form });
  await traveller.fails("key_invalid", create, send({ merchant_key: "somebody-elses-key" }));
  await traveller.fails("fields_invalid", create, send({ amount: "1,250" }));
  await traveller.fails("amount_out_of_range", create, send({ amount: "0.50" }));

  const begun = await beginAttempt(test.gateway, made.checkout_url.split("/").at(-1) ?? "", {
    bankId: "MB2U0227",
    model: "b2c",
    locale: "en",
    confirmed: true,
  });
  if (begun.kind !== "handed_off") throw new Error(begun.kind);
  await traveller.fails("invoice_conflict", create, send({ amount: "15.00" }));
  await settlePayment(test.gateway, "direct", railMessage(begun.attempt, "succeeded"));
  await traveller.fails("invoice_already_paid", create, send());

  const query = (invoice: string) => ({ merchant_key: merchantKey, invoice });
  for (const operation of ["GET /payment/status", "POST /payment/status"]) {
    await traveller.ok(operation, { key: null, query: query("20001") });
    await traveller.fails("resource_missing", operation, { key: null, query: query("99999") });
    await traveller.fails("fields_invalid", operation, { key: null, query: { merchant_key: merchantKey } });
    await traveller.fails("key_missing", operation, { key: null, query: { invoice: "20001" } });
  }
}
