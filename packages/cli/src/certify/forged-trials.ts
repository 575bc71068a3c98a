import type { KineticPayEvent } from "kineticpay";
import { newSecret, signedHeaders } from "../webhooks/sign.ts";
import { mustRefuse, mustStay } from "./judge.ts";
import type { Cast, Courier, Sent, Trial, Verdict } from "./trial.ts";

const verifyFirst =
  "verify the signature before anything else, with the SDK's webhooks or a library of Standard Webhooks; answer 401";

/** What a forger would have the shop believe: that somebody has paid who has not. */
function forgedPaid({ unpaid, first }: Cast, serial: number): KineticPayEvent {
  const paid = first.find(({ type }) => type === "payment.paid") ?? unpaid;
  const id = `${unpaid.id.slice(0, -6)}F0RGE${serial}`;
  const data = { ...unpaid.data, status: "paid", certainty: "final", paid_at: paid.created_at };
  return { ...unpaid, id, type: "payment.paid", sequence: 3, data } as KineticPayEvent;
}

/** The order of the unpaid payment must not change by it. */
async function refused(courier: Courier, cast: Cast, send: () => Promise<Sent>): Promise<Verdict> {
  const before = await courier.orderOf(cast.unpaid);
  const sent = [await send()];
  return mustStay(mustRefuse(sent), before, await courier.orderOf(cast.unpaid));
}

export const unsigned: Trial = {
  name: "unsigned",
  summary: "a payment.paid without a signature",
  fix: verifyFirst,
  run(courier, cast) {
    const event = forgedPaid(cast, 1);
    const body = JSON.stringify(event);
    const headers = { "webhook-id": event.id, "webhook-timestamp": String(Math.floor(Date.now() / 1000)) };
    return refused(courier, cast, () => courier.sendRaw("an unsigned payment.paid", headers, body));
  },
};

export const forged: Trial = {
  name: "forged",
  summary: "a payment.paid that somebody else has signed",
  fix: `${verifyFirst}. Verify with the secret of this endpoint alone`,
  run(courier, cast) {
    const event = forgedPaid(cast, 2);
    const body = JSON.stringify(event);
    const headers = signedHeaders(newSecret(), event.id, body);
    return refused(courier, cast, () => courier.sendRaw("a payment.paid signed by another", headers, body));
  },
};

export const altered: Trial = {
  name: "altered",
  summary: "a signed event whose body was changed on its way",
  fix: "verify over the body that came, and not over one that you wrote anew or looked up",
  run(courier, cast) {
    const genuine = JSON.stringify(cast.unpaid);
    const headers = signedHeaders(courier.secret, cast.unpaid.id, genuine);
    const event = forgedPaid(cast, 3);
    const body = JSON.stringify({ ...event, id: cast.unpaid.id });
    return refused(courier, cast, () => courier.sendRaw("a payment.created altered to payment.paid", headers, body));
  },
};

const staleS = 900;

export const stale: Trial = {
  name: "stale",
  summary: "a genuine request of a quarter of an hour ago, sent again by somebody who saw it",
  fix: "refuse a webhook-timestamp that is more than five minutes from your clock; libraries do so by themselves",
  run(courier, cast) {
    const body = JSON.stringify(cast.unpaid);
    const then = Math.floor(Date.now() / 1000) - staleS;
    const headers = signedHeaders(courier.secret, cast.unpaid.id, body, then);
    return refused(courier, cast, () => courier.sendRaw("a request of 15 minutes ago", headers, body));
  },
};
