import { connect } from "../access/connect.ts";
import { requireSandbox } from "../access/find-access.ts";
import { type CastStages, makeCast } from "../certify/cast.ts";
import { certify, type Result } from "../certify/certify.ts";
import { openCourier } from "../certify/courier.ts";
import { certifyMark } from "../certify/mark.ts";
import { CliError, usageError } from "../cli-error.ts";
import { type Command, type Options, textOf } from "../command.ts";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { openExchange } from "../sandbox/exchange.ts";
import { openStage, type Stage } from "../sandbox/stage.ts";
import { answer } from "../terminal/answer.ts";
import { wrap } from "../terminal/wrap.ts";
import { listenSecret } from "../webhooks/listen-secret.ts";
import { readShopUrl } from "../webhooks/local-url.ts";
import { whyNobodyIsAt } from "../webhooks/post-webhook.ts";

const name = "kineticpay certify";
const ordersNeeded = 5;

function resultWords({ terminal }: Context, result: Result): string {
  const { paint } = terminal;
  const mark = result.passed ? paint("green", "✓") : paint("red", "✗");
  const answers = result.answers.map((status) => status ?? "none").join(" ");
  const lines = [`${mark} ${result.trial.padEnd(13)} ${result.summary}  ${paint("dim", answers)}`.trimEnd()];
  const indent = " ".repeat(16);
  if (result.why !== null) lines.push(`${indent}${wrap(result.why, 105, indent).trimStart()}`);
  if (result.fix !== null)
    lines.push(
      `${indent}${paint("bold", "Fix:")} ${wrap(terminal.asTyped(result.fix), 105, `${indent}     `).trimStart()}`,
    );
  return lines.join("\n");
}

/** The orders that the payments are for: the shop's own, or made up. */
function invoicesOf(options: Options): string[] {
  const given = textOf(options, "invoices")
    ?.split(",")
    .map((each) => each.trim());
  if (given !== undefined && new Set(given).size !== ordersNeeded) {
    throw usageError(
      `--invoices takes ${ordersNeeded} different references of unpaid orders, not ${given.length}.`,
      name,
    );
  }
  const stamp = Date.now().toString(36).toUpperCase();
  return given ?? Array.from({ length: ordersNeeded }, (_, i) => `CERTIFY-${stamp}-${i + 1}`);
}

async function stagesFor(context: Context, options: Options): Promise<CastStages> {
  const { client, access } = await connect(context);
  const sandbox = requireSandbox(access, "certify");
  const exchange = openExchange(sandbox.simulatorUrl, context.signal);
  const stageFor = (invoice: string): Stage =>
    openStage({
      client,
      exchange,
      signal: context.signal,
      tell: () => undefined,
      bankId: undefined,
      laterMs: 0,
      input: {
        amount: 1250,
        invoice,
        description: "kineticpay certify",
        // `listen` leaves these alone, or the shop would hear of them from both sides, and no trial would mean anything.
        metadata: { [certifyMark]: true },
        success_url: "https://shop.example/thanks",
        failure_url: "https://shop.example/try-again",
      },
    });
  const [first = "", second = "", third = "", unpaid = "", late = ""] = invoicesOf(options);
  return [stageFor(first), stageFor(second), stageFor(third), stageFor(unpaid), stageFor(late)];
}

export const certifyCommand: Command = {
  name: "certify",
  summary: "Try a shop's webhook endpoint in every way, and give it a score",
  examples: [
    "kineticpay certify http://127.0.0.1:3000/webhooks",
    "kineticpay certify 3000/webhooks --orders-url http://127.0.0.1:3000/orders/{invoice}",
  ],
  about:
    "Sends good, duplicate, reordered, forged, stale, late and slow requests, and says the fix for each that is taken wrongly. The events are real ones of the local sandbox, signed with the secret of listen or KINETICPAY_WEBHOOK_SECRET. With --orders-url the shop's own word on an order is compared before and after, so that a duplicate that is delivered twice is found as well; without it only the answers are judged. Ends with 0 when every trial was passed, with 3 otherwise.",
  words: [{ name: "<shop-url>", summary: "where the shop takes webhooks; 3000/webhooks is enough on this machine" }],
  options: [
    { flags: "--orders-url <url>", summary: "where the shop shows an order, with {invoice} or {payment} in it" },
    {
      flags: "--invoices <references>",
      summary: `${ordersNeeded} unpaid orders that the shop knows, divided by commas`,
    },
  ],
  async run({ context, words: [word = ""], options }) {
    const url = readShopUrl(word, name);
    const stages = await stagesFor(context, options);
    const { access } = await connect(context);
    const { terminal, signal, settings } = context;
    const nobody = await whyNobodyIsAt(url, signal);
    if (nobody !== undefined) {
      const next = "start the shop, or correct its address";
      throw new CliError("shop_unreachable", `The shop cannot be tried at ${url}: ${nobody}.`, { next });
    }
    const { secret } = await listenSecret(settings, access.name);
    const courier = openCourier(url, secret, textOf(options, "ordersUrl"), signal);
    const cast = await terminal.during("Making payments for the trials", () => makeCast(stages, signal));
    const show = (result: Result) => {
      if (!context.isJson) terminal.print(resultWords(context, result));
    };
    const results = await terminal.during(`Trying ${url}`, () => certify(courier, cast, show));
    const passed = results.filter((result) => result.passed).length;
    const score = { url, score: passed, of: results.length, trials: results };
    const isAll = passed === results.length;
    answer(
      context,
      score,
      () => `\n${terminal.paint(isAll ? "green" : "red", `Score: ${passed} of ${results.length}`)}`,
    );
    if (textOf(options, "ordersUrl") === undefined) {
      terminal.say("Only answers were judged. --orders-url has what the shop does with its orders judged as well.");
    }
    return isAll ? undefined : exitCodes.found;
  },
};
