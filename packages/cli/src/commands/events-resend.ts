import type { KineticPayEvent, WebhookDelivery } from "kineticpay";
import { type Connected, connect } from "../access/connect.ts";
import { CliError, usageError } from "../cli-error.ts";
import { type Command, textOf } from "../command.ts";
import type { Context } from "../context.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { answer } from "../terminal/answer.ts";
import { columns } from "../terminal/table.ts";
import { listenSecret } from "../webhooks/listen-secret.ts";
import { tellDelivery } from "../webhooks/listener.ts";
import { readShopUrl } from "../webhooks/local-url.ts";
import { isAccepted, postWebhook } from "../webhooks/post-webhook.ts";
import { signedHeaders } from "../webhooks/sign.ts";

const name = "kineticpay events resend";
const mostDeliveries = 100;

/** Sends the event from here, as `listen` does. */
async function toShop(context: Context, { access }: Connected, event: KineticPayEvent, url: string): Promise<ExitCode> {
  const { secret } = await listenSecret(context.settings, access.name);
  const body = JSON.stringify(event);
  const posted = await context.terminal.during("Waiting for the shop", () =>
    postWebhook(url, signedHeaders(secret, event.id, body), body, context.signal),
  );
  tellDelivery(context, event, url, posted);
  return isAccepted(posted) ? exitCodes.ok : exitCodes.error;
}

/** Has the gateway send it again to everybody whom it owes it to. */
async function byGateway(
  { client }: Connected,
  event: KineticPayEvent,
  signal: AbortSignal,
): Promise<WebhookDelivery[]> {
  const deliveries = await client.webhookDeliveries
    .list({ event: event.id, limit: 100 }, { signal })
    .toArray({ limit: mostDeliveries });
  if (deliveries.length === 0) {
    throw new CliError(
      "nobody_to_tell",
      `${event.type} ${event.id} is owed to nobody: no endpoint, no callback address.`,
      {
        next: `${name} ${event.id} --forward-to http://127.0.0.1:3000/webhooks`,
      },
    );
  }
  const sent: WebhookDelivery[] = [];
  for (const { id } of deliveries) sent.push(await client.webhookDeliveries.resend(id, { signal }));
  return sent;
}

export const eventsResendCommand: Command = {
  name: "events resend",
  summary: "Send an event again: to its endpoints, or to a shop on this machine",
  examples: [
    "kineticpay events resend evt_01…",
    "kineticpay events resend evt_01… --forward-to http://127.0.0.1:3000/webhooks",
  ],
  about:
    "The event keeps its id, so a shop that handles each id once does nothing twice. With --forward-to it goes from here, signed as listen signs, and the shop's answer decides on the exit code.",
  words: [{ name: "<event>", summary: "an event's id, evt_…" }],
  options: [{ flags: "--forward-to <url>", summary: "the shop's address; 3000/webhooks is enough on this machine" }],
  async run({ context, words: [id = ""], options }) {
    if (!id.startsWith("evt_")) throw usageError(`"${id}" is no event's id: those begin with evt_.`, name);
    const typed = textOf(options, "forwardTo");
    const url = typed === undefined ? undefined : readShopUrl(typed, name);
    const connected = await connect(context);
    const event = await connected.client.events.retrieve(id, { signal: context.signal });
    if (url !== undefined) return toShop(context, connected, event, url);
    const send = () => byGateway(connected, event, context.signal);
    const sent = await context.terminal.during("Having it sent again", send);
    answer(context, sent, () =>
      columns(sent.map((each) => [each.id, each.webhook_endpoint ?? "callback", each.status, each.url])),
    );
    context.terminal.say("The gateway sends them now, and again on its schedule if need be.");
    return undefined;
  },
};
