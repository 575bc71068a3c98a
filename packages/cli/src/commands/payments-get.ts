import { connect } from "../access/connect.ts";
import type { Command } from "../command.ts";
import { paymentWords } from "../payment-words.ts";
import { answer } from "../terminal/answer.ts";

export const paymentsGetCommand: Command = {
  name: "payments get",
  summary: "Show a payment",
  examples: ["kineticpay payments get pay_01…", "kineticpay payments get pay_01… --fields status,paid_at"],
  words: [{ name: "<id>", summary: "a payment's id" }],
  async run({ context, words: [id = ""] }) {
    const { client } = await connect(context);
    const read = () => client.payments.retrieve(id, { signal: context.signal });
    const payment = await context.terminal.during("Reading the payment", read);
    answer(context, payment, () => paymentWords(payment, context.terminal.paint));
    return undefined;
  },
};
