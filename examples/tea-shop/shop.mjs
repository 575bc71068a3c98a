// A shop in one file: it asks for payments, takes webhooks, and delivers each order once.
import { createServer } from "node:http";
import { expressWebhook, KineticPay } from "kineticpay";

// Both from the environment: KINETICPAY_API_KEY and KINETICPAY_BASE_URL are read by the client itself.
const client = new KineticPay({ webhookSecret: process.env.KINETICPAY_WEBHOOK_SECRET });

// In earnest these are tables, and an event's id is in a column that is unique.
const orders = new Map();
const handled = new Set();

const orderOf = (invoice) => {
  const order = orders.get(invoice) ?? { invoice, status: "unpaid", delivered: 0, sequence: 0 };
  orders.set(invoice, order);
  return order;
};

/** What happens to an order by an event that was verified. Doing it twice, or in another order, comes to the same. */
function takeEvent(event) {
  if (handled.has(event.id)) return;
  handled.add(event.id);
  console.log(`verified: ${event.type} ${event.payment ?? ""}`);
  if (!event.type.startsWith("payment.")) return;
  const order = orderOf(event.data.invoice);
  // A retry may arrive after what came later: an older event says nothing new.
  if (event.sequence <= order.sequence) return;
  order.sequence = event.sequence;
  order.status = event.data.status;
  if (event.type === "payment.paid") order.delivered += 1;
}

const takeWebhook = expressWebhook({
  webhooks: client.webhooks,
  onEvent: takeEvent,
  onRefused: (error) => console.log(`refused: ${error.reason}`),
});

/** Asks for the payment of an order; the buyer goes to the address that this answers. */
async function sell(invoice) {
  const shop = `http://127.0.0.1:${process.env.PORT}`;
  const payment = await client.payments.create({
    amount: 1250,
    invoice: orderOf(invoice).invoice,
    description: "Two teas and a kaya toast",
    success_url: `${shop}/orders/${invoice}`,
    failure_url: `${shop}/orders/${invoice}`,
  });
  return { checkout_url: payment.checkout_url };
}

const server = createServer(async (request, response) => {
  const [, place, invoice] = request.url.split("?")[0].split("/");
  const answer = (status, value) =>
    response.writeHead(status, { "content-type": "application/json" }).end(`${JSON.stringify(value)}\n`);
  try {
    if (request.method === "POST" && place === "webhooks") return await takeWebhook(request, response);
    if (request.method === "POST" && place === "orders" && invoice) return answer(200, await sell(invoice));
    if (request.method === "GET" && place === "orders" && invoice) return answer(200, orderOf(invoice));
    answer(404, { error: "not found" });
  } catch (error) {
    console.error(error);
    answer(500, { error: error.code ?? "unexpected" });
  }
});

server.listen(Number(process.env.PORT), "127.0.0.1", () => console.log("the shop is open"));
