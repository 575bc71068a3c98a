import { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { beginAttempt } from "../../payments/begin-attempt.ts";
import { cancelPayment, updatePaymentDetails } from "../../payments/change-payment.ts";
import { createPayment } from "../../payments/create-payment.ts";
import { enquireAttempt } from "../../payments/enquire-attempt.ts";
import { expireDue } from "../../payments/expire-due.ts";
import { receiveBankMessage } from "../../payments/receive-bank-message.ts";
import { requeryDue } from "../../payments/requery-due.ts";
import { requeryPayment } from "../../payments/requery-payment.ts";
import { findAttempt } from "../../payments/store.ts";
import { EnquiryFailed } from "../../rails/rail.ts";
import { newPayment } from "../new-payment.ts";
import { enquire, enquireOnSchedule, hear, hearOtherFacts, isFlying, type Model, type Route } from "./model.ts";
import { askedAbout, begin, type Choice, cancel, create, expire, prolong, type Wish } from "./model-acts.ts";
import { inOrder, type Seen } from "./observe.ts";
import type { World } from "./world.ts";

/** Which payment, and which of its attempts: any number, taken modulo how many there are. */
export interface Target {
  readonly payment: number;
  readonly attempt: number;
}

/** One way in which a deed may come out: the answer, once the model has been changed accordingly. */
export type Way = (model: Model) => string;

/** Something that is done to the gateway and to the model alike. */
export interface Deed {
  /** Whether there is anything to do it to. */
  isPossible(model: Model): boolean;
  /** All ways in which it may come out; more than one where answers of the exchange overtake each other. */
  ways(model: Model, seen: Seen): readonly Way[];
  /** Does it to the gateway, and answers in the model's words. */
  act(world: World, seen: Seen): Promise<string>;
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index % list.length];
  if (found === undefined) throw new Error("there is nothing to choose from");
  return found;
}

const hasPayment = ({ payments }: Model) => payments.length > 0;
const hasAttempt = (model: Model, target: Target) =>
  hasPayment(model) && at(inOrder(model), target.payment).attempts.length > 0;
const seenAttempt = (seen: Seen, target: Target) => at(at(seen.payments, target.payment).attempts, target.attempt);

/** Who is meant, found before anything is changed: payments and attempts are only ever added, at the end. */
function targeted(model: Model, target: Target) {
  const payment = at(inOrder(model), target.payment);
  const slot = model.payments.indexOf(payment);
  const number = payment.attempts.length === 0 ? 0 : target.attempt % payment.attempts.length;
  const paymentIn = (copy: Model) => at(copy.payments, slot);
  return { paymentIn, attemptIn: (copy: Model) => at(paymentIn(copy).attempts, number) };
}

/** Every order of a few things. */
export function permutations<T>(list: readonly T[]): T[][] {
  if (list.length <= 1) return [[...list]];
  return list.flatMap((first, i) => permutations(list.toSpliced(i, 1)).map((rest) => [first, ...rest]));
}

/** The code of the error that a use-case answered with, or what it said otherwise. */
async function answer(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "done";
  } catch (error) {
    if (error instanceof GatewayError) return error.code;
    throw error;
  }
}

export function creating(wish: Wish): Deed {
  return {
    isPossible: ({ payments }) => payments.length < 6,
    ways: () => [(model) => create(model, wish)],
    act({ core, suffix }) {
      const keyId = wish.protocol === "wire" ? core.merchant.merchantKey.id : core.owner.keyId;
      const asked = newPayment({ ...wish, invoice: `${wish.invoice}${suffix}` });
      return answer(createPayment(core.gateway, { ...core.owner, keyId }, asked));
    },
  };
}

export function beginning(target: Target, choice: Choice): Deed {
  return {
    isPossible: (model) => hasPayment(model) && at(inOrder(model), target.payment).attempts.length < 4,
    ways(model) {
      const { paymentIn } = targeted(model, target);
      const flying = paymentIn(model).attempts.flatMap((attempt, i) => (isFlying(attempt) ? [i] : []));
      return permutations(flying).map((order) => (copy) => begin(copy, paymentIn(copy), choice, order));
    },
    async act({ core }, seen) {
      const { checkoutId } = at(seen.payments, target.payment);
      const input = { bankId: choice.bank, model: "b2c", locale: "en", confirmed: choice.confirmed } as const;
      return (await beginAttempt(core.gateway, checkoutId, input)).kind;
    },
  };
}

/** How a message differs from an honest one, if it does. */
export type Falsehood = "none" | "amount" | "currency" | "signature";

export interface Message {
  readonly route: Exclude<Route, "enquiry">;
  readonly code: string;
  readonly creditCode: string;
  readonly falsehood: Falsehood;
}

const changes: Readonly<Record<Falsehood, Readonly<Record<string, string>>>> = {
  ...{ none: {}, signature: {} },
  ...{ amount: { fpx_txnAmount: "1.00" }, currency: { fpx_txnCurrency: "SGD" } },
};

