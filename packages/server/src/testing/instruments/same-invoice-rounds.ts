import { type Agent, request } from "undici";
import { type OneGateway, openConnections, paymentText } from "./one-gateway.ts";
import { type SeededChance, seededChance } from "./seeded-chance.ts";

export interface SameInvoiceReport {
  readonly seed: number;
  readonly rounds: number;
  readonly calls: number;
  readonly payments: number;
  /** Calls of the v2 API that asked for another amount than the live payment has. */
  readonly refused: number;
  readonly violations: readonly string[];
}

interface Call {
  readonly protocol: "v2" | "wire";
  readonly amount: number;
  readonly status: number;
  readonly code: string;
  readonly id: string;
}

type Wish = Pick<Call, "protocol" | "amount">;

/** What a shop of each protocol sends. Neither has a key: the wire protocol knows none. */
function requestOf(gateway: InvoiceGateway, invoice: string, { protocol, amount }: Wish) {
  if (protocol === "v2") {
    const headers = { authorization: `Bearer ${gateway.apiKey}`, "content-type": "application/json" };
    return { path: "/api/v2/payments", headers, body: paymentText({ invoice, amount, description: "" }) };
  }
  const form = new URLSearchParams({
    merchant_key: gateway.merchantKey,
    invoice,
    amount: (amount / 100).toFixed(2),
    description: "Two tickets",
    callback_success: "https://shop.example/thanks",
    callback_error: "https://shop.example/again",
  });
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return { path: "/payment/create", headers, body: form.toString() };
}

/** A gateway that the first protocol is spoken with too. */
export type InvoiceGateway = OneGateway & { readonly merchantKey: string };

async function ask(
  gateway: InvoiceGateway,
  port: number,
  connections: Agent,
  invoice: string,
  wish: Wish,
): Promise<Call> {
  const { path, headers, body } = requestOf(gateway, invoice, wish);
  const answer = await request(`http://127.0.0.1:${port}${path}`, {
    method: "POST",
    dispatcher: connections,
    headers,
    body,
  });
  const { id = "", code = "" } = (await answer.body.json()) as { id?: string; code?: string };
  return { ...wish, status: answer.statusCode, code, id };
}

async function judge(
  gateway: InvoiceGateway,
  invoice: string,
  calls: readonly Call[],
  amounts: number,
): Promise<string[]> {
  const found: string[] = [];
  const check = (isSo: boolean, what: string) => void (isSo || found.push(`${invoice}: ${what}`));
  const count = (where: string) => gateway.count(`payments p where p.invoice = $1 and ${where}`, [invoice]);
  for (const call of calls) {
    const isRefused = call.protocol === "v2" && amounts > 1 && call.code === "invoice_conflict";
    check(call.status === 200 || isRefused, `${call.protocol} was answered ${call.status} ${call.code}`);
  }
  check((await count("p.claims_invoice")) === 1, "not exactly one live payment");
  check(
    (await count("not p.claims_invoice and p.status <> 'cancelled'")) === 0,
    "a payment that is neither live nor cancelled",
  );
  if (amounts === 1) check((await count("true")) === 1, "more than one payment for one amount");
  const events = "(select from events e where e.payment_id = p.id";
  const untold = await count(`p.event_count <> (select count(*) from events e where e.payment_id = p.id)`);
  check(untold === 0, "a payment whose events do not number what it says");
  const ended = "not p.claims_invoice and not exists";
  check((await count(`${ended} ${events} and e.type = 'payment.cancelled')`)) === 0, "a payment that ended unheard");
  const pairs = calls.filter(({ status }) => status === 200).map(({ id, amount }) => `${id} ${amount}`);
  const known = await gateway.count(
    "unnest($1::text[]) named where exists (select from payments where id || ' ' || amount_sen = named)",
    [pairs],
  );
  check(known === pairs.length, "an answer named a payment that is not there, or of another amount");
  return found;
}

const protocolsOfRounds = [["v2"], ["wire"], ["v2", "wire"]] as const;

/** One amount in one round and three in the next, over each protocol in turn and over both. */
function wishesOf(chance: SeededChance, index: number, parallel: number): { wishes: Wish[]; amounts: number } {
  const all = index % 2 === 0 ? [1_250] : [1_250, 1_500, 2_000];
  const protocols = protocolsOfRounds[Math.floor(index / 2) % protocolsOfRounds.length] ?? ["v2"];
  const wishes = Array.from({ length: parallel }, () => ({
    protocol: chance.pick<Wish["protocol"]>(protocols),
    amount: chance.pick(all),
  }));
  return { wishes, amounts: all.length };
}

/**
 * One invoice, asked for many times at once without any key, over both protocols, with one amount or several. However they
 * fall, one payment is live in the end, every other has been cancelled and told so, and nobody was answered a lie.
 */
export async function sameInvoiceRounds(
  gateway: InvoiceGateway,
  { seed, rounds, parallel = 100 }: { readonly seed: number; readonly rounds: number; readonly parallel?: number },
): Promise<SameInvoiceReport> {
  const chance = seededChance(seed);
  const connections = openConnections(parallel);
  const violations: string[] = [];
  const counts = { payments: 0, refused: 0 };
  for (let index = 0; index < rounds; index += 1) {
    const invoice = `inv-${seed}-${index}`;
    const { wishes, amounts } = wishesOf(chance, index, parallel);
    const calls = await Promise.all(
      wishes.map((wish) => ask(gateway, chance.pick(gateway.ports), connections, invoice, wish)),
    );
    violations.push(...(await judge(gateway, invoice, calls, amounts)));
    counts.payments += await gateway.count("payments where invoice = $1", [invoice]);
    counts.refused += calls.filter((call) => call.status !== 200).length;
  }
  await connections.close();
  return { seed, rounds, calls: rounds * parallel, ...counts, violations };
}
