import type { Payment } from "kineticpay";
import type { Stage } from "../sandbox/stage.ts";
import type { Scenario } from "./scenario.ts";

/** A company's maker pays; a second person has yet to approve. */
async function makerPays(stage: Stage): Promise<Payment> {
  const payment = await stage.create({ model: "b2b1" });
  const buyer = await stage.atBank(payment, "b2b1");
  await buyer.press("Submit for approval");
  stage.tell("the company's maker pays; the bank waits for the approver (99)");
  await stage.comeBack(buyer);
  return stage.waitFor(payment, "awaiting approval", ({ status }) => status === "awaiting_approval");
}

export const businessApproved: Scenario = {
  name: "b2b1-approved-tomorrow",
  summary: "a company pays, and its approver approves later; --wait says how much later",
  events: ["payment.created", "payment.processing", "payment.awaiting_approval", "payment.paid"],
  async play(stage) {
    const payment = await makerPays(stage);
    await stage.later();
    await stage.exchange.decide(await stage.order(payment), "00");
    stage.tell("the next day, played in a moment, the approver approves");
    return stage.waitFor(payment, "paid", ({ status }) => status === "paid");
  },
};

export const businessRejected: Scenario = {
  name: "b2b1-rejected",
  summary: "a company pays, and its approver rejects it",
  events: ["payment.created", "payment.processing", "payment.awaiting_approval", "payment.attempt_failed"],
  async play(stage) {
    const payment = await makerPays(stage);
    await stage.later();
    await stage.exchange.decide(await stage.order(payment), "BC");
    stage.tell("the approver rejects it");
    return stage.waitFor(payment, "open again", ({ status }) => status === "open");
  },
};
