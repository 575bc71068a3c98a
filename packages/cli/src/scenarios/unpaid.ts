import type { Payment } from "kineticpay";
import type { Stage } from "../sandbox/stage.ts";
import type { Scenario } from "./scenario.ts";

const failedEvents = ["payment.created", "payment.processing", "payment.attempt_failed"] as const;

/** The buyer presses this at the bank, and the attempt ends without money. */
async function failAtBank(stage: Stage, button: string): Promise<Payment> {
  const payment = await stage.create();
  const buyer = await stage.atBank(payment);
  await buyer.press(button);
  stage.tell(`at the bank: ${button.toLowerCase()}`);
  await stage.comeBack(buyer);
  return stage.waitFor(payment, "open again", ({ attempts }) => attempts.at(-1)?.status === "failed");
}

export const insufficientFunds: Scenario = {
  name: "insufficient-funds",
  summary: "the account holds too little; the buyer may try again",
  events: failedEvents,
  play: (stage) => failAtBank(stage, "Insufficient funds"),
};

export const buyerCancels: Scenario = {
  name: "buyer-cancels",
  summary: "the buyer cancels at the bank; the payment stays open",
  events: failedEvents,
  play: (stage) => failAtBank(stage, "Cancel"),
};

export const sessionTimeout: Scenario = {
  name: "session-timeout",
  summary: "the buyer lets the bank's session run out",
  events: failedEvents,
  play: (stage) => failAtBank(stage, "Let the session time out"),
};

export const failedThenPaid: Scenario = {
  name: "failed-then-paid",
  summary: "a first try fails, a second one is paid",
  events: [...failedEvents, "payment.processing", "payment.paid"],
  async play(stage) {
    const payment = await failAtBank(stage, "Insufficient funds");
    const buyer = await stage.atBank(payment);
    await buyer.press("Approve");
    stage.tell("the buyer tries again, and approves");
    await stage.comeBack(buyer);
    return stage.waitFor(payment, "paid", ({ status }) => status === "paid");
  },
};

export const expired: Scenario = {
  name: "expired",
  summary: "nobody pays in time",
  events: ["payment.created", "payment.expired"],
  async play(stage) {
    const payment = await stage.create({ expires_in: 1 });
    stage.tell("nobody pays within the second that the payment lasts");
    return stage.waitFor(payment, "expired", ({ status }) => status === "expired");
  },
};

export const cancelled: Scenario = {
  name: "cancelled",
  summary: "the shop withdraws the payment",
  events: ["payment.created", "payment.cancelled"],
  async play(stage) {
    const payment = await stage.create();
    stage.tell("the shop withdraws it before anybody pays");
    return stage.client.payments.cancel(payment.id);
  },
};
