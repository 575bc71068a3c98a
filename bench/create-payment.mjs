// What asking for a payment costs over HTTP, durably, against the database alone: pgbench runs the statement that writes one
// payment, prepared, on the same PostgreSQL, with as many clients.
import { insertPlain } from "../packages/server/dist/payments/insert-payment.js";
import { inTurns, median } from "./figures.mjs";
import { createOne, createRequest, flood, jsonHeaders, newOrder, oneByOne, unlimitedKey } from "./http-load.mjs";
import { filled, fresh, literal, pgbench } from "./pgbench.mjs";
import { startGateway } from "./programs.mjs";

/** The same payment as a script of pgbench, made of one that the gateway wrote. */
export async function scriptOf(gateway) {
  const payment = await createOne(gateway);
  const whoami = await (await fetch(`${gateway.url}/api/v2/whoami`, { headers: jsonHeaders(gateway) })).json();
  return filled(insertPlain, [
    fresh("pay_"),
    literal(whoami.merchant.id),
    literal(payment.collection),
    "('cs_' || encode(sha256(((:chance)::text || (:client_id)::text)::bytea), 'hex'))",
    literal("v2"),
    literal(whoami.key.id),
    fresh("inv-"),
    "1250",
    literal(payment.description),
    "null",
    "null",
    "'{}'",
    literal(payment.success_url),
    literal(payment.failure_url),
    "null",
    literal("en"),
    "'{}'",
    "now()",
    "(now() + interval '1 day')",
    fresh("evt_"),
    literal(JSON.stringify(payment)),
    literal(whoami.merchant.name),
  ]);
}

const nextCall = (gateway) => () => ({
  url: `${gateway.url}/api/v2/payments`,
  method: "POST",
  headers: jsonHeaders(gateway),
  body: JSON.stringify(newOrder()),
});

export async function measure({ rounds, seconds, say }) {
  const gateway = await startGateway(unlimitedKey);
  try {
    const script = await scriptOf(gateway);
    const many = await inTurns({
      rounds,
      say,
      ours: () => flood(gateway.url, { connections: 64, seconds, requests: [createRequest(gateway)] }),
      theirs: async () => (await pgbench(gateway, script, { clients: 64, seconds })).rate,
    });
    const alone = await inTurns({
      rounds,
      say,
      ours: async () => median(await oneByOne(nextCall(gateway), { seconds })),
      theirs: async () => (await pgbench(gateway, script, { clients: 1, seconds })).medianMs,
    });
    return { limits: unlimitedKey, rounds: { many, alone } };
  } finally {
    await gateway.stop();
  }
}
