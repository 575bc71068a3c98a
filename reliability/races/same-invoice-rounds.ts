import { setTimeout as pause } from "node:timers/promises";
import { type Caller, openCaller } from "../cast/call.ts";
import type { Notebook } from "../findings.ts";
import type { Random } from "../random.ts";
import type { Rounds } from "./same-key-rounds.ts";
import { callApi, callWire, type OneGateway, paymentCall, type Reply } from "./shop-call.ts";

interface Wish {
  readonly protocol: "v2" | "wire";
  readonly amount: number;
}

type Call = Wish & Reply;

/** Asks as a shop of each protocol does. Neither has a key: the first protocol knows none. */
async function ask(gateway: OneGateway, caller: Caller, url: string, invoice: string, wish: Wish): Promise<Call> {
  const { protocol, amount } = wish;
  const fields = {
    merchant_key: gateway.merchantKey,
    invoice,
    amount: (amount / 100).toFixed(2),
    description: "Two tickets",
    callback_success: "https://shop.example/thanks",
    callback_error: "https://shop.example/again",
  };
  const reply =
    protocol === "wire"
      ? await callWire(caller, url, "/payment/create", fields)
      : await callApi(gateway, caller, url, paymentCall({ invoice, amount, description: "" }));
  return { ...wish, ...reply };
}

const mostTries = 20;

/** Asks again where the gateway says that it has too much to do, as a shop does. */
async function insist(ask: () => Promise<Call>, notebook: Notebook): Promise<Call> {
  for (let tries = 1; ; tries += 1) {
    const call = await ask();
    if (call.status !== 503 || tries === mostTries) return call;
    notebook.count("told to wait");
    await pause(50);
  }
}

async function judge(
  gateway: OneGateway,
  notebook: Notebook,
  invoice: string,
  calls: readonly Call[],
  amounts: number,
): Promise<void> {
  const check = (isSo: boolean, what: string) => void (isSo || notebook.violation(`${invoice}: ${what}`));
  const count = (where: string) => gateway.count(`payments p where p.invoice = $1 and ${where}`, [invoice]);
  for (const call of calls) {
    const isRefused = call.protocol === "v2" && amounts > 1 && call.code === "invoice_conflict";
    check(call.status === 200 || isRefused, `${call.protocol} was answered ${call.status} ${call.code}`);
  }
  check((await count("p.claims_invoice")) === 1, "not exactly one live payment");
  const stray = await count("not p.claims_invoice and p.status <> 'cancelled'");
  check(stray === 0, "a payment that is neither live nor cancelled");
  const all = await count("true");
  if (amounts === 1) check(all === 1, "more than one payment for one amount");
  const untold = await count("p.event_count <> (select count(*) from events e where e.payment_id = p.id)");
  check(untold === 0, "a payment whose events do not number what it says");
  const unheard = await count(
    "not p.claims_invoice and not exists (select from events e where e.payment_id = p.id and e.type = 'payment.cancelled')",
  );
  check(unheard === 0, "a payment that ended unheard");
  const shown = calls.filter(({ status }) => status === 200).map(({ id, amount }) => `${id} ${amount}`);
  const truths = await gateway.count(
    "unnest($1::text[]) shown where exists (select from payments where id || ' ' || amount_sen = shown)",
    [shown],
  );
  check(truths === shown.length, "an answer named a payment that is not there, or of another amount");
  notebook.count("payments", all);
  notebook.count("refused", calls.length - shown.length);
}

const protocolsOfRounds = [["v2"], ["wire"], ["v2", "wire"]] as const;

/** One amount in one round and three in the next, over each protocol in turn and over both. */
function wishesOf(random: Random, index: number, parallel: number): { wishes: Wish[]; amounts: number } {
  const amounts = index % 2 === 0 ? [1_250] : [1_250, 1_500, 2_000];
  const protocols = protocolsOfRounds[Math.floor(index / 2) % protocolsOfRounds.length] ?? ["v2"];
  const wishes = Array.from({ length: parallel }, () => ({
    protocol: random.pick<Wish["protocol"]>(protocols),
    amount: random.pick(amounts),
  }));
  return { wishes, amounts: amounts.length };
}

/**
 * One invoice, asked for many times at once without any key, over both protocols, with one amount or several. However they
 * fall, one payment is live in the end, every other has been cancelled and told so, and nobody was answered a lie.
 */
export async function sameInvoiceRounds(gateway: OneGateway, options: Rounds): Promise<void> {
  const { random, notebook, rounds, parallel = 100 } = options;
  const caller = openCaller(parallel);
  for (let index = 0; index < rounds; index += 1) {
    const invoice = `inv-${random.seed}-${index}`;
    const { wishes, amounts } = wishesOf(random, index, parallel);
    const calls = await Promise.all(
      wishes.map((wish) => {
        const url = random.pick(gateway.urls);
        return insist(() => ask(gateway, caller, url, invoice, wish), notebook);
      }),
    );
    notebook.count("rounds");
    await judge(gateway, notebook, invoice, calls, amounts);
  }
  caller.close();
}
