import { connect } from "../access/connect.ts";
import type { Command } from "../command.ts";
import { paymentWords } from "../payment-words.ts";
import { answer } from "../terminal/answer.ts";

export const paymentsRequeryCommand: Command = {
  name: "payments requery",
  summary: "Ask the bank network now what became of a payment",
  examples: ["kineticpay payments requery pay_01…", "kineticpay payments requery pay_01… --fields status,certainty"],
  about: "The gateway asks by itself as well, on a schedule. Asking changes nothing that is not so.",
  words: [{ name: "<id>", summary: "a payment's id" }],
  async run({ context, words: [id = ""] }) {
    const { client } = await connect(context);
    const ask = () => client.payments.requery(id, { signal: context.signal });
    const payment = await context.terminal.during("Asking the bank network", ask);
    answer(context, payment, () => paymentWords(payment, context.terminal.paint));
    return undefined;
  },
};
