import { type ExchangeReport, readExchanges } from "../payments/exchange-state.ts";
import { type Command, UsageError } from "./command.ts";

function told(each: ExchangeReport): string {
  const { rail, circuit, since, nextProbeAt, faults, lastFault, planned, due, undecided } = each;
  const away = `does not answer since ${since?.toISOString()}; next probe ${nextProbeAt?.toISOString()}`;
  const doubtful = faults === 0 ? "answers" : `answered, but not the last ${faults} times`;
  const fault = lastFault === "" ? "" : `\n    last fault: ${lastFault}`;
  const work = `\n    attempts undecided: ${undecided}; to be asked about: ${planned}, of which now: ${due}`;
  return `${rail}  ${circuit}  ${circuit === "open" ? away : doubtful}${fault}${work}`;
}

/** Shows what the processes of the gateway have learnt of the bank network, whether they run now or not. */
export const exchangeShow: Command = {
  name: "exchange",
  usage: "",
  summary: "Show whether the bank network answers, and what waits for it",
  options: {},
  run: async (office, words) => {
    if (words.length > 0) throw new UsageError(`unexpected: ${words.join(" ")}`);
    const found = await readExchanges(office);
    const none = "Nothing was asked of the bank network yet.";
    return { text: found.length === 0 ? none : found.map(told).join("\n"), json: found };
  },
};
