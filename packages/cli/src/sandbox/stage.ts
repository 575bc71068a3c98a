import { setTimeout as pause } from "node:timers/promises";
import type { KineticPay, KineticPayEvent, Payment, PaymentCreateParams, PaymentModel } from "kineticpay";
import { CliError } from "../cli-error.ts";
import { until } from "../until.ts";
import { type Buyer, newBuyer } from "./buyer.ts";
import type { Exchange } from "./exchange.ts";

/** What a scenario plays on: the API as a shop calls it, buyers at the checkout, and the banks behind it. */
export interface Stage {
  readonly client: KineticPay;
  readonly exchange: Exchange;
  /** Tells the person who watches what happens now. */
  tell(step: string): void;
  /** Asks for the payment that the scenario is about. */
  create(change?: Partial<PaymentCreateParams>): Promise<Payment>;
  /** A buyer who has chosen a bank and is logged in there. */
  atBank(payment: Payment, model?: PaymentModel): Promise<Buyer>;
  /** Leads a buyer back from the bank's result to the gateway. */
  comeBack(buyer: Buyer): Promise<void>;
  /** The number under which the exchange knows the newest attempt. */
  order(payment: Payment): Promise<string>;
  /** The payment once it holds. */
  waitFor(payment: Payment, what: string, holds: (now: Payment) => boolean): Promise<Payment>;
  /** The first event of that type since a time. */
  waitForEvent(type: KineticPayEvent["type"], about: About): Promise<KineticPayEvent>;
  /** The bank that payments are made with. */
  bank(model?: PaymentModel): Promise<string>;
  /** The time between a first word and a later one. */
  later(): Promise<void>;
}

/** Which event is waited for, and what is done each time before it is looked for. */
export interface About {
  readonly since: string;
  readonly meanwhile: () => Promise<unknown>;
}

export interface StageOptions {
  readonly client: KineticPay;
  readonly exchange: Exchange;
  readonly signal: AbortSignal;
  readonly tell: (step: string) => void;
  readonly input: PaymentCreateParams;
  readonly bankId: string | undefined;
  readonly laterMs: number;
}

const waitMs = 40_000;

async function onlineBank(client: KineticPay, model: PaymentModel, wanted: string | undefined): Promise<string> {
  const { data } = await client.banks.list({ model });
  const online = data.filter((each) => each.online);
  // The network has banks for tests among the others, whose names would only puzzle whoever reads along.
  const usual = online.find((each) => !/\btest\b/i.test(each.name)) ?? online[0];
  const bank = wanted === undefined ? usual : data.find((each) => each.id === wanted);
  if (bank !== undefined) return bank.id;
  const what = wanted === undefined ? "No bank is online" : `There is no bank ${wanted}`;
  throw new CliError("bank_unknown", `${what} for ${model} payments.`, { next: `kineticpay banks --model ${model}` });
}

/** Opens a stage. Everything on it ends when the signal is aborted. */
export function openStage({ client, exchange, signal, tell, input, bankId, laterMs }: StageOptions): Stage {
  const wait = { signal, timeoutMs: waitMs };
  const bank = (model: PaymentModel = "b2c") => onlineBank(client, model, bankId);
  return {
    client,
    exchange,
    tell,
    bank,
    create: (change = {}) => client.payments.create({ ...input, ...change }, { signal }),
    async atBank(payment, model = "b2c") {
      const buyer = newBuyer(signal);
      await buyer.open(payment.checkout_url);
      await buyer.press("Proceed", { bank: await bank(model) });
      if (buyer.page.forms.some((form) => form.id === "hand-off")) await buyer.press("Continue to bank");
      await buyer.press("Log in");
      return buyer;
    },
    async comeBack(buyer) {
      await buyer.press("Continue");
      await buyer.press("Continue to the shop");
    },
    async order({ id }) {
      const { attempts } = await client.payments.retrieve(id, { signal });
      return attempts.at(-1)?.order_number ?? "";
    },
    waitFor: ({ id }, what, holds) =>
      until(
        `the payment to be ${what}`,
        async () => {
          const now = await client.payments.retrieve(id, { signal });
          return holds(now) ? now : undefined;
        },
        wait,
      ),
    waitForEvent: (type, { since, meanwhile }) =>
      until(
        `the event ${type}`,
        async () => {
          await meanwhile();
          return (await client.events.list({ type, created_after: since, limit: 1 }, { signal })).data[0];
        },
        wait,
      ),
    later: () => pause(laterMs, undefined, { signal }),
  };
}
