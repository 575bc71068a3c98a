import { encodeForm, type FpxFields } from "@kineticpay/fpx/messages";
import { confirmation } from "./confirmation.ts";
import { type DecidingExchange, delayAfterBrowserMs, presentCode } from "./decide.ts";
import { noteMessage, scriptOf, signConfirmation } from "./exchange.ts";
import type { Transaction } from "./transaction.ts";

/** What the buyer's browser is given when it leaves the bank: the indirect AC, or a broken way back. */
export type WayBack = { readonly address: string; readonly fields: FpxFields } | { readonly lost: string };

/**
 * Hands the indirect AC to the buyer's browser, as the script has it: dropped, or sent once more by the exchange
 * itself before the browser brings its copy. Direct messages that waited for the browser are let go.
 */
export async function returnToShop(parts: DecidingExchange, transaction: Transaction): Promise<WayBack> {
  const { exchange, delivery } = parts;
  const { orderNo } = transaction;
  const script = scriptOf(exchange, transaction);
  delivery.release(orderNo, delayAfterBrowserMs(script));
  if (script?.indirect === "drop")
    return { lost: "The script of this payment drops the message that the browser brings." };
  const address = exchange.outbound.address("/fpx/indirect");
  if (address === undefined) return { lost: "The simulator was not told the address of the gateway." };
  const fields = signConfirmation(exchange, confirmation(transaction, presentCode(transaction)));
  const body = encodeForm(fields);
  const sent = { direction: "sent", type: "AC", route: "indirect", body } as const;
  if (script?.indirect === "duplicate") {
    const answer = await exchange.outbound.post("/fpx/indirect", body);
    noteMessage(exchange, orderNo, { ...sent, answer, note: "sent without the browser" });
  }
  noteMessage(exchange, orderNo, { ...sent, note: "handed to the browser" });
  return { address, fields };
}
