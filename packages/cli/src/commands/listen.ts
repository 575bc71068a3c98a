import { eventTypes } from "@kineticpay/contract/events/catalogue";
import { isAuthenticationError, isConnectionError, type KineticPayEvent } from "kineticpay";
import { isLoopback } from "../access/base-url.ts";
import { type Connected, connect } from "../access/connect.ts";
import { isOfCertify } from "../certify/mark.ts";
import { usageError } from "../cli-error.ts";
import { type Command, isOn, type Options, textOf } from "../command.ts";
import type { Context } from "../context.ts";
import { lookFrom, mostAtOnce, moved, newOf, type Position, startingAt } from "../follow.ts";
import { readMoment } from "../moment.ts";
import { poll } from "../poll.ts";
import { answerLine } from "../terminal/answer.ts";
import { listenSecret } from "../webhooks/listen-secret.ts";
import { forward, tellDelivery } from "../webhooks/listener.ts";
import { readShopUrl } from "../webhooks/local-url.ts";
import { keepPosition, type Listener, readPosition } from "../webhooks/position-file.ts";
import { isAccepted } from "../webhooks/post-webhook.ts";

const name = "kineticpay listen";
const everyMs = 1_000;
/** Every so many looks, everything of the last minute is looked through, for what came late. */
const deepEvery = 10;
/** In a rush, what was forwarded is written down this often: who is killed in between forwards so much again. */
const keptEveryMs = 100;

interface Listening {
  readonly connected: Connected;
  readonly listener: Listener;
  position: Position;
}

type Wanted = (event: KineticPayEvent) => boolean;

/** @throws CliError usage for a type that there is not */
function wantedOf(options: Options): Wanted {
  const words = (textOf(options, "events") ?? "*").split(",").map((word) => word.trim());
  const groups = new Set(eventTypes.map((type) => `${type.slice(0, type.indexOf("."))}.*`));
  for (const word of words) {
    const isKnown = word === "*" || groups.has(word) || (eventTypes as readonly string[]).includes(word);
    if (!isKnown) throw usageError(`"${word}" is no type of event. See docs/events.`, name);
  }
  return ({ type }) =>
    words.some((word) => word === "*" || word === type || word === `${type.slice(0, type.indexOf("."))}.*`);
}

/** When to begin: at a time that was told; else where it was left; and the first time, at another one or now. */
interface Since {
  readonly told?: string | undefined;
  readonly firstTime?: string;
}

/** Finds out where to begin. Whatever there is now counts as seen, when that is now. */
async function begin(context: Context, connected: Connected, forwardTo: string, since: Since): Promise<Listening> {
  const { client, access } = connected;
  const { signal, settings, terminal } = context;
  const who = await client.whoami({ signal });
  const { time } = await client.ping({ signal });
  const { name: known, baseUrl } = access;
  const listener = { name: known, baseUrl, merchant: who.merchant.id, collection: who.collection.id, forwardTo };
  const left = since.told === undefined ? await readPosition(settings, listener) : undefined;
  if (left !== undefined) {
    terminal.say(`Going on where it was left at ${left.at}.`);
    return { connected, listener, position: left };
  }
  const from = since.told ?? since.firstTime ?? "now";
  if (from !== "now") return { connected, listener, position: startingAt(readMoment(from, "--since", name)) };
  const now = { at: time, seen: {} };
  const pages = client.events.list({ created_after: lookFrom(now), limit: 100 }, { signal }).pages();
  return { connected, listener, position: moved(now, await newOf(now, pages, true)) };
}

interface Looking {
  readonly wanted: Wanted;
  readonly secret: string;
  readonly isDeep: boolean;
  /** Told once the gateway has answered, before what it said is forwarded. */
  readonly answered: () => void;
}

/** Looks once, and deals with what is new, the oldest first. The position moves with each, so that none is lost or repeated. */
async function look(context: Context, at: Listening, { wanted, secret, isDeep, answered }: Looking): Promise<void> {
  const { client } = at.connected;
  const asked = { created_after: lookFrom(at.position), limit: 100 };
  const pages = client.events.list(asked, { signal: context.signal, maxRetries: 0 }).pages();
  const fresh = await newOf(at.position, pages, isDeep);
  answered();
  if (fresh.length >= mostAtOnce) context.terminal.say(`More than ${mostAtOnce} were missed; these are the newest.`);
  else if (fresh.length > 10) context.terminal.say(`Catching up on ${fresh.length} events.`);
  let keptAtMs = 0;
  try {
    for (const event of fresh) {
      if (wanted(event) && !isOfCertify(event)) await deal(context, at, event, secret);
      at.position = moved(at.position, [event]);
      if (Date.now() - keptAtMs >= keptEveryMs) {
        await keepPosition(context.settings, at.listener, at.position);
        keptAtMs = Date.now();
      }
    }
  } finally {
    await keepPosition(context.settings, at.listener, at.position);
  }
}

