import type { ErrorCode, LoggedRequest, RequestListParams } from "kineticpay";
import { connect } from "../access/connect.ts";
import { usageError } from "../cli-error.ts";
import { type Command, isOn, type Options, textOf } from "../command.ts";
import type { Context } from "../context.ts";
import { isSettled, lookFrom, moved, newOf, type Position, startingAt } from "../follow.ts";
import { readMoment } from "../moment.ts";
import { poll } from "../poll.ts";
import { answerLine } from "../terminal/answer.ts";
import { wholeNumber } from "../whole-number.ts";

const name = "kineticpay logs tail";
const everyMs = 1_000;
const deepEvery = 10;
const defaultLast = "10";
/** A filter of ours may leave out nearly all that comes; looking back further for the latest few would take long. */
const mostReadBack = 1_000;

type Wanted = (request: LoggedRequest) => boolean;

/** What this command and `listen` call themselves, every second. */
const ownRoutes = new Set(["/api/v2/requests", "/api/v2/events"]);

/** @throws CliError usage */
function statusFilter(text: string | undefined): (status: number) => boolean {
  if (text === undefined) return () => true;
  const parts = text.split(",").map((part) => part.trim().toLowerCase());
  for (const part of parts) {
    if (!/^[1-5](\d\d|xx)$/.test(part)) throw usageError(`"${part}" is no status. Give 403, 4xx or 403,5xx.`, name);
  }
  return (status) =>
    parts.some((part) => part === String(status) || (part.endsWith("xx") && part[0] === String(status)[0]));
}

function wantedOf(options: Options): Wanted {
  const isStatus = statusFilter(textOf(options, "status"));
  const method = textOf(options, "method")?.toUpperCase();
  const path = textOf(options, "path");
  const isAll = isOn(options, "all");
  return (request) =>
    isStatus(request.status) &&
    (method === undefined || request.method === method) &&
    (path === undefined || request.path.includes(path)) &&
    (!isOn(options, "failed") || request.status !== 200) &&
    (isAll || request.status !== 200 || request.method !== "GET" || !ownRoutes.has(request.route));
}

function tellRequest(context: Context, request: LoggedRequest): void {
  const { paint } = context.terminal;
  answerLine(context, request, () => {
    const { status, created_at, method, path, duration_ms, code, id } = request;
    const colour = status === 200 ? "green" : status >= 500 ? "red" : "yellow";
    const took = paint("dim", `${Math.round(duration_ms)} ms`.padStart(7));
    const time = paint("dim", created_at.slice(11, 19));
    return `${time}  ${paint(colour, String(status))}  ${method.padEnd(5)} ${path}  ${took}  ${paint("dim", id)}  ${code ?? ""}`.trimEnd();
  });
}

export const logsTailCommand: Command = {
  name: "logs tail",
  summary: "Watch the calls that reach the gateway, as they come",
  examples: ["kineticpay logs tail --failed", "kineticpay logs tail --path /payments --json | jq .code"],
  about:
    "The latest calls first, then each new one; --json prints one object a line. What this command and listen ask every second is left out, unless --all.",
  options: [
    { flags: "--status <statuses>", summary: "only these, such as 403, 4xx or 403,5xx" },
    { flags: "--failed", summary: "only calls that were not answered 200" },
    { flags: "--code <code>", summary: "only failures with this code" },
    { flags: "--method <method>", summary: "only GET, POST, PUT or PATCH" },
    { flags: "--path <text>", summary: "only paths that hold this" },
    { flags: "--route <route>", summary: "only this route, such as /api/v2/payments/:id" },
    { flags: "--key <id>", summary: "only calls with this key, key_…" },
    { flags: "--since <time>", summary: "begin at a time, such as 10m ago" },
    {
      flags: "--last <number>",
      summary: `how many of the latest are shown first, up to 100; ${defaultLast} unless told`,
    },
    { flags: "--no-follow", summary: "end after what is there" },
    { flags: "--all", summary: "also what this command and listen ask" },
  ],
  async run({ context, options }) {
    const wanted = wantedOf(options);
    const last = wholeNumber(textOf(options, "last") ?? defaultLast, 0, 100, "--last", name);
    const since = textOf(options, "since");
    const from = since === undefined ? undefined : readMoment(since, "--since", name);
    const filter: RequestListParams = {
      code: textOf(options, "code") as ErrorCode | undefined,
      route: textOf(options, "route"),
      key: textOf(options, "key"),
      limit: 100,
    };
    const { client, access } = await connect(context);
    const { terminal, signal } = context;
    const list = (created_after: string | undefined) =>
      client.requests.list({ ...filter, created_after }, { signal }).pages();
    const first = await terminal.during("Connecting", () => firstOf(list, wanted, from, last));
    for (const request of first.shown) tellRequest(context, request);
    if (options["follow"] === false) return undefined;
    let at = first.position;
    terminal.say(`Watching ${access.baseUrl}. Ctrl-C ends it.`);
    let looks = 0;
    await poll(
      async () => {
        const fresh = await newOf(at, list(lookFrom(at)), looks % deepEvery === 0);
        looks += 1;
        at = moved(at, fresh);
        for (const request of fresh) if (wanted(request)) tellRequest(context, request);
      },
      {
        signal,
        everyMs,
        onLost: (error) =>
          terminal.say(`${terminal.paintTalk("yellow", "!")} ${error.message} Trying again until it is back.`),
        onBack: () => terminal.say("Back."),
      },
    );
    return undefined;
  },
};

/** What is there already: all since a time, or the latest few that are wanted. */
async function firstOf(
  list: (after: string | undefined) => AsyncIterable<{ readonly data: readonly LoggedRequest[] }>,
  wanted: Wanted,
  from: string | undefined,
  last: number,
): Promise<{ shown: LoggedRequest[]; position: Position }> {
  const found: LoggedRequest[] = [];
  const fresh: LoggedRequest[] = [];
  for await (const { data } of list(from)) {
    fresh.push(...data);
    found.push(...data.filter(wanted));
    if (from !== undefined) continue;
    const [newest, oldest] = [fresh[0], fresh.at(-1)];
    // All of the last minute has to be known, or the first look would take it for new.
    const isKnown = newest === undefined || oldest === undefined || isSettled(oldest.created_at, newest.created_at);
    if (isKnown && (found.length >= last || fresh.length >= mostReadBack)) break;
  }
  const shown = (from === undefined ? found.slice(0, last) : found).reverse();
  const begun =
    from === undefined ? { at: fresh[0]?.created_at ?? new Date().toISOString(), seen: {} } : startingAt(from);
  return { shown, position: moved(begun, fresh) };
}
