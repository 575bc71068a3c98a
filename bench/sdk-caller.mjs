// One caller of `sdk.mjs`, in a process of its own: told over IPC what to call and how often, it answers with what a call has
// cost. Every caller sends the same order, and reads the whole answer.
import { KineticPay } from "kineticpay";
import Stripe from "stripe";

const key = "kp_test_0000000000000000000000000000002C8GjS";
const id = "pay_01KG9Q2W5T8B0J6E3Y9M4K7XRD";
const order = (invoice) => ({
  amount: 1250,
  invoice,
  description: "Two tickets",
  success_url: "https://shop.example/thanks",
  failure_url: "https://shop.example/again",
});

/** What somebody writes who needs no client. @param timed whether a silent server is given up on, as a client must */
function bareFetch(url, timed) {
  const authorization = `Bearer ${key}`;
  const more = () => (timed ? { signal: AbortSignal.timeout(30_000) } : {});
  return {
    read: async () => (await fetch(`${url}/api/v2/payments/${id}`, { headers: { authorization }, ...more() })).json(),
    create: async (invoice) => {
      const headers = { authorization, "content-type": "application/json", "idempotency-key": crypto.randomUUID() };
      const body = JSON.stringify(order(invoice));
      return (await fetch(`${url}/api/v2/payments`, { method: "POST", headers, body, ...more() })).json();
    },
  };
}

function ours(url) {
  const client = new KineticPay({ apiKey: key, baseURL: url });
  return {
    read: () => client.payments.retrieve(id),
    create: (invoice) => client.payments.create(order(invoice)),
  };
}

/** As many retries as ours, and nothing told about the calls before. */
function stripe(port, more) {
  const client = new Stripe(key, {
    host: "127.0.0.1",
    port,
    protocol: "http",
    maxNetworkRetries: 2,
    telemetry: false,
    ...more,
  });
  return {
    read: () => client.paymentIntents.retrieve("pi_01KG9Q2W5T8B0J6E3Y9M4K7XRD"),
    create: (invoice) =>
      client.paymentIntents.create({
        amount: 1250,
        currency: "myr",
        description: "Two tickets",
        metadata: { invoice },
      }),
  };
}

const makers = {
  fetch: (port) => bareFetch(`http://127.0.0.1:${port}`, false),
  "fetch with a timeout": (port) => bareFetch(`http://127.0.0.1:${port}`, true),
  kineticpay: (port) => ours(`http://127.0.0.1:${port}`),
  "stripe over node:http": (port) => stripe(port, {}),
  "stripe over fetch": (port) => stripe(port, { httpClient: Stripe.createFetchHttpClient() }),
};

async function measure({ work, concurrency, calls }, caller) {
  let left = calls;
  const one = async () => {
    while (left > 0) {
      left -= 1;
      const answer = await caller[work](`B${left}`);
      if (answer.amount !== 1250) throw new Error(`an answer is not as it was sent: ${JSON.stringify(answer)}`);
    }
  };
  const used = process.cpuUsage();
  const started = performance.now();
  await Promise.all(Array.from({ length: concurrency }, one));
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(used);
  return { callUs: (user + system) / calls, rate: calls / seconds };
}

let caller;
process.on("message", async (task) => {
  try {
    caller ??= makers[task.name](task.port);
    process.send(await measure(task, caller));
  } catch (error) {
    process.send({ error: String(error) });
  }
});
process.once("disconnect", () => process.exit(0));
