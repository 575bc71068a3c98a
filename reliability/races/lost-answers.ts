import { connect } from "node:net";
import { type Caller, openCaller } from "../cast/call.ts";
import type { Notebook } from "../findings.ts";
import type { Random } from "../random.ts";
import { callApi, eventsOf, type OneGateway, paymentCall, type Reply } from "./shop-call.ts";

/** When a connection is cut: as soon as all is sent, some milliseconds later, or when the answer begins to come. */
type Moment = "sent" | "answered" | number;

/** Sends a call whole and cuts the connection. What the answer was is never read. */
function sendAndCut(url: string, bytes: string, when: Moment): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    const cut = () => socket.resetAndDestroy();
    socket.on("error", () => undefined);
    socket.on("close", () => resolve());
    socket.on("connect", () =>
      socket.write(bytes, () => {
        if (when === "sent") setImmediate(cut);
        else if (when === "answered") socket.once("data", cut);
        else setTimeout(cut, when);
      }),
    );
  });
}

const mostTries = 50;

/** Repeats a call under its key until it is answered for good. */
async function repeat(ask: () => Promise<Reply>): Promise<Reply> {
  for (let tries = 1; ; tries += 1) {
    const reply = await ask();
    if (reply.status === 200 || tries === mostTries) return reply;
  }
}

interface Plan {
  readonly key: string;
  readonly url: string;
  readonly when: Moment;
}

async function cutOnce(
  gateway: OneGateway,
  caller: Caller,
  notebook: Notebook,
  { key, url, when }: Plan,
): Promise<void> {
  const asked = paymentCall({ invoice: key, amount: 1_250, description: "" });
  const head = [
    `${asked.method} ${asked.path} HTTP/1.1`,
    "host: 127.0.0.1",
    `authorization: Bearer ${gateway.apiKey}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(asked.body)}`,
    `idempotency-key: ${key}`,
  ];
  await sendAndCut(url, `${head.join("\r\n")}\r\n\r\n${asked.body}`, when);
  const first = await repeat(() => callApi(gateway, caller, url, asked, key));
  const second = await repeat(() => callApi(gateway, caller, url, asked, key));
  const stored = [
    await gateway.count("payments where invoice = $1", [key]),
    await gateway.count(eventsOf, [[key]]),
    await gateway.count("idempotency_records where idempotency_key = $1", [key]),
  ];
  notebook.count("cuts");
  notebook.count(first.isReplayed ? "found done" : "done by the repeat");
  const isRight = first.status === 200 && second.text === first.text && second.isReplayed && String(stored) === "1,1,1";
  if (!isRight)
    notebook.violation(
      `${key}, cut ${when}: ${first.status} ${first.code}, then ${second.status} ${second.code}; payments, events and records number ${stored}`,
    );
}

const workers = 8;

/** Calls whose answers never arrive, each repeated under its key by somebody who cannot know what became of it. */
export async function lostAnswers(
  gateway: OneGateway,
  { random, notebook, cuts }: { readonly random: Random; readonly notebook: Notebook; readonly cuts: number },
): Promise<void> {
  const caller = openCaller(workers);
  const plans = Array.from({ length: cuts }, (_, index): Plan => {
    const when = random.pick<Moment>(["sent", "answered", random.whole(0, 12)]);
    return { key: `lost-${random.seed}-${index}`, url: random.pick(gateway.urls), when };
  });
  const work = async () => {
    for (let next = plans.pop(); next !== undefined; next = plans.pop()) await cutOnce(gateway, caller, notebook, next);
  };
  await Promise.all(Array.from({ length: workers }, work));
  caller.close();
}
