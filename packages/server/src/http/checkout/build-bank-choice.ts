import type { Locale, PaymentModel } from "@kineticpay/contract/payment";
import { paymentModels } from "@kineticpay/contract/payment";
import type { Payment } from "../../payments/payment.ts";
import type { BankList } from "../../rails/rail.ts";
import { formatAmount, formatMoment, formatTime } from "./format.ts";
import { textsFor } from "./texts/texts-for.ts";
import type { AccountTab, AttemptNote, BankChoiceView } from "./view-model.ts";

export interface AmountLimits {
  readonly minimumSen: number;
  readonly maximumSen: number;
}

export type LimitsByModel = Readonly<Record<PaymentModel, AmountLimits>>;

function accepts(limits: AmountLimits, amountSen: number): boolean {
  return amountSen >= limits.minimumSen && amountSen <= limits.maximumSen;
}

/** The kinds of account that can pay this payment: what its merchant allows, of what FPX carries. */
export function usableModels(payment: Payment, limits: LimitsByModel): readonly PaymentModel[] {
  const allowed = payment.model === null ? paymentModels : [payment.model];
  return allowed.filter((model) => accepts(limits[model], payment.amountSen));
}

/** The kind of account whose banks are shown: the one asked for where it can pay, else the first that can. */
export function shownModel(payment: Payment, limits: LimitsByModel, asked: unknown): PaymentModel {
  const usable = usableModels(payment, limits);
  return usable.find((model) => model === asked) ?? usable[0] ?? payment.model ?? "b2c";
}

/** Why only one kind of account is offered; "" when both are. */
function whyOnly(locale: Locale, payment: Payment, limits: LimitsByModel): string {
  const t = textsFor(locale).choose;
  const usable = usableModels(payment, limits);
  if (payment.model !== null) {
    return payment.model === "b2c" ? t.fixedPersonal(payment.merchantName) : t.fixedBusiness(payment.merchantName);
  }
  if (usable.length !== 1) return "";
  const money = (amountSen: number) => formatAmount(locale, amountSen);
  const { b2c, b2b1 } = limits;
  if (usable[0] === "b2b1") {
    const above = payment.amountSen > b2c.maximumSen;
    return above ? t.overPersonal(money(b2c.maximumSen)) : t.underPersonal(money(b2c.minimumSen));
  }
  const above = payment.amountSen > b2b1.maximumSen;
  return above ? t.overBusiness(money(b2b1.maximumSen)) : t.underBusiness(money(b2b1.minimumSen));
}

/** What happened to the buyer's last choice, as the address of the page tells it. */
export interface ChoiceProblem {
  readonly code: unknown;
  readonly bankName: string;
  /** True when the bank that was refused is online by now. */
  readonly bankIsBack: boolean;
}

function problemText(locale: Locale, payment: Payment, problem: ChoiceProblem): string {
  const t = textsFor(locale).problem;
  switch (problem.code) {
    case "bank_missing":
      return t.bank_missing;
    case "bank_offline":
      return problem.bankIsBack || problem.bankName === "" ? "" : t.bank_offline(problem.bankName);
    case "out_of_range":
      return t.out_of_range;
    case "too_many":
      return t.too_many(payment.merchantName);
    default:
      return "";
  }
}

export interface BankChoiceFacts {
  readonly payment: Payment;
  readonly locale: Locale;
  readonly base: string;
  readonly limits: LimitsByModel;
  readonly model: PaymentModel;
  readonly list: BankList;
  readonly selectedBankId: string;
  readonly problem: ChoiceProblem;
  readonly failed: AttemptNote | undefined;
  readonly undecided: AttemptNote | undefined;
}

/** The list of banks as the buyer sees it: all of them, in the network's order, offline ones too. */
export function buildBankChoice(facts: BankChoiceFacts): BankChoiceView {
  const { payment, locale, base, limits, model, list, selectedBankId, undecided } = facts;
  const t = textsFor(locale).choose;
  const usable = usableModels(payment, limits);
  const step = undecided === undefined ? "" : "&step=retry";
  const tabs: AccountTab[] =
    usable.length < 2
      ? []
      : usable.map((each) => ({ model: each, href: `${base}?model=${each}${step}`, current: each === model }));
  const minimum = formatAmount(locale, limits[model].minimumSen);
  const maximum = formatAmount(locale, limits[model].maximumSen);
  const isSpent = facts.problem.code === "too_many";
  return {
    kind: "bank_choice",
    model,
    tabs,
    onlyModel: whyOnly(locale, payment, limits),
    banks: list.banks.map((bank) => ({ ...bank, selected: bank.online && bank.id === selectedBankId })),
    asOf: list.asOf === undefined ? "" : formatTime(locale, list.asOf),
    limits: model === "b2c" ? t.limitsPersonal(minimum, maximum) : t.limitsBusiness(minimum, maximum),
    deadline: t.deadline(formatMoment(locale, payment.expiresAt)),
    problem: problemText(locale, payment, facts.problem),
    failed: facts.failed,
    undecided,
    canPay: usable.length > 0 && !isSpent,
  };
}
