import { setTimeout as pause } from "node:timers/promises";
import { createPayment, type NewPayment } from "../payments/create-payment.ts";
import type { Attempt, Payment } from "../payments/payment.ts";
import { readByCheckout } from "../payments/read-payments.ts";
import { findAttempt } from "../payments/store.ts";
import { newPayment } from "./new-payment.ts";
import { shop } from "./test-core.ts";
import type { TestGateway } from "./test-gateway.ts";

/** One answer, with redirects left to the test. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly location: string;
  readonly html: string;
}

export type Form = Readonly<Record<string, string>>;

/** A form as a page holds it. */
export interface FoundForm {
  readonly action: string;
  readonly fields: Form;
}

/** Speaks to the checkout as a browser without scripts would, one request at a time. */
export interface Visitor {
  create(change?: Partial<NewPayment>): Promise<Payment>;
  get(path: string, headers?: Form): Promise<Answer>;
  post(path: string, form?: Form, headers?: Form): Promise<Answer>;
  /** The payment's attempts as they now are. */
  attempts(payment: Payment): Promise<readonly Attempt[]>;
  /** Goes with the form of a new attempt as far as the bank. */
  goToBank(payment: Payment, bankId?: string): Promise<Attempt>;
  /** Has the exchange decide an attempt that is at the bank, and tell the gateway so directly. */
  decide(attempt: Attempt, code: string): Promise<void>;
  /** What the exchange would have the browser bring back. */
  bankMessage(attempt: Attempt, code: string): Promise<string>;
  control(path: string, body: unknown): Promise<unknown>;
}

function plainText(text: string): string {
  return text.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** The form with that id, with its hidden fields as they would be sent. */
export function formOf(html: string, id: string): FoundForm {
  const [, attributes = "", inner = ""] = new RegExp(`<form ([^>]*id="${id}"[^>]*)>(.*?)</form>`, "s").exec(html) ?? [];
  const fields = [...inner.matchAll(/<input type="hidden" name="([^"]*)" value(?:="([^"]*)")?/g)];
  return {
    action: plainText(/action="([^"]*)"/.exec(attributes)?.[1] ?? ""),
    fields: Object.fromEntries(fields.map(([, name = "", value = ""]) => [plainText(name), plainText(value)])),
  };
}

export function openVisitor(test: TestGateway): Visitor {
  const { gateway, merchant, simulator, url } = test;
  const owner = {
    merchantId: merchant.merchantId,
    merchantName: shop.name,
    collectionId: merchant.collectionId,
  };
  let invoices = 0;
  const send = async (path: string, init: RequestInit): Promise<Answer> => {
    const answer = await fetch(`${url}${path}`, { redirect: "manual", ...init });
    return {
      status: answer.status,
      headers: answer.headers,
      location: answer.headers.get("location") ?? "",
      html: await answer.text(),
    };
  };
  const control = async (path: string, body: unknown): Promise<unknown> => {
    const answer = await fetch(`${simulator.url}/_control${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const attempts = async (payment: Payment) => (await readByCheckout(gateway, payment.checkoutId))?.attempts ?? [];
  const post = (path: string, form: Form = {}, headers: Form = {}) =>
    send(path, { method: "POST", body: new URLSearchParams(form), headers });
  return {
    async create(change = {}) {
      invoices += 1;
      const input = newPayment({ invoice: `V${invoices}`, callbackUrl: null, ...change });
      const key = input.protocol === "wire" ? merchant.merchantKey : merchant.apiKey;
      return (await createPayment(gateway, { ...owner, keyId: key.id }, input)).payment;
    },
    get: (path, headers = {}) => send(path, { headers }),
    post,
    attempts,
    async goToBank(payment, bankId = "MB2U0227") {
      await post(`/checkout/${payment.checkoutId}/attempts`, { bank: bankId, model: "b2c", confirmed: "1" });
      const attempt = (await attempts(payment)).at(-1);
      if (attempt === undefined) throw new Error("no attempt was begun");
      const answer = await fetch(gateway.rail.handOffUrl, { method: "POST", body: new URLSearchParams(attempt.sent) });
      if (!answer.ok) throw new Error(`the exchange refused the request: ${answer.status}`);
      return attempt;
    },
    async decide(attempt, code) {
      await control(`/transactions/${attempt.orderNumber}/decide`, { code });
      const deadline = Date.now() + 10_000;
      while ((await findAttempt(gateway.db, attempt.orderNumber))?.railCode !== code) {
        if (Date.now() > deadline) throw new Error(`the gateway never heard ${code} for ${attempt.orderNumber}`);
        await pause(10);
      }
    },
    async bankMessage(attempt, code) {
      const path = `/transactions/${attempt.orderNumber}/message`;
      return ((await control(path, { route: "indirect", code })) as { body: string }).body;
    },
    control,
  };
}
