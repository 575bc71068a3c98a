import fc from "fast-check";
import { Agent, request } from "undici";
import type { Attempt, Payment } from "../payments/payment.ts";
import { openVisitor, type Visitor } from "./checkout-visitor.ts";
import { openTestGateway, type TestGateway } from "./test-gateway.ts";
import { openTwin, type TwinGateway } from "./twin-gateway.ts";

export interface AtOnceRun {
  /** How many payments; every fifth has two attempts, and both are paid. */
  readonly payments: number;
  readonly seed: number;
}

export interface AtOnceResult {
  readonly payments: number;
  readonly messages: number;
  /** Messages of each kind that were acknowledged, and enquiries that were put off. */
  readonly heard: Readonly<Record<string, number>>;
  /** What is not as it should be; nothing, one hopes. */
  readonly faults: readonly string[];
}

/** As many calls as the test means to make at once, and no limit that would turn one away. */
const settings = {
  KINETICPAY_KEY_RATE: "1000000",
  KINETICPAY_KEY_BURST: "1000000",
  KINETICPAY_KEY_CONCURRENCY: "10000",
  KINETICPAY_OVERLOAD_DELAY_MS: "60000",
  KINETICPAY_ENQUIRY_RATE: "1000",
};

interface Stage {
  readonly test: TestGateway;
  readonly twin: TwinGateway;
  readonly visitor: Visitor;
  readonly agent: Agent;
}

interface Told {
  readonly kind: string;
  readonly isHeard: boolean;
  /** An enquiry that a busy gateway has put off, or a busy exchange has not answered: it says nothing, and so nothing wrong. */
  readonly isPutOff: boolean;
}

/** Sends one message about an attempt: by the exchange, by the browser, or as the answer to an enquiry. */
async function tell(stage: Stage, payment: Payment, body: string, number: number): Promise<Told> {
  const { url } = number % 2 === 0 ? stage.test : stage.twin;
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const key = { authorization: `Bearer ${stage.test.merchant.apiKey.key}` };
  const post = async (path: string, headers: Record<string, string>, text: string) => {
    const answer = await request(`${url}${path}`, { method: "POST", dispatcher: stage.agent, headers, body: text });
    return { status: answer.statusCode, text: await answer.body.text() };
  };
  const kind = ["direct", "browser", "enquiry"][number % 3] ?? "";
  if (kind === "enquiry") {
    const { status } = await post(`/api/v2/payments/${payment.id}/requery`, key, "");
    return { kind, isHeard: status === 200, isPutOff: status >= 502 };
  }
  const { status, text } = await post(`/fpx/${kind === "direct" ? "direct" : "indirect"}`, form, body);
  return { kind, isHeard: kind === "direct" ? status === 200 && text === "OK" : status === 303, isPutOff: false };
}

/** A payment whose buyer has paid at the bank, once or twice, and of which the gateway has not heard. */
async function paidAtBank(
  { visitor }: Stage,
  times: number,
): Promise<{ payment: Payment; attempts: readonly Attempt[] }> {
  const payment = await visitor.create({ callbackUrl: "https://shop.example/callback" });
  for (let i = 0; i < times; i += 1) await visitor.goToBank(payment, i === 0 ? "MB2U0227" : "BCBB0235");
  const attempts = await visitor.attempts(payment);
  for (const { orderNumber } of attempts)
    await visitor.control(`/transactions/${orderNumber}/decide`, { code: "00", direct: "drop" });
  return { payment, attempts };
}

/** What is written about a payment, as one line of text. */
async function outcomeOf({ test }: Stage, payment: Payment): Promise<string> {
  const [row] = await test.gateway.db.query<{ outcome: string }>(
    `select concat_ws(', ', p.status, p.certainty, 'flags ' || array_to_string(p.flags, '+'),
       (select 'booked ' || string_agg(kind, '+' order by kind desc) from ledger_transactions where payment_id = p.id),
       (select 'owed ' || sum(amount_sen) from ledger_postings l join ledger_transactions t on t.id = l.transaction_id
        where t.payment_id = p.id and l.account like 'merchant:%'),
       (select count(*) || ' paid' from events where payment_id = p.id and type = 'payment.paid'),
       (select count(*) || ' told' from deliveries d join events e on e.id = d.event_id
        where d.payment_id = p.id and e.type = 'payment.paid')) as outcome
     from payments p where p.id = $1`,
    [payment.id],
  );
  return row?.outcome ?? "gone";
}

const expected = {
  1: "paid, final, flags , booked payment, owed -1250, 1 paid, 1 told",
  2: "paid, final, flags duplicate_success, booked payment+duplicate, owed -1250, 1 paid, 1 told",
};

/** Tells two gateways on one database of each payment 3 to 100 times at the same moment, in all three ways. */
async function run(stage: Stage, { payments, seed }: AtOnceRun): Promise<AtOnceResult> {
  const counts = fc.sample(fc.integer({ min: 3, max: 100 }), { seed, numRuns: payments });
  const heard: Record<string, number> = {};
  const faults: string[] = [];
  let messages = 0;
  for (const [i, count] of counts.entries()) {
    const times = i % 5 === 4 ? 2 : 1;
    const { payment, attempts } = await paidAtBank(stage, times);
    const bodies = await Promise.all(attempts.map((attempt) => stage.visitor.bankMessage(attempt, "00")));
    // The trusted kinds are among the first three, so that even the fewest messages settle it.
    const told = await Promise.all(
      Array.from({ length: count * times }, (_, n) => tell(stage, payment, bodies[Math.floor(n / 3) % times] ?? "", n)),
    );
    messages += told.length;
    for (const { kind, isHeard, isPutOff } of told) {
      const counted = isPutOff ? `${kind} put off` : kind;
      if (isHeard || isPutOff) heard[counted] = (heard[counted] ?? 0) + 1;
      else faults.push(`payment ${i}: a message by ${kind} was not heard`);
    }
    const outcome = await outcomeOf(stage, payment);
    if (outcome !== expected[times]) faults.push(`payment ${i}, ${told.length} messages: ${outcome}`);
  }
  return { payments, messages, heard, faults };
}

/** Opens two gateways on one database, and confirms payments to both of them at once. */
export async function confirmAtOnce(wanted: AtOnceRun): Promise<AtOnceResult> {
  const test = await openTestGateway({ settings });
  const twin = await openTwin(test);
  const agent = new Agent({ connections: 64 });
  try {
    return await run({ test, twin, visitor: openVisitor(test), agent }, wanted);
  } finally {
    await agent.destroy();
    await twin.close();
    await test.close();
  }
}
