import type { Locale, PaymentCreateParams, PaymentModel } from "kineticpay";
import { connect } from "../access/connect.ts";
import type { Access } from "../access/find-access.ts";
import { usageError } from "../cli-error.ts";
import { type Command, listOf, type Options, textOf } from "../command.ts";
import { readAmount } from "../money.ts";
import { paymentWords } from "../payment-words.ts";
import { answer } from "../terminal/answer.ts";

const name = "kineticpay payments create";

/** Only a sandbox may do without the addresses of a shop: there nobody is waiting to come back to one. */
function address(options: Options, option: string, flag: string, access: Access, fallback: string): string {
  const typed = textOf(options, option);
  if (typed !== undefined) return typed;
  if (access.sandbox !== undefined) return fallback;
  throw usageError(`${flag} is missing: it is where the buyer goes afterwards.`, name);
}

function metadataOf(options: Options): Record<string, string> | undefined {
  const pairs = listOf(options, "metadata").map((pair): [string, string] => {
    const at = pair.indexOf("=");
    if (at < 1) throw usageError(`"${pair}" is no metadata. Give name=value.`, name);
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}

function buyerOf(options: Options): PaymentCreateParams["buyer"] {
  const buyer = {
    name: textOf(options, "buyerName"),
    email: textOf(options, "buyerEmail"),
    phone: textOf(options, "buyerPhone"),
  };
  return Object.values(buyer).every((value) => value === undefined) ? undefined : buyer;
}

function secondsOf(options: Options): number | undefined {
  const text = textOf(options, "expiresIn");
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw usageError(`"${text}" is no number of seconds.`, name);
  return Number(text);
}

function paramsOf(options: Options, amountSen: number, access: Access): PaymentCreateParams {
  return {
    amount: amountSen,
    invoice: textOf(options, "invoice") ?? `CLI-${Date.now().toString(36).toUpperCase()}`,
    description: textOf(options, "description"),
    success_url: address(options, "successUrl", "--success-url", access, "https://shop.example/thanks"),
    failure_url: address(options, "failureUrl", "--failure-url", access, "https://shop.example/try-again"),
    callback_url: textOf(options, "callbackUrl"),
    model: textOf(options, "model") as PaymentModel | undefined,
    bank: textOf(options, "bank"),
    buyer: buyerOf(options),
    expires_in: secondsOf(options),
    locale: textOf(options, "locale") as Locale | undefined,
    metadata: metadataOf(options),
  };
}

export const paymentsCreateCommand: Command = {
  name: "payments create",
  summary: "Ask for a payment",
  examples: [
    'kineticpay payments create --amount RM12.50 --description "Two teas"',
    "kineticpay payments create --amount 1250 --invoice A-1001 --fields checkout_url",
  ],
  about:
    "The same invoice with the same amount is the same payment, so asking again makes no second one. In the local sandbox only the amount is needed.",
  options: [
    { flags: "--amount <amount>", summary: "sen, such as 1250, or ringgit, such as RM12.50" },
    { flags: "--invoice <reference>", summary: "your own reference; made up when left out" },
    { flags: "--description <text>", summary: "what is paid for" },
    { flags: "--success-url <url>", summary: "where the buyer goes after paying" },
    { flags: "--failure-url <url>", summary: "where the buyer goes without having paid" },
    { flags: "--callback-url <url>", summary: "where the gateway posts the outcome" },
    { flags: "--model <model>", summary: "personal or company account", choices: ["b2c", "b2b1"] },
    { flags: "--bank <id>", summary: "an id of kineticpay banks, to spare the buyer the choice" },
    { flags: "--buyer-name <name>", summary: "the buyer's name" },
    { flags: "--buyer-email <address>", summary: "the buyer's e-mail address" },
    { flags: "--buyer-phone <number>", summary: "the buyer's telephone number" },
    { flags: "--expires-in <seconds>", summary: "how long it can be paid; a day when left out" },
    { flags: "--locale <language>", summary: "language of the checkout page", choices: ["en", "ms"] },
    { flags: "--metadata <name=value...>", summary: "a fact of your own; may come again" },
    { flags: "--idempotency-key <key>", summary: "under this key the call is done once, however often it is sent" },
  ],
  async run({ context, options }) {
    const amount = textOf(options, "amount");
    if (amount === undefined) throw usageError("--amount is missing.", name);
    const amountSen = readAmount(amount, name);
    const { client, access } = await connect(context);
    const params = paramsOf(options, amountSen, access);
    const keyed = { signal: context.signal, idempotencyKey: textOf(options, "idempotencyKey") };
    const payment = await context.terminal.during("Asking for the payment", () =>
      client.payments.create(params, keyed),
    );
    answer(context, payment, () => paymentWords(payment, context.terminal.paint));
    context.terminal.say(`Next: open the checkout address and pay, or: kineticpay payments get ${payment.id}`);
    return undefined;
  },
};
