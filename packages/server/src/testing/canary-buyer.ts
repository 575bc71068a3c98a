import type { NewPayment } from "../payments/create-payment.ts";
import { settlePayment } from "../payments/settle-payment.ts";
import { nextInvoice } from "./bookings.ts";
import { handedOff } from "./handed-off.ts";
import { railMessage } from "./rail-message.ts";
import type { TestCore } from "./test-core.ts";

/** What tells of one buyer, and stands nowhere else. */
export const canaries = {
  name: "Canary Binti Kenari",
  email: "canary@kenari.example",
  phone: "+60 12-777 5123",
  // FPX has names in capitals, as the bank knows them.
  nameAtBank: "CANARY BINTI KENARI",
  note: "canary-note-9317",
} as const;

/** A request for a payment by that buyer, who is also named where a shop might write it. */
export function canaryPayment(change: Partial<NewPayment> = {}): Partial<NewPayment> {
  const address = `https://shop.example/thanks?for=${encodeURIComponent(canaries.email)}#${canaries.note}`;
  return {
    invoice: nextInvoice(),
    buyer: { name: canaries.name, email: canaries.email, phone: canaries.phone },
    description: `Cake for ${canaries.name}`,
    metadata: { note: canaries.note },
    successUrl: address,
    failureUrl: address,
    callbackUrl: `https://shop.example/callback?${canaries.note}`,
    ...change,
  };
}

/** The canary's payment, paid, with all its callbacks delivered. */
export async function paidByCanary(core: TestCore, change: Partial<NewPayment> = {}): Promise<string> {
  const attempt = await handedOff(core, canaryPayment(change));
  const details = { buyerName: canaries.nameAtBank, makerName: canaries.nameAtBank, buyerBankId: "TEST0021" };
  await settlePayment(core.gateway, "direct", railMessage(attempt, "succeeded", { details }));
  await deliverAll(core);
  return attempt.paymentId;
}

/** As if every shop had answered. */
export async function deliverAll(core: TestCore): Promise<void> {
  await core.gateway.db.write(
    "callbacks.conclude",
    "update deliveries set status = 'delivered', delivered_at = now(), next_attempt_at = null where status = 'pending'",
  );
}

/** Where in the database a canary is found: each table with the canaries that its rows hold, in any case. */
export async function foundCanaries(core: TestCore): Promise<string[]> {
  const tables = await core.gateway.db.query<{ name: string }>(
    "select relname::text as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition order by relname",
  );
  const found: string[] = [];
  for (const { name } of tables) {
    for (const [kind, text] of Object.entries(canaries)) {
      const forms = [text, encodeURIComponent(text), text.replaceAll(" ", "+")];
      const rows = await core.gateway.db.query(
        `select 1 from ${name} t where lower(t::text) like any (array(select '%' || lower(form) || '%' from unnest($1::text[]) form)) limit 1`,
        [forms],
      );
      if (rows.length > 0) found.push(`${name} ${kind}`);
    }
  }
  return found;
}