export function telling(target: Target, { route, code, creditCode, falsehood }: Message): Deed {
  return {
    isPossible: (model) => hasAttempt(model, target),
    ways(model) {
      const { paymentIn, attemptIn } = targeted(model, target);
      const said = { code, creditCode, numbered: code !== "76" };
      return [
        (copy) => {
          if (falsehood === "signature") return "refused";
          if (falsehood === "none") hear(copy, paymentIn(copy), attemptIn(copy), route, said);
          else hearOtherFacts(attemptIn(copy));
          return "acknowledged";
        },
      ];
    },
    async act({ core, exchange }, seen) {
      const { sent } = seenAttempt(seen, target);
      const body = exchange.confirm(sent, code, { fpx_creditAuthCode: creditCode, ...changes[falsehood] });
      const said =
        falsehood === "signature" ? body.replace(/fpx_fpxTxnTime=\d*/, "fpx_fpxTxnTime=20000101000000") : body;
      return (await receiveBankMessage(core.gateway, route, said)) === undefined ? "refused" : "acknowledged";
    },
  };
}

/** The bank makes up its mind, and tells nobody until it is asked. */
export function deciding(target: Target, atBank: string): Deed {
  return {
    isPossible: (model) => hasAttempt(model, target),
    ways(model) {
      const { attemptIn } = targeted(model, target);
      return [
        (copy) => {
          attemptIn(copy).atBank = atBank;
          return "done";
        },
      ];
    },
    async act({ bank }, seen) {
      bank.set(seenAttempt(seen, target).orderNumber, atBank);
      return "done";
    },
  };
}

/** One enquiry, such as a waiting buyer causes. */
export function asking(target: Target): Deed {
  return {
    isPossible: (model) => hasAttempt(model, target),
    ways(model) {
      const { paymentIn, attemptIn } = targeted(model, target);
      return [(copy) => enquire(copy, paymentIn(copy), attemptIn(copy))];
    },
    async act({ core }, seen) {
      const attempt = await findAttempt(core.gateway.db, seenAttempt(seen, target).orderNumber);
      if (attempt === undefined) throw new Error("the attempt is gone");
      try {
        await enquireAttempt(core.gateway, attempt, 5_000, 500);
        return "heard";
      } catch (error) {
        if (error instanceof EnquiryFailed) return error.reason === "unreachable" ? "silent" : "garbage";
        throw error;
      }
    },
  };
}

const failures = { heard: "", silent: "bank_offline", garbage: "bank_bad_response" };

export function requerying(target: Target): Deed {
  return {
    isPossible: hasPayment,
    ways(model) {
      const { paymentIn } = targeted(model, target);
      const asked = askedAbout(paymentIn(model));
      return permutations(asked).map((order) => (copy) => {
        const payment = paymentIn(copy);
        const answers = new Map(order.map((i) => [i, failures[enquire(copy, payment, at(payment.attempts, i))]]));
        return asked.map((i) => answers.get(i)).find((code) => code !== "") ?? "done";
      });
    },
    act: ({ core }, seen) =>
      answer(requeryPayment(core.gateway, core.owner.collectionId, at(seen.payments, target.payment).id)),
  };
}

/** The gateway's own enquiries. Which are due is read off the database; that none is forgotten, `observe` sees to. */
export const requeryingDue: Deed = {
  isPossible: hasPayment,
  ways(model, seen) {
    const due = seen.payments.flatMap(({ attempts }, payment) =>
      attempts.flatMap(({ isDue }, attempt) => (isDue ? [targeted(model, { payment, attempt })] : [])),
    );
    return permutations(due.slice(0, 4)).map((order) => (copy) => {
      for (const { paymentIn, attemptIn } of [...order, ...due.slice(4)])
        enquireOnSchedule(copy, paymentIn(copy), attemptIn(copy));
      return `asked about ${due.length}`;
    });
  },
  act: async ({ core }) => `asked about ${await requeryDue(core.gateway)}`,
};

export const expiring: Deed = {
  isPossible: hasPayment,
  ways: () => [
    (model) => {
      expire(model);
      return "done";
    },
  ],
  act: ({ core }) => answer(expireDue(core.gateway)),
};

export function cancelling(target: Target): Deed {
  return {
    isPossible: hasPayment,
    ways(model) {
      const { paymentIn } = targeted(model, target);
      return [(copy) => cancel(paymentIn(copy))];
    },
    act: ({ core }, seen) =>
      answer(cancelPayment(core.gateway, core.owner.collectionId, at(seen.payments, target.payment).id)),
  };
}

export function prolonging(target: Target, expiresInS: number): Deed {
  return {
    isPossible: hasPayment,
    ways(model) {
      const { paymentIn } = targeted(model, target);
      return [(copy) => prolong(copy, paymentIn(copy), expiresInS)];
    },
    act({ core }, seen) {
      const { id } = at(seen.payments, target.payment);
      return answer(updatePaymentDetails(core.gateway, core.owner.collectionId, id, { expiresInS }));
    },
  };
}

export function waiting(minutes: number): Deed {
  return {
    isPossible: () => true,
    ways: () => [
      (model) => {
        model.now += minutes * 60_000;
        return "done";
      },
    ],
    async act({ clock }) {
      clock.advance(minutes * 60_000);
      return "done";
    },
  };
}

/**
 * Several deeds at the same moment. Each is one transaction at heart, so that what comes out must be what some order of
 * them, one after the other, would have brought, answers included.
 */
export function racing(deeds: readonly Deed[]): Deed {
  return {
    isPossible: (model) => deeds.every((deed) => deed.isPossible(model)),
    ways: (model, seen) =>
      permutations(deeds.map((_, i) => i)).map((order) => (copy) => {
        const told = deeds.map(() => "");
        for (const i of order) told[i] = deeds[i]?.ways(model, seen)[0]?.(copy) ?? "";
        return told.join(", ");
      }),
    act: async (world, seen) => (await Promise.all(deeds.map((deed) => deed.act(world, seen)))).join(", "),
  };
}
