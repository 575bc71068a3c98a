import { type DemoBuyer, openDemoBuyer } from "./demo-buyer.ts";
import { type DemoAccess, type DemoGateway, startDemoGateway } from "./demo-gateway.ts";
import { type DemoShop, openDemoShop } from "./demo-shop.ts";

/** What the demo reads of a payment. */
interface DemoPayment {
  readonly id: string;
  readonly status: string;
  readonly certainty: string;
  readonly checkout_url: string;
  readonly attempts: readonly { readonly bank_name: string; readonly rail_transaction_id: string }[];
}

type Tell = (line: string) => void;

const timeoutMs = 15_000;
const pauseMs = 50;
const bank = "MB2U0227";

async function call(access: DemoAccess, method: string, path: string, body?: object): Promise<DemoPayment> {
  const answer = await fetch(`${access.base_url}${path}`, {
    method,
    signal: AbortSignal.timeout(timeoutMs),
    headers: { authorization: `Bearer ${access.api_key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
  return JSON.parse(text) as DemoPayment;
}

/** Waits until it holds. @throws when that takes too long, or the demo is stopped */
async function until(what: string, holds: () => boolean | Promise<boolean>, stopping: AbortSignal): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await holds())) {
    stopping.throwIfAborted();
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

function must(condition: boolean, otherwise: string): void {
  if (!condition) throw new Error(otherwise);
}

async function ask(tell: Tell, access: DemoAccess, shop: DemoShop): Promise<DemoPayment> {
  tell("2. A shop asks for RM 12.50.");
  const payment = await call(access, "POST", "/api/v2/payments", {
    amount: 1250,
    invoice: "DEMO-1",
    description: "Two teas and a kaya toast",
    success_url: `${shop.url}/thanks?table=4`,
    failure_url: `${shop.url}/try-again?table=4`,
    callback_url: `${shop.url}/callback`,
  });
  tell("     POST /api/v2/payments answers 200:");
  tell(`     ${payment.id} is ${payment.status}; it sends its buyer to ${payment.checkout_url}`);
  return payment;
}

async function goToBank(tell: Tell, buyer: DemoBuyer, payment: DemoPayment): Promise<void> {
  await buyer.open(payment.checkout_url);
  const banks = buyer.page().forms.flatMap((form) => form.choices.filter((choice) => choice.name === "bank"));
  tell(`3. The buyer opens that page, "${buyer.page().heading}", and finds ${banks.length} banks.`);
  await buyer.press("Proceed", { bank });
  tell(`     chooses Maybank2U and presses Proceed: "${buyer.page().heading}"`);
  await buyer.press("Continue to bank");
  tell(
    `     the browser carries the signed request through FPX to the bank's own site, ${new URL(buyer.url()).origin}`,
  );
}

async function approve(tell: Tell, buyer: DemoBuyer, access: DemoAccess, payment: DemoPayment): Promise<void> {
  tell(`4. At the bank the buyer meets "${buyer.page().heading}".`);
  await buyer.press("Log in");
  const before = await call(access, "GET", `/api/v2/payments/${payment.id}`);
  tell(`     logged in. The gateway only knows so far: ${before.status}, certainty ${before.certainty}`);
  await buyer.press("Approve");
  tell(`     approves: "${buyer.page().heading}"`);
  const after = await call(access, "GET", `/api/v2/payments/${payment.id}`);
  tell(
    `     FPX told the gateway, server to server, before the buyer is even back: ${after.status}, ${after.certainty}`,
  );
}

async function comeBack(tell: Tell, buyer: DemoBuyer, shop: DemoShop, payment: DemoPayment): Promise<void> {
  await buyer.press("Continue");
  await buyer.press("Continue to the shop");
  tell(`5. The buyer comes back from the bank to the receipt, "${buyer.page().heading}",`);
  must(buyer.page().heading === "Payment successful", `the buyer was shown "${buyer.page().heading}"`);
  await buyer.follow("Return to");
  must(shop.returned() === payment.id, "the buyer did not come back to the shop with the payment's id");
  tell(`     and goes on to the shop: ${buyer.url()}`);
  tell("     The shop takes no notice of that address: anybody could have typed it.");
}

async function compare(
  tell: Tell,
  access: DemoAccess,
  shop: DemoShop,
  payment: DemoPayment,
  stopping: AbortSignal,
): Promise<void> {
  await until("the callback to the shop", () => shop.news.length > 0, stopping);
  const news = shop.news[0];
  must(shop.refused() === 0, "a callback came whose signature was wrong");
  must(news?.paymentId === payment.id, "the callback was about another payment");
  tell(`6. The gateway calls the shop: ${news?.type}, ${news?.status}. The signature is good.`);
  const now = await call(access, "GET", `/api/v2/payments/${payment.id}`);
  const attempt = now.attempts.at(-1);
  tell(`7. The shop asks once more: GET /api/v2/payments/${payment.id}`);
  tell(
    `     ${now.status}, ${now.certainty}, by ${attempt?.bank_name}, FPX transaction ${attempt?.rail_transaction_id}`,
  );
  must(news?.status === "paid" && now.status === "paid" && now.certainty === "final", "shop and gateway do not agree");
  tell("");
  tell("Shop and gateway agree: paid.");
}

async function act(tell: Tell, gateway: DemoGateway, shop: DemoShop, stopping: AbortSignal): Promise<void> {
  const { access } = gateway;
  const payment = await ask(tell, access, shop);
  const buyer = openDemoBuyer();
  await goToBank(tell, buyer, payment);
  await approve(tell, buyer, access, payment);
  await comeBack(tell, buyer, shop, payment);
  await compare(tell, access, shop, payment, stopping);
}

/**
 * Makes one payment from its beginning to its end, over public HTTP only, and tells it step by step. Leaves nothing
 * behind.
 * @throws when anything goes otherwise than told, above all when shop and gateway do not agree that it is paid
 */
export async function tellStory(tell: Tell, stopping: AbortSignal): Promise<void> {
  tell("1. A gateway starts on free ports, in a temporary folder.");
  const gateway = await startDemoGateway();
  try {
    stopping.throwIfAborted();
    tell(`     gateway ${gateway.access.base_url}, pretend banks ${gateway.access.simulator_url}`);
    tell(`     ready after ${(gateway.readyAfterMs / 1000).toFixed(1)} s, its new database included`);
    const shop = await openDemoShop(gateway.access.signing_secret);
    try {
      await Promise.race([act(tell, gateway, shop, stopping), gateway.lost]);
    } finally {
      await shop.close();
    }
  } finally {
    await gateway.close();
  }
}
