import type { Meta } from "@kineticpay/contract/errors/entry";
import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { newId } from "@kineticpay/contract/ids";
import type { BuyerView, Locale, PaymentModel, PaymentView } from "@kineticpay/contract/payment";
import type { RunStatement } from "../db/db.ts";
import type { Gateway } from "../gateway.ts";
import type { NewRecord } from "../idempotency/call-record.ts";
import { applyChange, closed } from "./apply.ts";
import { findByInvoice } from "./find-payment.ts";
import { type FirstWriting, insertPayment } from "./insert-payment.ts";
import { newPayments, newRecordedPayments } from "./insert-payments.ts";
import { isInFlight, isUnpaid, type Payment, type PaymentWithAttempts, type Protocol } from "./payment.ts";
import { paymentView } from "./payment-view.ts";
import { attemptsOf, findPaidSibling, lockClaimant, lockInvoice } from "./store.ts";
import { wakeToTell } from "./wake-to-tell.ts";

/** For whom a payment is asked: what a verified key stands for. */
export interface PaymentOwner {
  readonly merchantId: string;
  readonly merchantName: string;
  readonly collectionId: string;
  readonly keyId: string;
}

export interface NewPayment {
  readonly protocol: Protocol;
  readonly amountSen: number;
  readonly invoice: string;
  readonly description: string;
  readonly model: PaymentModel | null;
  readonly bankId: string | null;
  readonly buyer: BuyerView;
  readonly successUrl: string;
  readonly failureUrl: string;
  readonly callbackUrl: string | null;
  readonly expiresInS: number;
  readonly locale: Locale;
  readonly metadata: Meta;
}

/**
 * Refuses an amount that FPX does not carry: for the model asked for, or, where none was, for either.
 * @throws GatewayError amount_out_of_range
 */
export function requireAmountInRange(gateway: Gateway, model: PaymentModel | null, amountSen: number): void {
  const models: readonly PaymentModel[] = model === null ? ["b2c", "b2b1"] : [model];
  const limits = models.map((each) => gateway.rail.limits(each));
  const minimum = Math.min(...limits.map((limit) => limit.minimumSen));
  const maximum = Math.max(...limits.map((limit) => limit.maximumSen));
  if (amountSen < minimum || amountSen > maximum) {
    throw new GatewayError("amount_out_of_range", {
      meta: { amount: amountSen, minimum, maximum, model: models.join("/") },
    });
  }
}

function draft(gateway: Gateway, owner: PaymentOwner, input: NewPayment): Payment {
  const now = gateway.clock.now();
  const id = (kind: "payment" | "checkout") => newId(kind, now.getTime(), gateway.random.bytes(10));
  return {
    id: id("payment"),
    // Whoever has this sees the checkout page, so unlike an id it must not be guessable from its time: 160 bits of chance.
    checkoutId: `cs_${Buffer.from(gateway.random.bytes(20)).toString("hex")}`,
    merchantId: owner.merchantId,
    merchantName: owner.merchantName,
    collectionId: owner.collectionId,
    apiKeyId: owner.keyId,
    protocol: input.protocol,
    invoice: input.invoice,
    amountSen: input.amountSen,
    description: input.description,
    model: input.model,
    bankId: input.bankId,
    buyer: input.buyer,
    successUrl: input.successUrl,
    failureUrl: input.failureUrl,
    callbackUrl: input.callbackUrl,
    locale: input.locale,
    metadata: input.metadata,
    status: "open",
    certainty: "final",
    claimsInvoice: true,
    flags: [],
    attemptCount: 0,
    eventCount: 1,
    paidAttemptId: null,
    createdAt: now,
    updatedAt: now,
    expiresAt: new Date(now.getTime() + input.expiresInS * 1000),
    paidAt: null,
    closedAt: null,
  };
}

/**
 * The live payment as its shop wants it now, so that a retry brings the buyer back to where the shop now waits, in the
 * form that this shop understands. On the wire protocol a resent order is also how a buyer changes the bank. The payment
 * itself, when it is so already or a buyer is at the bank.
 */
function asWanted(owner: PaymentOwner, { payment, attempts }: PaymentWithAttempts, input: NewPayment): Payment {
  const { protocol, successUrl, failureUrl, callbackUrl, bankId, model, description } = input;
  // Whoever repeats a call and names no address to be told at has not said to be told no more. The other protocol's was read by others.
  const keptUrl = protocol === payment.protocol ? payment.callbackUrl : null;
  const wanted = {
    ...payment,
    ...{ protocol, apiKeyId: owner.keyId, successUrl, failureUrl, callbackUrl: callbackUrl ?? keptUrl },
    ...(protocol === "wire" ? { bankId, model, description } : {}),
  };
  const isSo = (Object.keys(wanted) as (keyof Payment)[]).every((name) => wanted[name] === payment[name]);
  return isSo || attempts.some(isInFlight) ? payment : wanted;
}

/**
 * The live payment that is the answer to a request just as it is, as for an order that is sent again. To say so nothing
 * has to be locked; undefined where anything has to change, or be refused.
 */
async function findAnswer(
  gateway: Gateway,
  owner: PaymentOwner,
  input: NewPayment,
): Promise<PaymentWithAttempts | undefined> {
  const found = await findByInvoice(gateway.db, owner.collectionId, input.invoice);
  if (found === undefined || !isUnpaid(found.payment) || found.payment.amountSen !== input.amountSen) return undefined;
  const { payment } = found;
  const isOver = !found.attempts.some(isInFlight) && payment.expiresAt <= gateway.clock.now();
  return isOver || asWanted(owner, found, input) !== payment ? undefined : found;
}

