import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { locales } from "@kineticpay/contract/payment";
import { describe, expect, test } from "vitest";
import { loadAssets } from "./assets.ts";
import { renderHandOff, renderPaymentPage, renderReturn, renderTrouble } from "./render-page.tsx";
import { textsFor } from "./texts/texts-for.ts";
import type {
  AttemptNote,
  BankChoiceView,
  Frame,
  PaymentPageView,
  PendingView,
  ReceiptView,
  TroubleKind,
} from "./view-model.ts";

const paper = { assets: loadAssets(), nonce: "abc" };
const hostile = `"'><img src=x onerror=alert(1)></title></style><script>alert(1)</script>&{n}`;

const frame: Frame = {
  locale: "en",
  base: "/checkout/cs_0",
  switchHref: "?lang=ms",
  merchantName: "Kedai Kopi",
  amount: "RM 12.50",
  invoice: "10001",
  description: "Two bags",
  reference: "pay_1",
  sandbox: true,
  contacts: [
    { text: "help@pay.example", href: "mailto:help@pay.example" },
    { text: "+60 3-1234 5678", href: "tel:+60312345678" },
  ],
};
const note: AttemptNote = {
  bankId: "MB2U0227",
  bankName: "Maybank2U",
  model: "b2c",
  startedAt: "20 November 2026, 10:32 am",
  message: "Your bank said no.",
};
const bankChoice: BankChoiceView = {
  kind: "bank_choice",
  model: "b2c",
  tabs: [
    { model: "b2c", href: "?model=b2c", current: true },
    { model: "b2b1", href: "?model=b2b1", current: false },
  ],
  onlyModel: "",
  banks: Array.from({ length: 25 }, (_, i) => ({
    id: `BANK0${i}22`,
    name: `Bank Of Somewhere ${i}`,
    online: i % 9 !== 3,
    selected: i === 4,
  })),
  asOf: "10:32 am",
  limits: "RM 1.00 to RM 30,000.00",
  deadline: "Please pay before 20 November 2026, 11:00 am.",
  problem: "HSBC Bank is offline.",
  failed: note,
  undecided: note,
  canPay: true,
};
const watch = { status: "processing", version: "1.1.1", refreshS: 5 } as const;
const pending: PendingView = {
  kind: "pending",
  attempt: note,
  provisional: true,
  slow: true,
  failedSince: note,
  watch,
};
const receipt: ReceiptView = {
  kind: "receipt",
  paidAt: "20 November 2026, 10:32:05 am (Malaysia time)",
  transactionId: "2611201032050001",
  bankName: "Maybank2U",
  orderAtBank: "10001-x",
  late: true,
  duplicates: ["2611201032050001", "2611201032050002"],
  continueS: 10,
};
const warned = { bankId: "MB2U0227", bankName: "Maybank2U", model: "b2c" } as const;
const views: readonly PaymentPageView[] = [
  bankChoice,
  { ...bankChoice, tabs: [], onlyModel: "Only business accounts.", banks: [], canPay: false },
  pending,
  { ...pending, provisional: false, failedSince: undefined },
  { kind: "warning", attempt: note, doubt: "unknown", ...warned },
  { kind: "warning", attempt: note, doubt: "not_found", ...warned },
  { kind: "warning", attempt: note, doubt: "approval", ...warned },
  { kind: "approval", attempt: note, reference: "261120", watch },
  receipt,
  { kind: "ended", why: "expired", attempt: note },
  { kind: "ended", why: "cancelled", attempt: undefined },
];
const troubles: readonly TroubleKind[] = ["not_found", "refused", "bad_return", "busy", "broken", "unavailable"];

/** The same value with hostile text in place of every word that a merchant, a bank or a buyer can write. */
function poison<T>(value: T): T {
  const kept = new Set(["kind", "model", "why", "doubt", "status", "locale", "href", "base", "switchHref"]);
  return JSON.parse(JSON.stringify(value), (key: string, each: unknown) =>
    typeof each === "string" && each !== "" && !kept.has(key) ? hostile : each,
  ) as T;
}

function everyPage(paint: <T>(value: T) => T, locale: Frame["locale"]): string[] {
  const painted = { ...paint(frame), locale };
  const fields = paint({ name: "value" });
  const handOff = { bankName: "Bank", attemptId: "att_1", action: "https://fpx.example/a" };
  return [
    ...views.map((view) => renderPaymentPage(paper, painted, paint(view))),
    renderHandOff(paper, painted, { ...paint(handOff), fields }),
    renderReturn(paper, painted, { paid: true, ...paint({ action: "https://shop.example" }), fields }),
    ...troubles.map((kind) =>
      renderTrouble(paper, locale, {
        kind,
        requestId: paint("req_1"),
        base: "/checkout/cs_0",
        contacts: painted.contacts,
      }),
    ),
  ];
}

