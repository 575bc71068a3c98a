import type { KineticPayEvent, Payment } from "kineticpay";
import { connect } from "../access/connect.ts";
import { requireSandbox } from "../access/find-access.ts";
import { CliError } from "../cli-error.ts";
import { type Call, type Command, type Options, textOf } from "../command.ts";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { readAmount } from "../money.ts";
import { nearest } from "../nearest.ts";
import { paymentWords } from "../payment-words.ts";
import { openExchange } from "../sandbox/exchange.ts";
import { openStage, type Stage } from "../sandbox/stage.ts";
import { scenarios } from "../scenarios/index.ts";
import type { Scenario } from "../scenarios/scenario.ts";
import { answer } from "../terminal/answer.ts";
import { columns } from "../terminal/table.ts";
import { until } from "../until.ts";
import { wholeNumber } from "../whole-number.ts";

const name = "kineticpay trigger";
const eventsWithinMs = 15_000;

function scenarioNamed(word: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === word);
  if (found !== undefined) return found;
  const near = nearest(
    word,
    scenarios.map((scenario) => scenario.name),
  );
  throw new CliError("scenario_unknown", `There is no scenario "${word}".${near ? ` Did you mean ${near}?` : ""}`, {
    next: near === undefined ? name : `${name} ${near}`,
    exitCode: exitCodes.usage,
  });
}

function inputOf(options: Options, scenario: Scenario) {
  return {
    amount: readAmount(textOf(options, "amount") ?? "1250", name),
    invoice: textOf(options, "invoice") ?? `TRIGGER-${Date.now().toString(36).toUpperCase()}`,
    description: `kineticpay trigger ${scenario.name}`,
    success_url: textOf(options, "successUrl") ?? "https://shop.example/thanks",
    failure_url: "https://shop.example/try-again",
    callback_url: textOf(options, "callbackUrl"),
  };
}

/** Events in the order in which they happened, once all that must come are there. */
async function eventsOf(
  stage: Stage,
  scenario: Scenario,
  about: { payment?: string; since: string },
  context: Context,
) {
  const read = async (): Promise<KineticPayEvent[] | undefined> => {
    const asked = about.payment === undefined ? { created_after: about.since } : { payment: about.payment };
    const { data } = await stage.client.events.list({ ...asked, limit: 100 }, { signal: context.signal });
    const events = [...data].reverse().sort((a, b) => (a.sequence ?? 0) - (b.sequence ?? 0));
    const wanted = about.payment === undefined ? events.filter(({ type }) => type.startsWith("bank.")) : events;
    return scenario.events.every((type) => wanted.some((event) => event.type === type)) ? wanted : undefined;
  };
  return until(`the events ${scenario.events.join(", ")}`, read, { signal: context.signal, timeoutMs: eventsWithinMs });
}

function resultWords(context: Context, payment: Payment | undefined, events: readonly KineticPayEvent[]): string {
  const { paint } = context.terminal;
  const rows = events.map(({ id, type, created_at }) => [paint("bold", type), id, paint("dim", created_at)]);
  return `${payment === undefined ? "" : `${paymentWords(payment, paint)}\n\n`}${columns(rows)}`;
}

function listScenarios(context: Context): void {
  const shown = scenarios.map(({ name: word, summary, events }) => ({ name: word, summary, events }));
  const { terminal } = context;
  answer(context, shown, () =>
    columns(
      scenarios.map((each) => [terminal.paint("bold", each.name), each.summary]),
      terminal.width,
    ),
  );
  terminal.say(`Next: ${name} paid`);
}

async function play({ context, options }: Call, scenario: Scenario): Promise<undefined> {
  const { client, access } = await connect(context);
  const sandbox = requireSandbox(access, "trigger");
  const { terminal, signal } = context;
  const stage = openStage({
    client,
    exchange: openExchange(sandbox.simulatorUrl, signal),
    signal,
    tell: (step) => terminal.say(`${terminal.paintTalk("cyan", "→")} ${step}`),
    input: inputOf(options, scenario),
    bankId: textOf(options, "bank"),
    laterMs: 1_000 * wholeNumber(textOf(options, "wait") ?? "1", 0, 86_400, "--wait", name),
  });
  const since = new Date(Date.now() - 1).toISOString();
  const { payment, events } = await terminal.during(`Playing ${scenario.name}`, async () => {
    const played = await scenario.play(stage);
    const about = played === undefined ? { since } : { since, payment: played.id };
    return { payment: played, events: await eventsOf(stage, scenario, about, context) };
  });
  const result = { scenario: scenario.name, payment: payment ?? null, events };
  answer(context, result, () => resultWords(context, payment, events));
  return undefined;
}

export const triggerCommand: Command = {
  name: "trigger",
  summary: "Play something whole that happens with a bank, in the sandbox",
  examples: ["kineticpay trigger late-success", "kineticpay trigger b2b1-approved-tomorrow --wait 5"],
  about:
    "A shop asks, a buyer walks through the checkout pages to the bank, and the bank does what the scenario says. Everything is real but the money: payments, events, webhooks. Without a scenario it lists them all.",
  words: [{ name: "[scenario]", summary: "what is to happen", choices: scenarios.map((scenario) => scenario.name) }],
  options: [
    { flags: "--amount <amount>", summary: "sen, or ringgit such as RM12.50; RM12.50 unless told" },
    { flags: "--invoice <reference>", summary: "your shop's order, if it is to know it" },
    { flags: "--callback-url <url>", summary: "where the gateway posts the outcome" },
    { flags: "--success-url <url>", summary: "where the buyer would go after paying" },
    { flags: "--bank <id>", summary: "an id of kineticpay banks; the first that is online unless told" },
    { flags: "--wait <seconds>", summary: "between a first word of the bank and a later one; 1 unless told" },
  ],
  async run(call) {
    const [word] = call.words;
    if (word !== undefined) return play(call, scenarioNamed(word));
    listScenarios(call.context);
    return undefined;
  },
};