async function deal(context: Context, { listener }: Listening, event: KineticPayEvent, secret: string): Promise<void> {
  const { forwardTo } = listener;
  if (forwardTo === "") return tellDelivery(context, event, undefined);
  const posted = await forward(context, event, forwardTo, secret);
  if (isAccepted(posted)) return;
  context.terminal.say(`  Again: kineticpay events resend ${event.id} --forward-to ${forwardTo}`);
}

/** A sandbox that was begun anew has new keys and ports, which stand in its file. @returns undefined when they are the same */
async function begunAnew(context: Context, { access }: Connected, error: unknown): Promise<Connected | undefined> {
  const isAway = isAuthenticationError(error) || isConnectionError(error);
  if (!isAway || access.name !== "sandbox") return undefined;
  // While it is begun anew its file is away; that passes.
  const again = await connect(context).catch(() => undefined);
  if (again === undefined) return undefined;
  const isSame = again.access.apiKey === access.apiKey && again.access.baseUrl === access.baseUrl;
  return isSame ? undefined : again;
}

async function listen(context: Context, options: Options): Promise<void> {
  const { terminal, settings, signal } = context;
  const wanted = wantedOf(options);
  const typed = textOf(options, "forwardTo");
  const forwardTo = typed === undefined ? "" : readShopUrl(typed, name);
  const connected = await connect(context);
  const { secret } = await listenSecret(settings, connected.access.name);
  let at = await terminal.during("Connecting", () =>
    begin(context, connected, forwardTo, { told: textOf(options, "since") }),
  );
  // At once: what happens between this start and the next one is missed by nobody, even if nothing happens before it ends.
  await keepPosition(settings, at.listener, at.position);
  const ready = { type: "ready", base_url: connected.access.baseUrl, forward_to: forwardTo === "" ? null : forwardTo };
  if (context.isJson) answerLine(context, { ...ready, secret }, () => "");
  terminal.say(
    `Ready: events of ${connected.access.baseUrl}${forwardTo === "" ? "" : ` go to ${forwardTo}`}. Ctrl-C ends it.`,
  );
  if (forwardTo !== "")
    terminal.say(`Your webhook secret, which stays the same: ${terminal.paintTalk("bold", secret)}`);
  if (forwardTo.startsWith("http:") && !isLoopback(forwardTo)) {
    terminal.say(
      `${terminal.paintTalk("yellow", "!")} What buyers have told you goes to ${forwardTo} in plain sight: use https.`,
    );
  }
  let looks = 0;
  const lookOnce = async (answered: () => void) => {
    try {
      await look(context, at, { wanted, secret, isDeep: looks % deepEvery === 0, answered });
      looks += 1;
    } catch (error) {
      const again = await begunAnew(context, at.connected, error);
      if (again === undefined) throw error;
      at = await begin(context, again, forwardTo, { firstTime: "7d" });
      terminal.say("The sandbox was begun anew; going on with its new keys, from its beginning.");
    }
  };
  await poll(lookOnce, {
    signal,
    everyMs,
    onLost: (error) =>
      terminal.say(`${terminal.paintTalk("yellow", "!")} ${error.message} Trying again until it is back.`),
    onBack: (lostForMs) =>
      terminal.say(`Back after ${Math.round(lostForMs / 1000)} s; catching up on what was missed.`),
  });
}

export const listenCommand: Command = {
  name: "listen",
  summary: "Forward events to a shop on this machine, signed, and lose none",
  examples: [
    "kineticpay listen --forward-to http://127.0.0.1:3000/webhooks",
    "export KINETICPAY_WEBHOOK_SECRET=$(kineticpay listen --print-secret)",
  ],
  about:
    "Requests are signed by Standard Webhooks with a secret that stays the same. What happened while this was not running, or the gateway or the shop was away, is forwarded afterwards, once and in order; the first start begins now. Without --forward-to it only shows events.",
  options: [
    { flags: "--forward-to <url>", summary: "the shop's address; 3000/webhooks is enough on this machine" },
    { flags: "--events <types>", summary: "only these, such as payment.paid,bank.*" },
    { flags: "--since <time>", summary: "begin at a time, such as 2h ago; or now, and forget what was missed" },
    { flags: "--print-secret", summary: "print the secret and end" },
  ],
  async run({ context, options }) {
    if (!isOn(options, "printSecret")) {
      await listen(context, options);
      return undefined;
    }
    const { access } = await connect(context);
    context.terminal.print((await listenSecret(context.settings, access.name)).secret);
    return undefined;
  },
};
