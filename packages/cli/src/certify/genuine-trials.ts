import type { KineticPayEvent } from "kineticpay";
import { newSecret, signatureOf, signedHeaders } from "../webhooks/sign.ts";
import { isCountedTwice } from "./counted.ts";
import { mustAccept, mustStay } from "./judge.ts";
import type { Sent, Trial } from "./trial.ts";

const paidOf = (events: readonly KineticPayEvent[]) => events.find(({ type }) => type === "payment.paid") ?? events[0];

/** @throws when a payment left no events, which the scenarios rule out */
function paidEvent(events: readonly KineticPayEvent[]): KineticPayEvent {
  const found = paidOf(events);
  if (found === undefined) throw new Error("a paid payment has left no event");
  return found;
}

export const good: Trial = {
  name: "good",
  summary: "a payment from created to paid, signed rightly",
  fix: "give the shop the secret of kineticpay listen --print-secret, verify the bytes as they arrived, and answer 2xx",
  async run(courier, { first }) {
    const paid = paidEvent(first);
    const sent: Sent[] = [];
    for (const event of first.filter((each) => each !== paid)) sent.push(await courier.send(event));
    const before = await courier.orderOf(paid);
    sent.push(await courier.send(paid));
    const after = await courier.orderOf(paid);
    const verdict = mustAccept(sent);
    if (before !== undefined && after !== undefined) courier.ordinary = { before, after };
    if (!verdict.passed || before === undefined || before !== after) return verdict;
    return { passed: false, sent, why: "payment.paid was accepted, and the order shows nothing of it" };
  },
};

export const duplicate: Trial = {
  name: "duplicate",
  summary: "the same payment.paid a second time",
  fix: "keep each event's id in a unique column, in the transaction that delivers; answer 2xx when it is there already",
  async run(courier, { first }) {
    const paid = paidEvent(first);
    const before = await courier.orderOf(paid);
    const sent = [await courier.send(paid)];
    return mustStay(mustAccept(sent), before, await courier.orderOf(paid));
  },
};

export const atOnce: Trial = {
  name: "at-once",
  summary: "the same payment.paid twice in the same moment",
  fix: "let the database decide who was first (a unique column), not a look beforehand; both get 2xx",
  async run(courier, { second }) {
    const paid = paidEvent(second);
    const sent: Sent[] = [];
    for (const event of second.filter((each) => each !== paid)) sent.push(await courier.send(event));
    const before = await courier.orderOf(paid);
    sent.push(...(await Promise.all([courier.send(paid), courier.send(paid)])));
    const after = await courier.orderOf(paid);
    const verdict = mustAccept(sent);
    const { ordinary } = courier;
    if (!verdict.passed || ordinary === undefined || before === undefined || after === undefined) return verdict;
    if (!isCountedTwice(ordinary, { before, after })) return verdict;
    return { passed: false, sent, why: "both were answered well, and the order counts two deliveries" };
  },
};

export const reordered: Trial = {
  name: "reordered",
  summary: "payment.processing and payment.created after payment.paid",
  fix: "keep the highest sequence that was handled for each payment; an older event changes nothing, and is answered 2xx",
  async run(courier, { third }) {
    const paid = paidEvent(third);
    const sent = [await courier.send(paid)];
    const before = await courier.orderOf(paid);
    for (const event of third.filter((each) => each !== paid).reverse()) sent.push(await courier.send(event));
    return mustStay(mustAccept(sent), before, await courier.orderOf(paid));
  },
};

export const late: Trial = {
  name: "late",
  summary: "payment.paid and payment.late_success after payment.expired",
  fix: "accept them: money that arrives late is real; deliver or refund, and answer 2xx",
  async run(courier, cast) {
    const sent: Sent[] = [];
    for (const event of cast.late) sent.push(await courier.send(event));
    return mustAccept(sent);
  },
};

const slowlyMs = 2_500;

export const slow: Trial = {
  name: "slow",
  summary: "a body that comes in pieces, over some seconds",
  fix: "read the body to its end before verifying; raise a body timeout that is shorter than ten seconds",
  async run(courier, { unpaid }) {
    return mustAccept([await courier.sendSlowly(unpaid, slowlyMs)]);
  },
};

export const rolled: Trial = {
  name: "rolled",
  summary: "two signatures, as while a secret is changed: another's and yours",
  fix: "accept the request when any of the signatures in webhook-signature, divided by spaces, is right",
  async run(courier, { unpaid }) {
    const body = JSON.stringify(unpaid);
    const headers = signedHeaders(courier.secret, unpaid.id, body);
    const other = signatureOf(newSecret(), unpaid.id, Number(headers["webhook-timestamp"]), body);
    const both = { ...headers, "webhook-signature": `${other} ${headers["webhook-signature"]}` };
    return mustAccept([await courier.sendRaw("an event with two signatures", both, body)]);
  },
};

export const raw: Trial = {
  name: "raw-body",
  summary: "a body with other spaces than your JSON writer makes",
  fix: "verify the bytes as they arrived, before a JSON parser has had them: see docs/guides/webhooks.md on the raw body",
  async run(courier, { unpaid }) {
    const body = JSON.stringify(unpaid, null, 2);
    return mustAccept([
      await courier.sendRaw(
        "an event written over several lines",
        signedHeaders(courier.secret, unpaid.id, body),
        body,
      ),
    ]);
  },
};

export const unknownType: Trial = {
  name: "unknown-type",
  summary: "an event of a type that does not exist yet",
  fix: "answer 2xx to types that you do not know: more may be added",
  async run(courier, { unpaid }) {
    const event = { ...unpaid, id: `${unpaid.id.slice(0, -6)}000000`, type: "payment.yet_unknown" };
    const body = JSON.stringify(event);
    return mustAccept([
      await courier.sendRaw("an event of an unknown type", signedHeaders(courier.secret, event.id, body), body),
    ]);
  },
};
