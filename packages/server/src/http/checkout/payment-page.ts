import type { Gateway } from "../../gateway.ts";
import { type Attempt, isInFlight, isUnpaid, type Payment } from "../../payments/payment.ts";
import { paymentView } from "../../payments/payment-view.ts";
import { contactsOf } from "../support-contact.ts";
import { buildBankChoice, type LimitsByModel, shownModel } from "./build-bank-choice.ts";
import { attemptNote, buildView, type PageFacts } from "./build-view.ts";
import { formatAmount } from "./format.ts";
import type { Language } from "./language.ts";
import { otherLocale } from "./texts/texts-for.ts";
import type { BankChoiceView, Frame, PaymentPageView } from "./view-model.ts";

/** A payment found by its address, in the language of its page. */
export interface Visit {
  readonly payment: Payment;
  readonly attempts: readonly Attempt[];
  readonly language: Language;
}

/** The query of a page, of which nothing is believed: every value is matched against what is known. */
export type PageQuery = Readonly<Record<string, unknown>>;

/** The path of a payment's page. */
export function pagePath(payment: Payment): string {
  return `/checkout/${payment.checkoutId}`;
}

/** An address within the payment's pages; it names the language only where nothing else will remember it. */
export function linkWithin(visit: Visit, tail: string, query: Readonly<Record<string, string>> = {}): string {
  const all = new URLSearchParams(query);
  if (visit.language.carried) all.set("lang", visit.language.locale);
  const text = all.toString();
  return `${pagePath(visit.payment)}${tail}${text === "" ? "" : `?${text}`}`;
}

/** What surrounds every page of the payment. */
export function frameOf(gateway: Gateway, visit: Visit, query: PageQuery): Frame {
  const { payment, language } = visit;
  const kept = new URLSearchParams();
  for (const name of ["model", "step", "bank", "stay"]) {
    const value = query[name];
    if (typeof value === "string" && value.length <= 20) kept.set(name, value);
  }
  kept.set("lang", otherLocale(language.locale));
  return {
    locale: language.locale,
    base: pagePath(payment),
    switchHref: `?${kept.toString()}`,
    merchantName: payment.merchantName,
    amount: formatAmount(language.locale, payment.amountSen),
    invoice: payment.invoice,
    description: payment.description,
    reference: payment.id,
    sandbox: gateway.config.mode === "sandbox",
    contacts: contactsOf(gateway.config),
  };
}

async function bankChoice(gateway: Gateway, facts: PageFacts, query: PageQuery): Promise<BankChoiceView> {
  const { payment, attempts, locale } = facts;
  const limits: LimitsByModel = { b2c: gateway.rail.limits("b2c"), b2b1: gateway.rail.limits("b2b1") };
  const model = shownModel(payment, limits, query["model"]);
  const list = await gateway.rail.banks(model);
  const asked = typeof query["bank"] === "string" ? query["bank"].slice(0, 20) : "";
  const known = list.banks.find((bank) => bank.id === asked);
  const last = attempts.at(-1);
  const flying = attempts.filter(isInFlight).at(-1);
  const wanted = last === undefined && payment.bankId !== null ? gateway.rail.resolveBankId(payment.bankId) : "";
  return buildBankChoice({
    payment,
    locale,
    base: pagePath(payment),
    limits,
    model,
    list,
    selectedBankId: asked === "" ? wanted : asked,
    problem: {
      code: query["problem"],
      bankName: known?.name ?? gateway.rail.bankName(model, asked),
      bankIsBack: known?.online === true,
    },
    failed: last?.status === "failed" ? attemptNote(facts, last) : undefined,
    undecided: flying === undefined ? undefined : attemptNote(facts, flying),
  });
}

/** What the payment's page shows now; it asks the network for banks only where they are shown. */
export async function paymentPage(gateway: Gateway, visit: Visit, query: PageQuery): Promise<PaymentPageView> {
  const { payment, attempts, language } = visit;
  const model = query["model"] === "b2b1" ? "b2b1" : "b2c";
  const bankId = typeof query["bank"] === "string" ? query["bank"].slice(0, 20) : "";
  // A refused choice is told beside the list of banks, also while an earlier attempt is undecided.
  const step = typeof query["problem"] === "string" && isUnpaid(payment) ? "retry" : query["step"];
  const facts: PageFacts = {
    payment,
    attempts,
    shown: paymentView(gateway, payment, attempts),
    locale: language.locale,
    now: gateway.clock.now(),
    step,
    warned: { bankId, bankName: gateway.rail.bankName(model, bankId), model },
    stay: query["stay"] === "1",
  };
  return buildView(facts) ?? bankChoice(gateway, facts, query);
}