const newEventId = (gateway: Gateway, payment: Payment) =>
  newId("event", payment.createdAt.getTime(), gateway.random.bytes(10));

type Insert = (writing: FirstWriting) => Promise<number | undefined>;

/** A new payment; undefined when its invoice is taken. */
async function insertNew(
  gateway: Gateway,
  insert: Insert,
  owner: PaymentOwner,
  input: NewPayment,
): Promise<PaymentWithAttempts | undefined> {
  const payment = draft(gateway, owner, input);
  const eventData = paymentView(gateway, payment, []);
  const told = await insert({ payment, eventId: newEventId(gateway, payment), eventData });
  wakeToTell(gateway, told);
  return told === undefined ? undefined : { payment, attempts: [] };
}

/**
 * What an invoice's live payment means for a new request: that it is the answer, or that it ends and a new one takes its
 * place in the same commit. Whoever asks for the same invoice meanwhile waits, and so meets what has come of it. Undefined
 * when the invoice was taken all the same.
 */
async function resolveClaim(
  gateway: Gateway,
  owner: PaymentOwner,
  input: NewPayment,
): Promise<PaymentWithAttempts | undefined> {
  return gateway.db.transaction("payments.resolve_claim", async (tx) => {
    const write: RunStatement = (text, values) => tx.query(text, values);
    const within: Insert = (writing) => insertPayment(write, writing);
    await lockInvoice(tx, owner.collectionId, input.invoice);
    const live = await lockClaimant(tx, owner.collectionId, input.invoice);
    if (live === undefined) return insertNew(gateway, within, owner, input);
    // Money that came late has paid another payment of this invoice; nobody can pay this one any more.
    const paid = live.status === "paid" ? live.id : await findPaidSibling(tx, live);
    if (paid !== undefined) throw alreadyPaid(input.invoice, paid);
    const attempts = await attemptsOf(tx, [live.id]);
    const flying = attempts.some(isInFlight);
    const now = gateway.clock.now();
    const isOver = !flying && live.expiresAt <= now;
    const isSame = live.amountSen === input.amountSen;
    if (isOver || (!isSame && !flying && input.protocol === "wire")) {
      const status = isOver ? "expired" : "cancelled";
      await applyChange(gateway, tx, closed(live, status, now), attempts, [`payment.${status}`]);
      return insertNew(gateway, within, owner, input);
    }
    const wanted = asWanted(owner, { payment: live, attempts }, input);
    if (isSame && wanted === live) return { payment: live, attempts };
    if (isSame) {
      const changed = { ...wanted, updatedAt: now };
      return { payment: await applyChange(gateway, tx, changed, attempts, ["payment.updated"]), attempts };
    }
    throw new GatewayError("invoice_conflict", {
      meta: {
        invoice: input.invoice,
        payment: live.id,
        amount: live.amountSen,
        requested: input.amountSen,
        in_flight: flying,
      },
    });
  });
}

function alreadyPaid(invoice: string, payment: string): GatewayError {
  return new GatewayError("invoice_already_paid", { meta: { invoice, payment } });
}

/**
 * Creates a payment together with the record of the call that asks for it, in one statement. False, with nothing done,
 * when its invoice has a payment already or the call's key has been used: that takes more than one statement to answer.
 * @param keep makes the record from the payment as it will be answered
 * @throws GatewayError amount_out_of_range
 */
export async function createPaymentAtOnce(
  gateway: Gateway,
  owner: PaymentOwner,
  input: NewPayment,
  keep: (view: PaymentView) => NewRecord,
): Promise<boolean> {
  requireAmountInRange(gateway, input.model, input.amountSen);
  const payment = draft(gateway, owner, input);
  const view = paymentView(gateway, payment, []);
  const writing = { payment, eventId: newEventId(gateway, payment), eventData: view, record: keep(view) };
  const told = await gateway.db.share(newRecordedPayments, writing);
  wakeToTell(gateway, told);
  return told !== undefined;
}

/** Each round ends with an insert or an answer; more than one repeat needs another caller at the same instant. */
const rounds = 5;

/**
 * Asks for a payment. One invoice names one live payment of its collection: the same amount again returns it, another
 * amount is refused (v2) or replaces it (wire protocol) unless a buyer is paying right now.
 * @throws GatewayError amount_out_of_range, invoice_already_paid, invoice_conflict
 */
export async function createPayment(
  gateway: Gateway,
  owner: PaymentOwner,
  input: NewPayment,
): Promise<PaymentWithAttempts> {
  requireAmountInRange(gateway, input.model, input.amountSen);
  const shared: Insert = (writing) => gateway.db.share(newPayments, writing);
  for (let round = 0; round < rounds; round += 1) {
    const made = await insertNew(gateway, shared, owner, input);
    if (made !== undefined) return made;
    const resolved = (await findAnswer(gateway, owner, input)) ?? (await resolveClaim(gateway, owner, input));
    gateway.wakeups.wake("deliver");
    if (resolved !== undefined) return resolved;
    const newest = await findByInvoice(gateway.db, owner.collectionId, input.invoice);
    if (newest?.payment.status === "paid") throw alreadyPaid(input.invoice, newest.payment.id);
  }
  throw new GatewayError("overloaded", { meta: { reason: "the same invoice is being asked for many times at once" } });
}
