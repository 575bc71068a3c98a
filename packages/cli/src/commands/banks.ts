import type { PaymentModel } from "kineticpay";
import { connect } from "../access/connect.ts";
import { type Command, textOf } from "../command.ts";
import { answer } from "../terminal/answer.ts";
import { columns } from "../terminal/table.ts";

export const banksCommand: Command = {
  name: "banks",
  summary: "List the banks that buyers can choose, and which are offline",
  examples: ["kineticpay banks", "kineticpay banks --model b2b1 --fields id,online"],
  options: [{ flags: "--model <model>", summary: "for personal or company accounts", choices: ["b2c", "b2b1"] }],
  async run({ context, options }) {
    const { client } = await connect(context);
    const { terminal } = context;
    const model = textOf(options, "model") as PaymentModel | undefined;
    const banks = await terminal.during("Asking the bank network", () =>
      client.banks.list({ model }, { signal: context.signal }),
    );
    answer(context, banks.data, () =>
      columns(
        banks.data.map(({ id, name, online, offline_since }) => [
          id,
          name,
          online ? terminal.paint("green", "online") : terminal.paint("red", `offline since ${offline_since ?? "now"}`),
        ]),
      ),
    );
    terminal.say(`As of ${banks.as_of}.`);
    return undefined;
  },
};
