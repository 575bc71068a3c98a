// What the KineticPay wire protocol costs against the v2 API: a payment that is made and whose state is then asked for, on the
// same connection, by the same client.
import { inTurns } from "./figures.mjs";
import { bearer, flood, jsonHeaders, newOrder, unlimitedKey } from "./http-load.mjs";
import { startGateway } from "./programs.mjs";

const connections = 32;

/** As shops send it: a form, and amounts in ringgit. */
function wireForm(gateway, { invoice, description, success_url: success, failure_url: failure }) {
  const fields = {
    merchant_key: gateway.merchantKey,
    invoice,
    amount: "12.50",
    description,
    bank: "",
    callback_success: success,
    callback_error: failure,
  };
  return new URLSearchParams(fields).toString();
}

/** Each connection makes both calls in turn; `context` is the connection's own. */
const wirePair = (gateway) => [
  {
    method: "POST",
    path: "/payment/create",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    setupRequest: (call, context) => {
      const order = newOrder();
      context.invoice = order.invoice;
      return { ...call, body: wireForm(gateway, order) };
    },
  },
  {
    method: "GET",
    setupRequest: (call, context) => ({
      ...call,
      path: `/payment/status?merchant_key=${gateway.merchantKey}&invoice=${context.invoice}`,
    }),
  },
];

const v2Pair = (gateway) => [
  {
    method: "POST",
    path: "/api/v2/payments",
    headers: jsonHeaders(gateway),
    setupRequest: (call) => ({ ...call, body: JSON.stringify(newOrder()) }),
    onResponse: (_status, body, context) => {
      context.id = JSON.parse(body).id;
    },
  },
  {
    method: "GET",
    headers: bearer(gateway),
    setupRequest: (call, context) => ({ ...call, path: `/api/v2/payments/${context.id}` }),
  },
];

export async function measure({ rounds, seconds, say }) {
  const gateway = await startGateway(unlimitedKey);
  try {
    const pairs = async (requests) => (await flood(gateway.url, { connections, seconds, requests })) / 2;
    const pair = await inTurns({
      rounds,
      say,
      ours: () => pairs(wirePair(gateway)),
      theirs: () => pairs(v2Pair(gateway)),
    });
    return { limits: unlimitedKey, rounds: { pair } };
  } finally {
    await gateway.stop();
  }
}
