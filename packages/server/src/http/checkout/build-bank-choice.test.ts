import { expect, test } from "vitest";
import type { Payment } from "../../payments/payment.ts";
import { type BankChoiceFacts, buildBankChoice, type LimitsByModel, shownModel } from "./build-bank-choice.ts";

const limits: LimitsByModel = {
  b2c: { minimumSen: 100, maximumSen: 3_000_000 },
  b2b1: { minimumSen: 200, maximumSen: 100_000_000 },
};
const at = new Date("2026-11-20T02:32:05Z");

function payment(change: Partial<Payment>): Payment {
  return { merchantName: "Kedai Ujian", amountSen: 1250, model: null, expiresAt: at, ...change } as Payment;
}

function choice(change: Partial<Payment>, more: Partial<BankChoiceFacts> = {}) {
  const paid = payment(change);
  return buildBankChoice({
    payment: paid,
    locale: "en",
    base: "/checkout/cs_1",
    limits,
    model: shownModel(paid, limits, undefined),
    list: {
      model: "b2c",
      asOf: at,
      banks: [
        { id: "ABB0233", name: "Affin Bank", online: true },
        { id: "HSBC0223", name: "HSBC Bank", online: false },
      ],
    },
    selectedBankId: "",
    problem: { code: undefined, bankName: "", bankIsBack: false },
    failed: undefined,
    undecided: undefined,
    ...more,
  });
}

test("both kinds of account are offered where both can pay", () => {
  expect(choice({}).tabs.map((tab) => [tab.model, tab.current])).toEqual([
    ["b2c", true],
    ["b2b1", false],
  ]);
  expect(choice({}).onlyModel).toBe("");
});

test.each<[Partial<Payment>, string, RegExp]>([
  [{ amountSen: 3_000_001 }, "b2b1", /^Only business accounts .* at most RM\s30,000\.00 /],
  [{ amountSen: 150 }, "b2c", /^Only personal accounts .* at least RM\s2\.00 /],
  [{ model: "b2b1" }, "b2b1", /accepts business accounts/],
  [{ model: "b2c" }, "b2c", /accepts personal accounts/],
])("where only one kind of account can pay %j, it is %s and the page says why", (change, model, why) => {
  const view = choice(change);
  expect(view.tabs).toEqual([]);
  expect(view.model).toBe(model);
  expect(view.onlyModel).toMatch(why);
});

test("an amount that no kind of account can pay offers no way to begin", () => {
  expect(choice({ model: "b2c", amountSen: 3_000_001 }).canPay).toBe(false);
});

test("an offline bank stays in the list and is never preselected", () => {
  const view = choice({}, { selectedBankId: "HSBC0223" });
  expect(view.banks.map((bank) => [bank.id, bank.online, bank.selected])).toEqual([
    ["ABB0233", true, false],
    ["HSBC0223", false, false],
  ]);
  expect(choice({}, { selectedBankId: "ABB0233" }).banks[0]?.selected).toBe(true);
});

test("a bank that is back online is not called offline by an old address", () => {
  const problem = { code: "bank_offline", bankName: "HSBC Bank", bankIsBack: false };
  expect(choice({}, { problem }).problem).toContain("HSBC Bank is offline");
  expect(choice({}, { problem: { ...problem, bankIsBack: true } }).problem).toBe("");
});

test("an address cannot put words of its own into the page", () => {
  const problem = { code: "<b>Call this number</b>", bankName: "x", bankIsBack: false };
  expect(choice({}, { problem }).problem).toBe("");
});

test("the age of the list is told, and so is that it could not be had", () => {
  expect(choice({}).asOf).toBe("10:32 am");
  expect(choice({}, { list: { model: "b2c", asOf: undefined, banks: [] } }).asOf).toBe("");
});
