import { newId } from "@kineticpay/contract/ids";
import type { Tx } from "../db/db.ts";
import { entryRow, type LedgerEntry, postText } from "../ledger/post.ts";
import { postingsFor } from "../ledger/posting.ts";
import type { Attempt } from "../payments/payment.ts";
import { settlePayment } from "../payments/settle-payment.ts";
import { handedOff } from "./handed-off.ts";
import { railMessage } from "./rail-message.ts";
import type { TestCore } from "./test-core.ts";

let invoices = 0;

/** An invoice that no other call of this file has used. */
export function nextInvoice(): string {
  invoices += 1;
  return `B${invoices}`;
}

const postOne = `with ${postText("json_to_recordset($1::json)")} select`;

/** Books by itself what only a settlement books. */
export async function post(tx: Tx, entry: LedgerEntry): Promise<void> {
  await tx.query(postOne, [JSON.stringify([entryRow(entry)])]);
}

/** Books an attempt's money by itself, without the payment around it; answers with the transaction's id. */
export async function book(core: TestCore, tx: Tx, attempt: Attempt): Promise<string> {
  const { clock, random } = core.gateway;
  const at = clock.now();
  const id = newId("transaction", at.getTime(), random.bytes(10));
  const { merchantId, paymentId } = attempt;
  const postings = postingsFor("payment", "fpx", merchantId, 1250);
  await post(tx, { id, merchantId, paymentId, attemptId: attempt.id, kind: "payment", postings, at });
  return id;
}

/** Settled payments of the test's merchant, as many as asked for. */
export async function paidPayments(core: TestCore, count: number): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  for (let index = 0; index < count; index += 1) {
    const attempt = await handedOff(core, { invoice: nextInvoice() });
    await settlePayment(core.gateway, "direct", railMessage(attempt, "succeeded"));
    attempts.push(attempt);
  }
  return attempts;
}
