import type { Scenario } from "./scenario.ts";

const isPaid = ({ status }: { readonly status: string }) => status === "paid";
const paidEvents = ["payment.created", "payment.processing", "payment.paid"] as const;

export const paid: Scenario = {
  name: "paid",
  summary: "a buyer pays and comes back",
  events: paidEvents,
  async play(stage) {
    const payment = await stage.create();
    stage.tell("the shop asks for a payment, and the buyer goes to the bank");
    const buyer = await stage.atBank(payment);
    await buyer.press("Approve");
    stage.tell("the buyer approves, and comes back to the shop");
    await stage.comeBack(buyer);
    return stage.waitFor(payment, "paid", isPaid);
  },
};

export const paidTabClosed: Scenario = {
  name: "paid-tab-closed",
  summary: "a buyer pays and closes the tab at the bank, so that nobody comes back",
  events: paidEvents,
  async play(stage) {
    const payment = await stage.create();
    const buyer = await stage.atBank(payment);
    await buyer.press("Approve");
    stage.tell("the buyer approves and closes the tab; only the bank network tells the gateway");
    return stage.waitFor(payment, "paid", isPaid);
  },
};

export const pendingThenPaid: Scenario = {
  name: "pending-then-paid",
  summary: "the bank cannot say yet, and later says paid",
  events: paidEvents,
  async play(stage) {
    const payment = await stage.create();
    await stage.atBank(payment);
    const order = await stage.order(payment);
    await stage.exchange.decide(order, "09");
    stage.tell("the bank says: pending (09)");
    await stage.waitFor(payment, "pending at the bank", ({ attempts }) => attempts.at(-1)?.rail_code === "09");
    await stage.later();
    await stage.exchange.decide(order, "00");
    stage.tell("later the bank says: paid (00)");
    return stage.waitFor(payment, "paid", isPaid);
  },
};

export const returnFirst: Scenario = {
  name: "return-first",
  summary: "the buyer is back before the bank network has told the gateway",
  events: paidEvents,
  async play(stage) {
    const payment = await stage.create();
    const buyer = await stage.atBank(payment);
    const match = { seller_order_no: await stage.order(payment) };
    await stage.exchange.script({ match, code: "00", order: "indirect_first", times: 1 });
    await buyer.press("Approve");
    stage.tell("the buyer comes back at once; what a browser says settles nothing");
    await stage.comeBack(buyer);
    return stage.waitFor(payment, "paid", isPaid);
  },
};

export const messageLost: Scenario = {
  name: "message-lost",
  summary: "the bank network's message never arrives, and the gateway has to ask",
  events: paidEvents,
  async play(stage) {
    const payment = await stage.create();
    await stage.atBank(payment);
    await stage.exchange.decide(await stage.order(payment), "00", "drop");
    stage.tell("the bank has the money, and its message is lost on the way");
    await stage.later();
    stage.tell("the gateway asks what became of it, as it does by itself on a schedule");
    await stage.client.payments.requery(payment.id);
    return stage.waitFor(payment, "paid", isPaid);
  },
};

export const messageTwice: Scenario = {
  name: "message-twice",
  summary: "the bank network sends its message three times; the payment is paid once",
  events: paidEvents,
  async play(stage) {
    const payment = await stage.create();
    const buyer = await stage.atBank(payment);
    await buyer.press("Approve");
    const now = await stage.waitFor(payment, "paid", isPaid);
    await stage.exchange.send(await stage.order(payment), "00", 2);
    stage.tell("the same message comes twice more, and changes nothing");
    return now;
  },
};
