import { banks } from "@kineticpay/fpx/banks";
import type { FpxModel } from "@kineticpay/fpx/messages";
import { toMalaysianText } from "@kineticpay/fpx/time";
import { bankName } from "../bank-directory.ts";
import type { Transaction } from "../transaction.ts";
import { codeSelect } from "./bank-pages.ts";
import { type Html, html } from "./html.ts";
import { layout } from "./layout.ts";

const heading = "FPX simulator";

/** What a buyer sees when FPX refuses the request itself; the merchant hears nothing of it. */
export function errorPage(title: string, cause: string): string {
  return layout({
    title: `${title} – ${heading}`,
    heading,
    main: html`<h1>${title}</h1>
<p class="card">FPX could not find any data for this request. No payment was started or changed.</p>
<p class="hint">For developers (the real FPX does not tell): ${cause}.</p>`,
  });
}

/** The page of the company's authoriser, with every payment that waits for approval. */
export function checkerPage(waiting: readonly Transaction[]): string {
  return layout({
    title: `Approvals – ${heading}`,
    heading: "Business banking: approvals",
    tint: 6,
    main: html`<h1>Payments waiting for your approval</h1>
${waiting.length === 0 ? html`<p class="card">Nothing is waiting.</p>` : waiting.map(approvalForm)}
<p><a href="/bank/checker">Look again</a> · <a href="/">FPX simulator</a></p>`,
  });
}

/** The front page: what this is, the latest transactions, and switches for every bank. */
export function indexPage(view: {
  readonly newest: readonly Transaction[];
  readonly isOnline: (model: FpxModel, bankId: string) => boolean;
  readonly gatewayUrl: string | undefined;
  readonly exchangeId: string;
}): string {
  return layout({
    title: heading,
    heading,
    main: html`<h1>A pretend FPX exchange</h1>
<p>It speaks the FPX messages with keys of its own, for the exchange id <code>${view.exchangeId}</code> and the gateway at
<code>${view.gatewayUrl ?? "(not set yet)"}</code>. Start a payment in the shop and choose a bank: its pages are served from
here. Programs can script everything under <code>/_control</code>.</p>
<p><a href="/bank/checker">Approvals for business payments</a></p>
<h2>Latest transactions</h2>
${transactionTable(view.newest)}
<h2>Personal banks</h2>
${bankTable("b2c", view.isOnline)}
<h2>Business banks</h2>
${bankTable("b2b1", view.isOnline)}`,
  });
}

function approvalForm(transaction: Transaction): Html {
  const { request, token, model, bankId } = transaction;
  return html`<form class="card" method="post" action="/bank/checker/${token}">
<h2>RM ${request["fpx_txnAmount"]} · ${request["fpx_sellerOrderNo"]}</h2>
<p>${bankName(model, bankId)}, ${toMalaysianText(new Date(transaction.receivedAtMs))}</p>
<button class="main" name="action" value="approve">Approve</button>
<button name="action" value="reject">Reject</button>
<label for="code-${token}">Any code</label>
${codeSelect(`code-${token}`)}
<button name="action" value="any">Answer with this code</button>
</form>`;
}

function transactionTable(transactions: readonly Transaction[]): Html {
  if (transactions.length === 0) return html`<p class="card">None yet.</p>`;
  const rows = transactions.map(
    (one) => html`<tr><td><a href="/bank/${one.token}">${one.request["fpx_sellerOrderNo"]}</a></td>
<td>RM ${one.request["fpx_txnAmount"]}</td><td>${bankName(one.model, one.bankId)}</td>
<td>${one.code} ${one.state.replaceAll("_", " ")}</td></tr>`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Latest transactions"><table><thead><tr>
<th scope="col">Order</th><th scope="col">Amount</th><th scope="col">Bank</th><th scope="col">State</th></tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

function bankTable(model: FpxModel, isOnline: (model: FpxModel, bankId: string) => boolean): Html {
  const rows = banks(model).map(({ id, name }) => {
    const online = isOnline(model, id);
    return html`<tr><td>${name}<br><code>${id}</code></td><td>${online ? "online" : "offline"}</td><td>
<form method="post" action="/banks"><input type="hidden" name="model" value="${model}">
<input type="hidden" name="bank_id" value="${id}"><input type="hidden" name="online" value="${online ? "false" : "true"}">
<button class="small" aria-label="Take ${online ? "offline" : "online"}: ${name}">Take ${online ? "offline" : "online"}</button>
</form></td></tr>`;
  });
  return html`<div class="scroll"><table><thead><tr><th scope="col">Bank</th><th scope="col">Now</th>
<th scope="col">Change</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}
