import type { PaymentStatus } from "kineticpay";
import { connect } from "../access/connect.ts";
import { type Command, textOf } from "../command.ts";
import { readMoment } from "../moment.ts";
import { paymentRows } from "../payment-words.ts";
import { answer } from "../terminal/answer.ts";
import { columns } from "../terminal/table.ts";
import { wholeNumber } from "../whole-number.ts";

const name = "kineticpay payments list";
const defaultLimit = "20";
const mostAtOnce = 1_000;
const pageSize = 100;
const statuses = ["open", "processing", "awaiting_approval", "paid", "expired", "cancelled"];

export const paymentsListCommand: Command = {
  name: "payments list",
  summary: "List payments, the newest first",
  examples: ["kineticpay payments list --status paid --since 2h", "kineticpay payments list --invoice A-1001 --json"],
  options: [
    { flags: "--status <status>", summary: "only these", choices: statuses },
    { flags: "--invoice <reference>", summary: "only those of this invoice" },
    { flags: "--since <time>", summary: "created after 2026-01-31T16:00:00Z, or 30m, 2h, 7d ago" },
    { flags: "--until <time>", summary: "created before" },
    { flags: "--limit <number>", summary: `how many at most, up to ${mostAtOnce}; ${defaultLimit} unless told` },
  ],
  async run({ context, options }) {
    const limit = wholeNumber(textOf(options, "limit") ?? defaultLimit, 1, mostAtOnce, "--limit", name);
    const [since, until] = [textOf(options, "since"), textOf(options, "until")];
    const asked = {
      limit: Math.min(limit, pageSize),
      status: textOf(options, "status") as PaymentStatus | undefined,
      invoice: textOf(options, "invoice"),
      created_after: since === undefined ? undefined : readMoment(since, "--since", name),
      created_before: until === undefined ? undefined : readMoment(until, "--until", name),
    };
    const { client } = await connect(context);
    const { terminal } = context;
    const list = () => client.payments.list(asked, { signal: context.signal }).toArray({ limit });
    const payments = await terminal.during("Reading payments", list);
    if (payments.length === 0) terminal.say("No such payments.");
    if (payments.length > 0 || context.isJson) {
      answer(context, payments, () => columns(paymentRows(payments, terminal.paint), terminal.width));
    }
    return undefined;
  },
};
