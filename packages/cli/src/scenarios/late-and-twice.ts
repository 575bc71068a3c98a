import type { Scenario } from "./scenario.ts";

export const lateSuccess: Scenario = {
  name: "late-success",
  summary: "the payment has expired, and then the money arrives after all",
  events: [
    "payment.created",
    "payment.processing",
    "payment.attempt_failed",
    "payment.expired",
    "payment.paid",
    "payment.late_success",
  ],
  async play(stage) {
    const payment = await stage.create({ expires_in: 3 });
    const buyer = await stage.atBank(payment);
    await buyer.press("Let the session time out");
    stage.tell("the bank says that the session timed out, and the payment expires");
    await stage.waitFor(payment, "expired", ({ status }) => status === "expired");
    await stage.later();
    await stage.exchange.decide(await stage.order(payment), "00");
    stage.tell("then the bank says: paid, after all");
    return stage.waitFor(payment, "paid late", ({ flags }) => flags.includes("late_success"));
  },
};

export const duplicate: Scenario = {
  name: "duplicate",
  summary: "a buyer pays the same order twice; the second money is owed back",
  events: ["payment.created", "payment.processing", "payment.processing", "payment.paid", "payment.duplicate_success"],
  async play(stage) {
    const payment = await stage.create();
    const buyer = await stage.atBank(payment);
    const first = await stage.order(payment);
    await buyer.open(payment.checkout_url);
    await buyer.press("I closed the bank page, try again");
    await buyer.press("Pay again with");
    if (buyer.page.forms.some((form) => form.id === "hand-off")) await buyer.press("Continue to bank");
    stage.tell("the buyer opens the bank a second time, although warned, and approves");
    await buyer.press("Log in");
    await buyer.press("Approve");
    await stage.waitFor(payment, "paid", ({ status }) => status === "paid");
    await stage.exchange.decide(first, "00");
    stage.tell("the first try goes through as well");
    return stage.waitFor(payment, "paid twice", ({ flags }) => flags.includes("duplicate_success"));
  },
};
