import { connect } from "../access/connect.ts";
import type { Command } from "../command.ts";
import { paymentWords } from "../payment-words.ts";
import { answer } from "../terminal/answer.ts";

export const paymentsCancelCommand: Command = {
  name: "payments cancel",
  summary: "Withdraw a payment that nobody is paying",
  examples: ["kineticpay payments cancel pay_01…", "kineticpay payments cancel pay_01… --json"],
  about: "While a buyer is at the bank this is refused: the money may already be on its way.",
  words: [{ name: "<id>", summary: "a payment's id" }],
  async run({ context, words: [id = ""] }) {
    const { client } = await connect(context);
    const cancel = () => client.payments.cancel(id, { signal: context.signal });
    const payment = await context.terminal.during("Withdrawing the payment", cancel);
    answer(context, payment, () => paymentWords(payment, context.terminal.paint));
    return undefined;
  },
};