describe.each(locales)("every page in %s", (locale) => {
  const plain = everyPage((value) => value, locale);

  test("says how to reach whoever runs the gateway, and asks nobody to reach no one", () => {
    const links = [
      '<a href="mailto:help@pay.example">help@pay.example</a>',
      '<a href="tel:+60312345678">+60 3-1234 5678</a>',
    ];
    for (const html of plain) for (const link of links) expect(html).toContain(link);
    const silent = renderTrouble(paper, locale, { kind: "broken", requestId: "req_1", contacts: [] });
    expect(silent).not.toContain('class="contacts"');
  });

  test("names its language, has a title and exactly one main heading", () => {
    for (const html of plain) {
      expect(html).toMatch(new RegExp(`^<!doctype html><html lang="${locale}">`));
      expect(html).toMatch(/<title>[^<]{5,}<\/title>/);
      expect(html.match(/<h1/g)).toHaveLength(1);
      expect(html.match(/<main/g)).toHaveLength(1);
    }
  });

  test("escapes whatever a merchant, a bank or a buyer wrote, wherever it is shown", () => {
    for (const html of everyPage(poison, locale)) {
      expect(html).not.toContain("<img");
      expect(html.match(/<script/g)).toHaveLength(1);
      expect(html.match(/<\/title>/g)).toHaveLength(1);
      // Attributes stay shut as well: the quote that would end them is written as an entity.
      expect(html).not.toContain(`"'>`);
    }
  });

  test("brings nothing from elsewhere and runs no script or style written into it", () => {
    for (const html of plain) {
      expect(html).not.toMatch(/\son[a-z]+=|\sstyle=|javascript:|@import|url\((?!["']?data:)/);
      expect(html).not.toMatch(/<(iframe|object|embed|img|base|link rel="stylesheet")/);
      for (const [, address] of html.matchAll(/src="([^"]+)"/g)) expect(address).toMatch(/^\/assets\//);
    }
  });

  test("stays within 20 KB with its stylesheet, and says nothing undefined", () => {
    for (const html of plain) {
      expect(Buffer.byteLength(html)).toBeLessThanOrEqual(20 * 1024);
      expect(html).not.toMatch(/undefined|\[object|NaN|\{merchant\}/);
    }
  });
});

test("the inlined stylesheet is, byte for byte, the one that the policy's hash lets in", () => {
  const html = renderPaymentPage(paper, frame, bankChoice);
  const inlined = /<style>(.*?)<\/style>/s.exec(html)?.[1] ?? "";
  const hash = `sha256-${createHash("sha256").update(inlined).digest("base64")}`;
  expect(inlined.length).toBeGreaterThan(1_000);
  expect(hash).toBe(paper.assets.cssHash);
});

test("the scripts weigh at most 10 KB compressed", () => {
  const { checkoutScript, submitScript } = paper.assets;
  expect(gzipSync(checkoutScript).length + gzipSync(submitScript).length).toBeLessThanOrEqual(10 * 1024);
});

test("an offline bank is shown, cannot be chosen, and says in words that it is offline", () => {
  for (const [locale, word] of [
    ["en", "(offline)"],
    ["ms", "(luar talian)"],
  ] as const) {
    const html = renderPaymentPage(paper, { ...frame, locale }, bankChoice);
    const tile = /<label class="bank"><input[^>]*value="BANK0322".*?<\/label>/.exec(html)?.[0] ?? "";
    expect(tile).toMatch(/<input[^>]* disabled/);
    expect(tile).toContain(word);
  }
});

test("the button is called what FPX prescribes and stands beside a link to FPX's terms", () => {
  const english = renderPaymentPage(paper, frame, bankChoice);
  const malay = renderPaymentPage(paper, { ...frame, locale: "ms" }, bankChoice);
  expect(english).toMatch(/<button class="go" type="submit"[^>]*>Proceed<\/button>/);
  expect(malay).toMatch(/<button class="go" type="submit"[^>]*>Teruskan<\/button>/);
  for (const html of [english, malay]) {
    expect(html).toMatch(/<a href="https:\/\/www\.mepsfpx\.com\.my\/FPXMain\/termsAndConditions\.jsp" target="_blank"/);
  }
});

test("a receipt shows every field that FPX requires", () => {
  const html = renderPaymentPage(paper, frame, receipt);
  const rows = new Map([...html.matchAll(/<dt>([^<]+)<\/dt><dd>([^<]+)<\/dd>/g)].map((m) => [m[1], m[2]]));
  const t = textsFor("en").receipt;
  expect(rows.get(t.dateTime)).toBe(receipt.paidAt);
  expect(rows.get(t.amount)).toBe("RM 12.50");
  expect(rows.get(t.order)).toBe("10001 (10001-x)");
  expect(rows.get(t.transaction)).toBe(receipt.transactionId);
  expect(rows.get(t.bank)).toBe("Maybank2U");
  expect(rows.get(t.status)).toBe("Successful");
});

test("a page that waits loads itself again where there are no scripts, and leaves the buyer in peace where there are", () => {
  const html = renderPaymentPage(paper, frame, pending);
  expect(html).toContain('<noscript><meta http-equiv="refresh" content="5"');
  expect(html.replace(/<noscript>.*?<\/noscript>/g, "")).not.toContain("http-equiv");
});

test("no page offers to go back without paying while an earlier try may still go through", () => {
  const leave = textsFor("en").choose.leave(frame.merchantName);
  expect(renderPaymentPage(paper, frame, bankChoice)).not.toContain(leave);
  expect(renderPaymentPage(paper, frame, { ...bankChoice, undecided: undefined })).toContain(leave);
});
