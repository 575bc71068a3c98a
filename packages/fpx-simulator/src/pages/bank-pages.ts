import { responseCode, responseCodes } from "@kineticpay/fpx/response-codes";
import { bankName } from "../bank-directory.ts";
import type { Transaction } from "../transaction.ts";
import { type Html, html } from "./html.ts";
import { layout, summary } from "./layout.ts";

/** The bank's login page. */
export function loginPage(transaction: Transaction): string {
  return page(transaction, {
    title: "Log in",
    main: html`<h1>Log in to pay</h1>
${paymentSummary(transaction)}
<form class="card" method="post" action="/bank/${transaction.token}/login">
<p class="hint">Any user name works. 1234 is filled in for you.</p>
<label for="user_name">User name</label>
<input type="text" id="user_name" name="user_name" value="1234" autocomplete="off" autocapitalize="none" required>
<label for="password">Password</label>
<input type="password" id="password" name="password" value="1234" autocomplete="off">
<button class="main">Log in</button>
</form>
<form class="card" method="post" action="/bank/${transaction.token}/decide">
<button name="action" value="cancel_at_login">Cancel</button>
<button name="action" value="time_out_at_login">Let the session time out</button>
</form>`,
  });
}

/** The page on which the buyer chooses an account and what the bank is to answer. */
export function confirmPage(transaction: Transaction): string {
  const approve = transaction.model === "b2b1" ? "Submit for approval" : "Approve";
  return page(transaction, {
    title: "Confirm the payment",
    main: html`<h1>Confirm the payment</h1>
${paymentSummary(transaction)}
<form class="card" method="post" action="/bank/${transaction.token}/decide">
<fieldset><legend>Pay from</legend>
<label class="choice"><input type="radio" name="account" value="savings" checked> Savings ••••0021, RM 12,345.60</label>
<label class="choice"><input type="radio" name="account" value="current"> Current ••••0047, RM 8.20</label>
</fieldset>
<button class="main" name="action" value="approve">${approve}</button>
<button name="action" value="insufficient_funds">Insufficient funds</button>
<button name="action" value="cancel">Cancel</button>
<button name="action" value="time_out">Let the session time out</button>
<label for="code">Any code</label>
${codeSelect("code")}
<button name="action" value="any">Answer with this code</button>
</form>`,
  });
}

/** What the bank says once it has decided, or while it is still at work; *Continue* leads back to the shop. */
export function resultPage(transaction: Transaction): string {
  const isDeciding = transaction.state === "deciding";
  const { code } = transaction;
  const outcome: readonly (readonly [string, string])[] =
    code === undefined ? [] : [["Result", `${code} ${responseCode(code).meaning}`]];
  return page(transaction, {
    title: isDeciding ? "Your bank is working on it" : "Result",
    ...(isDeciding ? { refreshSeconds: 2 } : {}),
    main: html`<h1>${headline(transaction)}</h1>
${paymentSummary(transaction, outcome)}
<form class="card" method="post" action="/bank/${transaction.token}/return">
<button class="main">Continue</button>
<p class="hint">Continue takes you back to the shop. To play a buyer who closes the tab, simply leave this page.</p>
</form>`,
  });
}

/** The page that carries the indirect AC to the shop: it submits itself, and has a button where scripts are off. */
export function returnPage(
  transaction: Transaction,
  address: string,
  fields: Readonly<Record<string, string>>,
): string {
  const inputs = Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">\n`,
  );
  return page(transaction, {
    title: "Back to the shop",
    submits: true,
    main: html`<h1>Taking you back to the shop</h1>
<form class="card" id="continue" method="post" action="${address}">
${inputs}<button class="main">Continue to the shop</button>
</form>`,
  });
}

/** What a buyer sees whose way back is broken. */
export function lostPage(transaction: Transaction, cause: string): string {
  return page(transaction, {
    title: "The way back is lost",
    main: html`<h1>The way back to the shop is lost</h1><p class="card">${cause}</p>`,
  });
}

/** A select named `code` with every response code and its meaning. */
export function codeSelect(id: string, chosen = "51"): Html {
  const options = responseCodes.map(({ code, meaning }) =>
    code === chosen
      ? html`<option value="${code}" selected>${code} – ${meaning}</option>`
      : html`<option value="${code}">${code} – ${meaning}</option>`,
  );
  return html`<select id="${id}" name="code">${options}</select>`;
}

function headline({ state, code }: Transaction): string {
  if (state === "deciding") return "Your bank is working on it";
  if (code === "00") return "Payment approved";
  if (code === "99") return "Waiting for a colleague's approval";
  return code === "09" ? "Payment pending" : "Payment not made";
}

function page(
  transaction: Transaction,
  parts: { title: string; main: Html; refreshSeconds?: number; submits?: boolean },
): string {
  const heading = bankName(transaction.model, transaction.bankId);
  const tint = [...transaction.bankId].reduce((sum, character) => sum + (character.codePointAt(0) ?? 0), 0);
  return layout({ ...parts, title: `${parts.title} – ${heading} (simulated)`, heading, tint });
}

function paymentSummary({ request, fpxTxnId }: Transaction, more: readonly (readonly [string, string])[] = []): Html {
  return summary([
    ["Amount", `RM ${request["fpx_txnAmount"] ?? ""}`],
    ["Order number", request["fpx_sellerOrderNo"] ?? ""],
    ["Description", request["fpx_productDesc"] ?? ""],
    ["FPX transaction ID", fpxTxnId],
    ...more,
  ]);
}
