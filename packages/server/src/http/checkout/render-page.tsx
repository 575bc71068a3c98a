import type { Locale } from "@kineticpay/contract/payment";
import type { ComponentChildren } from "preact";
import type { CheckoutAssets } from "./assets.ts";
import type { Texts } from "./texts/en.ts";
import { textsFor } from "./texts/texts-for.ts";
import type { ContactLink, Frame, PaymentPageView, TroubleKind } from "./view-model.ts";
import { BankChoice } from "./views/bank-choice.tsx";
import { renderDocument } from "./views/document.tsx";
import { Ended } from "./views/ended.tsx";
import { Page } from "./views/frame.tsx";
import { HandOffForm, type HandOffProps, ReturnForm, type ReturnProps } from "./views/leaving.tsx";
import { Receipt } from "./views/receipt.tsx";
import { Trouble } from "./views/trouble.tsx";
import { Approval, Pending } from "./views/waiting.tsx";
import { Warning } from "./views/warning.tsx";

/** What every document needs besides its matter. */
export interface Paper {
  readonly assets: CheckoutAssets;
  /** Fresh for each answer. */
  readonly nonce: string;
}

function matter(view: PaymentPageView, frame: Frame, t: Texts): ComponentChildren {
  switch (view.kind) {
    case "bank_choice":
      return <BankChoice view={view} frame={frame} t={t} />;
    case "pending":
      return <Pending view={view} frame={frame} t={t} />;
    case "warning":
      return <Warning view={view} frame={frame} t={t} />;
    case "approval":
      return <Approval view={view} frame={frame} t={t} />;
    case "receipt":
      return <Receipt view={view} frame={frame} t={t} />;
    case "ended":
      return <Ended view={view} frame={frame} t={t} />;
  }
}

function heading(view: PaymentPageView, t: Texts): string {
  switch (view.kind) {
    case "bank_choice":
      return t.choose.title;
    case "pending":
      return t.pending.title;
    case "warning":
      return t.warning.title;
    case "approval":
      return t.approval.title;
    case "receipt":
      return t.receipt.heading;
    case "ended":
      return view.why === "expired" ? t.ended.expiredTitle : t.ended.cancelledTitle;
  }
}

function refreshOf(view: PaymentPageView, frame: Frame): string | undefined {
  if (view.kind === "pending" || view.kind === "approval") return String(view.watch.refreshS);
  if (view.kind === "receipt" && view.continueS > 0) return `${view.continueS}; url=${frame.base}/return`;
  return undefined;
}

/** The page of a payment in its present state. */
export function renderPaymentPage(paper: Paper, frame: Frame, view: PaymentPageView): string {
  const t = textsFor(frame.locale);
  const problem = view.kind === "bank_choice" && view.problem !== "" ? `${t.problem.title}: ` : "";
  return renderDocument({
    locale: frame.locale,
    title: t.title(`${problem}${heading(view, t)}`, frame.merchantName),
    ...paper,
    script: paper.assets.checkoutScriptPath,
    refresh: refreshOf(view, frame),
    children: (
      <Page frame={frame} t={t}>
        {matter(view, frame, t)}
      </Page>
    ),
  });
}

/** The page that takes the buyer to FPX. */
export function renderHandOff(paper: Paper, frame: Frame, form: Omit<HandOffProps, "frame" | "t">): string {
  const t = textsFor(frame.locale);
  return renderDocument({
    locale: frame.locale,
    title: t.title(t.handOff.title, frame.merchantName),
    ...paper,
    script: "/assets/submit.js?form=hand-off",
    children: (
      <Page frame={frame} t={t}>
        <HandOffForm frame={frame} t={t} {...form} />
      </Page>
    ),
  });
}

/** The page that takes the buyer back to a shop of the wire protocol. */
export function renderReturn(paper: Paper, frame: Frame, form: Omit<ReturnProps, "frame" | "t">): string {
  const t = textsFor(frame.locale);
  return renderDocument({
    locale: frame.locale,
    title: t.back.title(frame.merchantName),
    ...paper,
    script: "/assets/submit.js?form=return",
    children: (
      <Page frame={frame} t={t}>
        <ReturnForm frame={frame} t={t} {...form} />
      </Page>
    ),
  });
}

export interface TroubleDetails {
  readonly kind: TroubleKind;
  readonly requestId: string;
  readonly base?: string | undefined;
  readonly contacts: readonly ContactLink[];
}

/** A page for a fault. */
export function renderTrouble(paper: Paper, locale: Locale, details: TroubleDetails): string {
  const t = textsFor(locale);
  return renderDocument({
    locale,
    title: t.trouble[details.kind].title,
    ...paper,
    script: paper.assets.checkoutScriptPath,
    children: <Trouble t={t} {...details} base={details.base} />,
  });
}
