// Messages of the pretend exchange, made before they are needed, and sent at a steady pace while something else happens.
import { Agent, request } from "node:http";

/** The buyer's way to the bank: the shop's form, the hand-off page, and the request that reaches the exchange. */
async function goToBank(checkoutUrl) {
  const entered = await fetch(checkoutUrl, { method: "POST", redirect: "manual", body: new URLSearchParams() });
  const handOff = await (await fetch(new URL(entered.headers.get("location"), checkoutUrl))).text();
  const form = /<form[^>]*action="([^"]+)"[\s\S]*?<\/form>/.exec(handOff);
  const inputs = [...form[0].matchAll(/<input[^>]*>/g)].map(([input]) => [
    /name="([^"]*)"/.exec(input)?.[1],
    /value="([^"]*)"/.exec(input)?.[1] ?? "",
  ]);
  const text = (html) =>
    html.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&lt;", "<").replaceAll("&amp;", "&");
  const fields = new URLSearchParams(
    inputs.filter(([name]) => name?.startsWith("fpx_")).map(([name, value]) => [name, text(value)]),
  );
  await fetch(text(form[1]), { method: "POST", redirect: "manual", body: fields });
}

/** A signed direct message that says paid, of a payment whose buyer is at the bank. */
export async function makeMessage(gateway, invoice) {
  const address = `${gateway.url}/health`;
  const made = await fetch(`${gateway.url}/api/v2/payments`, {
    method: "POST",
    headers: { authorization: `Bearer ${gateway.key}`, "content-type": "application/json" },
    body: JSON.stringify({ amount: 1250, invoice, bank: "MB2U0227", success_url: address, failure_url: address }),
  });
  const payment = await made.json();
  await goToBank(payment.checkout_url);
  const seen = await fetch(`${gateway.url}/api/v2/payments/${payment.id}`, {
    headers: { authorization: `Bearer ${gateway.key}` },
  });
  const order = (await seen.json()).attempts[0].order_number;
  const message = await fetch(`${gateway.simulatorUrl}/_control/transactions/${order}/message`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ route: "direct", code: "00" }),
  });
  return { ...(await message.json()), payment: payment.id, checkoutUrl: payment.checkout_url };
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** One call, on a connection that is kept; what was answered and how long that took. Never rejects. */
export function send(url, { method = "GET", headers = {}, body } = {}) {
  const began = performance.now();
  return new Promise((resolve) => {
    const done = (status, text) => resolve({ status, text, tookMs: performance.now() - began });
    const sent = request(url, { agent, method, headers, timeout: 30_000 }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      answer.on("end", () => done(answer.statusCode, text));
      answer.on("error", (error) => done(0, error.message));
    });
    sent.on("timeout", () => sent.destroy(new Error("no answer in 30 s")));
    sent.on("error", (error) => done(0, error.message));
    sent.end(body);
  });
}

/** Makes the calls that `next` gives, so many a second, until stopped; resolves with every answer. */
export function atPace(perSecond, next) {
  const answers = [];
  const timer = setInterval(() => answers.push(next()), 1_000 / perSecond);
  return async () => {
    clearInterval(timer);
    return Promise.all(answers);
  };
}
