import { connect } from "node:net";
import type { Agent } from "undici";
import { askUnderKey, type OneGateway, openConnections, paymentText, type Reply } from "./one-gateway.ts";
import { seededChance } from "./seeded-chance.ts";

export interface LostAnswersReport {
  readonly seed: number;
  readonly cuts: number;
  /** Of the first repeats: those that found the work done, and those that did it. */
  readonly found: number;
  readonly done: number;
  readonly violations: readonly string[];
}

/**
 * Sends a call whole and cuts the connection: at once, some milliseconds later, or when the answer begins to come. What
 * the answer was is never read.
 */
function sendAndCut(port: number, bytes: string, when: "sent" | "answered" | number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
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

async function cutOnce(
  gateway: OneGateway,
  connections: Agent,
  key: string,
  port: number,
  when: "sent" | "answered" | number,
) {
  const body = paymentText({ invoice: key, amount: 1_250, description: "" });
  const head = [
    "POST /api/v2/payments HTTP/1.1",
    "host: 127.0.0.1",
    `authorization: Bearer ${gateway.apiKey}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    `idempotency-key: ${key}`,
  ];
  await sendAndCut(port, `${head.join("\r\n")}\r\n\r\n${body}`, when);
  const first = await repeat(() => askUnderKey(gateway, port, connections, key, body));
  const second = await repeat(() => askUnderKey(gateway, port, connections, key, body));
  const counts = [
    await gateway.count("payments where invoice = $1", [key]),
    await gateway.count("events e join payments p on p.id = e.payment_id where p.invoice = $1", [key]),
    await gateway.count("idempotency_records where idempotency_key = $1", [key]),
  ];
  const isRight = first.status === 200 && second.text === first.text && second.isReplayed && String(counts) === "1,1,1";
  return {
    isFound: first.isReplayed,
    violation: isRight
      ? []
      : [`${key} (${when}): ${first.status} ${first.code}, ${second.status} ${second.code}; ${counts}`],
  };
}

/**
 * Calls whose answers never arrive, each repeated under its key by somebody who cannot know what became of it.
 * @param cuts how many
 */
export async function lostAnswers(
  gateway: OneGateway,
  { seed, cuts }: { readonly seed: number; readonly cuts: number },
): Promise<LostAnswersReport> {
  const chance = seededChance(seed);
  const connections = openConnections(8);
  const plan = Array.from({ length: cuts }, (_, index) => ({
    key: `lost-${seed}-${index}`,
    port: chance.pick(gateway.ports),
    when: chance.pick(["sent", "answered", chance.below(12)] as const),
  }));
  const violations: string[] = [];
  let found = 0;
  const worker = async () => {
    for (let next = plan.pop(); next !== undefined; next = plan.pop()) {
      const { isFound, violation } = await cutOnce(gateway, connections, next.key, next.port, next.when);
      if (isFound) found += 1;
      violations.push(...violation);
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  await connections.close();
  return { seed, cuts, found, done: cuts - found, violations };
}
