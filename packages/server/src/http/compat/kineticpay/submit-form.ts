import type { Gateway } from "../../../gateway.ts";
import { publicUrl } from "../../../payments/payment-view.ts";

function attribute(text: string): string {
  return text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/'/g, "&#39;");
}

/**
 * What a shop prints into its own page to send the buyer on. Two shops let only `form[action,method,id]`,
 * `input[type,value,name]` and `script[src]` through, so there is nothing else: the script is external and finds its
 * form by the id in its address, and without it a visible button remains.
 */
export function submitForm(gateway: Gateway, input: { checkoutUrl: string; invoice: string }): string {
  const id = `kp-${Buffer.from(gateway.random.bytes(8)).toString("hex")}`;
  return [
    `<form action="${attribute(input.checkoutUrl)}" method="post" id="${id}">`,
    `<input type="hidden" name="invoice" value="${attribute(input.invoice)}">`,
    `<input type="submit" value="Continue to payment">`,
    "</form>",
    `<script src="${attribute(`${publicUrl(gateway)}/assets/submit.js?form=${id}`)}"></script>`,
  ].join("");
}
