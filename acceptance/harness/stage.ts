import type { PaymentView } from "@kineticpay/contract/payment";
import { type Buyer, newBuyer } from "./buyer.ts";
import type { ExchangeTransaction } from "./exchange-control.ts";
import { type Gateway, type GatewayOptions, startGateway } from "./gateway.ts";
import { startProgram } from "./program.ts";
import { openShop, type Shop } from "./shop.ts";
import { until } from "./until.ts";

/** Everyone whom a payment needs: a gateway with its pretend exchange, a shop, and buyers. */
export interface Stage {
  readonly gateway: Gateway;
  readonly shop: Shop;
  /** A payment that tells this shop. */
  create(input?: Readonly<Record<string, unknown>>): Promise<PaymentView>;
  /** A buyer who has chosen a bank for the payment and stands before its login. */
  buyerAtBank(payment: PaymentView, bankId?: string): Promise<Buyer>;
  /** The payment as the API shows it once it holds. */
  waitFor(id: string, what: string, holds: (payment: PaymentView) => boolean, timeoutMs?: number): Promise<PaymentView>;
  waitForStatus(id: string, status: PaymentView["status"], timeoutMs?: number): Promise<PaymentView>;
  /** What the exchange knows of the payment's newest attempt, and fails if it knows nothing. */
  atExchange(id: string): Promise<ExchangeTransaction>;
  /** Closes everything, and fails if anything in the gateway's database is not as it must be. */
  close(): Promise<void>;
}

export const defaultBank = "MB2U0227";

/** Opens a stage of its own. */
export async function openStage(options: GatewayOptions = {}): Promise<Stage> {
  const gateway = await startGateway(options);
  const shop = await openShop(gateway.access.signing_secret);
  const waitFor: Stage["waitFor"] = (id, what, holds, timeoutMs) =>
    until(
      `${id} to be ${what}`,
      async () => {
        const payment = await gateway.api.get(id);
        return holds(payment) && payment;
      },
      timeoutMs,
    );
  return {
    gateway,
    shop,
    create: (input = {}) => gateway.api.create({ ...shop.addresses, ...input }),
    async buyerAtBank(payment, bankId = defaultBank) {
      const buyer = newBuyer();
      await buyer.open(payment.checkout_url);
      await buyer.goToBank(bankId);
      return buyer;
    },
    waitFor,
    waitForStatus: (id, status, timeoutMs) => waitFor(id, status, (payment) => payment.status === status, timeoutMs),
    async atExchange(id) {
      const orderNumber = (await gateway.api.get(id)).attempts.at(-1)?.order_number ?? "";
      const found = await gateway.exchange.find(orderNumber);
      if (found === undefined) throw new Error(`the exchange does not know ${orderNumber}`);
      return found;
    },
    async close() {
      await shop.close();
      try {
        await proveBooks(gateway);
      } finally {
        await gateway.dispose();
      }
    },
  };
}

/** However the gateway was treated: every invariant holds in the end. */
async function proveBooks(gateway: Gateway): Promise<void> {
  const words = ["verify", "--json"];
  const settings = { KINETICPAY_DATA_DIR: gateway.dataDirectory };
  const program = startProgram("packages/server/dist/operator/main.js", settings, words);
  if ((await program.ended).code === 0) return;
  throw new Error(`verify found what is not as it must be:\n${program.stdout()}${program.stderr()}`);
}

/** Logs in at the bank and presses one of its buttons. */
export async function decideAtBank(buyer: Buyer, button: string): Promise<void> {
  await buyer.press("Log in");
  await buyer.press(button);
}

/** Goes back from the bank's result to the gateway, carrying the bank's message. */
export async function returnFromBank(buyer: Buyer): Promise<void> {
  await buyer.press("Continue");
  await buyer.press("Continue to the shop");
}

/** All of a buyer's way through the bank. */
export async function payAtBank(buyer: Buyer): Promise<void> {
  await decideAtBank(buyer, "Approve");
  await returnFromBank(buyer);
}
