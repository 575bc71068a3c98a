import { type BankStatusView, bankStatusSchema } from "../bank-status.ts";
import type { EventEntry } from "./entry.ts";
import { exampleBank } from "./examples.ts";

function bankEvent(summary: string, recorded: string, change: Partial<BankStatusView>): EventEntry<BankStatusView> {
  const example = { ...exampleBank, ...change };
  return {
    summary,
    recorded,
    audience: "everybody",
    callbacks: [],
    dataName: "BankStatus",
    schema: bankStatusSchema,
    example,
  };
}

/** What happens in the bank network. These events are nobody's own: every merchant can read and be told of them. */
export const bankEvents = {
  "bank.offline": bankEvent(
    "A bank cannot be paid from at the moment.",
    "When the network's list says for the first time that the bank is offline.",
    { online: false },
  ),
  "bank.online": bankEvent(
    "A bank can be paid from again.",
    "When the network's list says for the first time that a bank that was offline is online.",
    { online: true },
  ),
} as const satisfies Readonly<Record<string, EventEntry<BankStatusView>>>;
