import { describe, expect, test } from "vitest";
import type { Attempt, Payment } from "../../payments/payment.ts";
import { buildView, type PageFacts } from "./build-view.ts";

const now = new Date("2026-11-20T02:32:05Z");
const later = new Date("2026-11-21T02:32:05Z");

const payment: Payment = {
  id: "pay_1",
  merchantId: "mer_1",
  collectionId: "col_1",
  checkoutId: "cs_1",
  protocol: "v2",
  apiKeyId: "key_1",
  merchantName: "Kedai Ujian",
  invoice: "10001",
  amountSen: 1250,
  description: "",
  model: null,
  bankId: null,
  buyer: {},
  successUrl: "https://shop.example/thanks",
  failureUrl: "https://shop.example/again",
  callbackUrl: null,
  locale: "en",
  metadata: {},
  status: "open",
  certainty: "final",
  claimsInvoice: true,
  flags: [],
  attemptCount: 0,
  eventCount: 1,
  paidAttemptId: null,
  createdAt: now,
  updatedAt: now,
  expiresAt: later,
  paidAt: null,
  closedAt: null,
};

function attempt(change: Partial<Attempt> = {}): Attempt {
  return {
    id: "att_1",
    merchantId: "mer_1",
    paymentId: "pay_1",
    number: 1,
    rail: "fpx",
    model: "b2c",
    bankId: "MB2U0227",
    bankName: "Maybank2U",
    orderNumber: "KP1",
    sent: {},
    facts: { seller_order: "10001" },
    locale: "en",
    status: "in_flight",
    certainty: "unknown",
    railCode: "",
    reason: "",
    railTransactionId: "",
    details: {},
    uncertainCount: 0,
    notFoundCount: 0,
    enquiryCount: 0,
    nextEnquiryAt: null,
    browserReturnedAt: null,
    createdAt: now,
    concludedAt: null,
    ...change,
  };
}

function see(change: Partial<Payment>, attempts: readonly Attempt[] = [], more: Partial<PageFacts> = {}) {
  return buildView({
    payment: { ...payment, ...change },
    attempts,
    shown: { attempts: [] } as unknown as PageFacts["shown"],
    locale: "en",
    now,
    step: undefined,
    warned: { bankId: "", bankName: "", model: "b2c" },
    stay: false,
    ...more,
  });
}

const failed = attempt({ status: "failed", railCode: "51", certainty: "final" });
const waiting = attempt({ status: "awaiting_approval", railCode: "99", certainty: "provisional" });
const succeeded = attempt({
  status: "succeeded",
  railCode: "00",
  certainty: "final",
  railTransactionId: "2611201032050001",
  concludedAt: now,
  details: { fpxTime: "20261120103158" },
});
const paid: Partial<Payment> = { status: "paid", paidAttemptId: "att_1", paidAt: now };
const warned = { step: "confirm", warned: { bankId: "RHB0218", bankName: "RHB Bank", model: "b2c" } } as const;

describe("one address shows what the payment's state asks for", () => {
  test.each([
    ["the list of banks, before anything was tried", see({}), undefined],
    ["the list of banks again, after a failure", see({}, [failed]), undefined],
    ["that it waits, while a result is awaited", see({ status: "processing" }, [attempt()]), "pending"],
    [
      "that it waits, though a newer try has failed",
      see({ status: "processing" }, [attempt(), { ...failed, id: "att_2" }]),
      "pending",
    ],
    [
      "who must approve, while a company's approval is awaited",
      see({ status: "awaiting_approval" }, [waiting]),
      "approval",
    ],
    ["the receipt, once paid", see(paid, [succeeded]), "receipt"],
    ["the end, once expired", see({ status: "expired" }), "ended"],
    ["the end, once cancelled", see({ status: "cancelled" }), "ended"],
    ["the end, once overdue, before any job has said so", see({ expiresAt: now }), "ended"],
    [
      "that it waits, when overdue with a buyer at the bank",
      see({ status: "processing", expiresAt: now }, [attempt()]),
      "pending",
    ],
  ])("%s", (_what, view, kind) => {
    expect(view?.kind).toBe(kind);
  });
});

test("a receipt is shown whatever the address asks for", () => {
  expect(see(paid, [succeeded], { step: "retry" })?.kind).toBe("receipt");
  expect(see(paid, [succeeded], warned)?.kind).toBe("receipt");
});

test("a buyer who wants to pay again is warned while an earlier try is undecided, and only then", () => {
  expect(see({ status: "processing" }, [attempt()], warned)).toMatchObject({
    kind: "warning",
    doubt: "unknown",
    bankId: "RHB0218",
  });
  expect(see({ status: "processing" }, [attempt({ notFoundCount: 1 })], warned)).toMatchObject({ doubt: "not_found" });
  expect(see({ status: "awaiting_approval" }, [waiting], warned)).toMatchObject({ doubt: "approval" });
  expect(see({}, [failed], warned)).toBeUndefined();
});

test("a try that FPX once knew is never called unknown to it", () => {
  const vanished = attempt({ notFoundCount: 3, railTransactionId: "2611201032050001" });
  expect(see({ status: "processing" }, [vanished], warned)).toMatchObject({ doubt: "unknown" });
});

test("the receipt gives the bank network's own time, in Malaysian time", () => {
  expect(see(paid, [succeeded])).toMatchObject({ paidAt: "20 November 2026, 10:31:58 am (Malaysia time)" });
  expect(see(paid, [{ ...succeeded, details: { fpxTime: "nonsense" } }])).toMatchObject({
    paidAt: "20 November 2026, 10:32:05 am (Malaysia time)",
  });
});

test("a buyer is sent on from the receipt once, and not at all when they would rather stay", () => {
  const continueS = (view: ReturnType<typeof see>) => (view?.kind === "receipt" ? view.continueS : undefined);
  expect(continueS(see(paid, [succeeded]))).toBe(10);
  expect(continueS(see(paid, [succeeded], { stay: true }))).toBe(0);
  expect(continueS(see(paid, [{ ...succeeded, browserReturnedAt: now }]))).toBe(0);
});

test("a page that waits asks ever more rarely the older its attempt is", () => {
  const refresh = (minutes: number) => {
    const view = see({ status: "processing" }, [attempt({ createdAt: new Date(now.getTime() - minutes * 60_000) })]);
    return view?.kind === "pending" ? view.watch.refreshS : 0;
  };
  expect([refresh(0), refresh(5), refresh(60)]).toEqual([5, 20, 120]);
});
