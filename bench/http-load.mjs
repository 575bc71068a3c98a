import { Agent, request } from "node:http";
import autocannon from "autocannon";

let made = 0;

/** The body of a call that asks for a payment, for an invoice that nobody has asked for. */
export function newOrder() {
  made += 1;
  return {
    amount: 1250,
    invoice: `${process.pid}-${made}`,
    description: "Two tickets",
    success_url: "https://shop.example/thanks",
    failure_url: "https://shop.example/again",
  };
}

const most = "1000000";
/** One key makes all the calls of a bench, and its limits are not what is measured. */
export const unlimitedKey = {
  KINETICPAY_KEY_RATE: most,
  KINETICPAY_KEY_BURST: most,
  KINETICPAY_KEY_CONCURRENCY: "1000",
};
/** Calls without a key come from one address too. */
export const unlimitedAddress = { KINETICPAY_ADDRESS_RATE: most, KINETICPAY_ADDRESS_BURST: most };

export const bearer = (gateway) => ({ authorization: `Bearer ${gateway.key}` });
export const jsonHeaders = (gateway) => ({ ...bearer(gateway), "content-type": "application/json" });

/** The call that asks for a payment, as `autocannon` takes it. */
export const createRequest = (gateway) => ({
  method: "POST",
  path: "/api/v2/payments",
  headers: jsonHeaders(gateway),
  setupRequest: (call) => ({ ...call, body: JSON.stringify(newOrder()) }),
});

/** Asks for a payment once. */
export async function createOne(gateway) {
  const call = { method: "POST", headers: jsonHeaders(gateway), body: JSON.stringify(newOrder()) };
  const payment = await (await fetch(`${gateway.url}/api/v2/payments`, call)).json();
  if (payment.object !== "payment") throw new Error(JSON.stringify(payment));
  return payment;
}

/**
 * Calls as fast as the answers come.
 * @param {string} url
 * @param {{ connections: number, seconds?: number, amount?: number, requests: object[], status?: number }} load for so many
 *   seconds, or so many calls
 * @returns calls a second
 * @throws when one answer has another status
 */
export async function flood(url, { connections, seconds, amount, requests, status = 200 }) {
  const options = { url, connections, requests, ...(amount === undefined ? { duration: seconds } : { amount }) };
  const took = { from: 0, to: 0 };
  const result = await new Promise((resolve, reject) => {
    const running = autocannon(options, (error, found) => (error ? reject(error) : resolve(found)));
    // autocannon looks whether it is over once a second, which is too coarse for a number of calls.
    if (amount === undefined) return;
    running.once("start", () => {
      took.from = performance.now();
    });
    running.on("response", () => {
      took.to = performance.now();
    });
  });
  const good = result.statusCodeStats[status]?.count ?? 0;
  if (good !== result.requests.total || result.errors > 0) {
    throw new Error(`${result.errors} errors, and not only ${status}: ${JSON.stringify(result.statusCodeStats)}`);
  }
  return good / (amount === undefined ? result.duration : (took.to - took.from) / 1000);
}

function once(agent, { url, method = "GET", headers, body, status = 200 }) {
  return new Promise((resolve, reject) => {
    const call = request(url, { method, headers, agent });
    call.on("response", (answer) => {
      answer.resume();
      answer.on("end", () =>
        answer.statusCode === status ? resolve() : reject(new Error(`${url}: ${answer.statusCode}`)),
      );
    });
    call.on("error", reject);
    call.end(body);
  });
}

/**
 * Makes calls one after the other, on one connection.
 * @param {() => { url: string, method?: string, headers?: object, body?: string }} next
 * @param {{ seconds: number } | { count: number }} until
 * @returns {Promise<number[]>} how long each took, in ms; autocannon counts whole milliseconds only
 */
export async function oneByOne(next, { seconds = Number.POSITIVE_INFINITY, count = Number.POSITIVE_INFINITY }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const took = [];
  const end = performance.now() + seconds * 1000;
  while (took.length < count && performance.now() < end) {
    const call = next();
    const started = performance.now();
    await once(agent, call);
    took.push(performance.now() - started);
  }
  agent.destroy();
  return took;
}
