import type { EventType } from "@kineticpay/contract/events/catalogue";
import { eventTypes } from "@kineticpay/contract/events/catalogue";
import { connect } from "../access/connect.ts";
import { CliError } from "../cli-error.ts";
import { type Command, type Options, textOf } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { readMoment } from "../moment.ts";
import { nearest } from "../nearest.ts";
import { answer } from "../terminal/answer.ts";
import { columns } from "../terminal/table.ts";
import { wholeNumber } from "../whole-number.ts";

const name = "kineticpay events list";
const defaultLimit = "20";
const mostAtOnce = 1_000;

function typeOf(options: Options): EventType | undefined {
  const text = textOf(options, "type");
  if (text === undefined) return undefined;
  const found = eventTypes.find((type) => type === text);
  if (found !== undefined) return found;
  const near = nearest(text, eventTypes);
  throw new CliError("event_type_unknown", `There is no event "${text}".${near ? ` Did you mean ${near}?` : ""}`, {
    next: near === undefined ? "see docs/events/README.md" : `${name} --type ${near}`,
    exitCode: exitCodes.usage,
  });
}

export const eventsListCommand: Command = {
  name: "events list",
  summary: "List what happened, the newest first",
  examples: [
    "kineticpay events list --type payment.paid --since 1h",
    "kineticpay events list --payment pay_01… --json",
  ],
  options: [
    { flags: "--type <type>", summary: "only these, such as payment.paid" },
    { flags: "--payment <id>", summary: "only those of this payment" },
    { flags: "--since <time>", summary: "happened after 2026-01-31T16:00:00Z, or 30m, 2h, 7d ago" },
    { flags: "--limit <number>", summary: `how many at most, up to ${mostAtOnce}; ${defaultLimit} unless told` },
  ],
  async run({ context, options }) {
    const limit = wholeNumber(textOf(options, "limit") ?? defaultLimit, 1, mostAtOnce, "--limit", name);
    const since = textOf(options, "since");
    const asked = {
      limit: Math.min(limit, 100),
      type: typeOf(options),
      payment: textOf(options, "payment"),
      created_after: since === undefined ? undefined : readMoment(since, "--since", name),
    };
    const { client } = await connect(context);
    const { terminal } = context;
    const read = () => client.events.list(asked, { signal: context.signal }).toArray({ limit });
    const events = await terminal.during("Reading events", read);
    if (events.length === 0) terminal.say("No such events.");
    if (events.length > 0 || context.isJson) {
      answer(context, events, () =>
        columns(
          events.map((event) => [terminal.paint("dim", event.created_at), event.type, event.id, event.payment ?? ""]),
        ),
      );
    }
    return undefined;
  },
};
