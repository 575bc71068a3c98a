import type { GatewayError } from "@kineticpay/contract/errors/gateway-error";
import { isAmountSen, ringgitFromSen } from "@kineticpay/contract/money";

/** The wire protocol's `error`: for each field, sentences. Clients show `error[field][0]`. */
export type ErrorLists = Readonly<Record<string, readonly string[]>>;

function ringgit(sen: unknown): string {
  return isAmountSen(sen) ? `RM ${ringgitFromSen(sen)}` : "this amount";
}

/** The catalogue speaks in sen; these shops send ringgit, and would look for a fault of a hundredfold. */
function inRinggit(error: GatewayError): string {
  const { amount, minimum, maximum, requested, invoice } = error.meta;
  switch (error.code) {
    case "amount_out_of_range":
      return `${ringgit(amount)} cannot be paid: one payment may be ${ringgit(minimum)} to ${ringgit(maximum)}.`;
    case "invoice_conflict":
      return `Invoice ${String(invoice)} is being paid right now with ${ringgit(amount)}, so it cannot become ${ringgit(requested)}. Wait until that attempt has ended, or use another invoice number.`;
    default:
      return error.message;
  }
}

function keyOf(error: GatewayError): string {
  if (error.status === 401) return "merchant_key";
  switch (error.code) {
    case "amount_out_of_range":
      return "amount";
    case "resource_missing":
    case "invoice_already_paid":
    case "invoice_conflict":
      return "invoice";
    default:
      return "request";
  }
}

/** The fields of a failure, or, where it has none, the name nearest to its cause. */
export function errorLists(error: GatewayError): ErrorLists {
  if (error.fields.length === 0) return { [keyOf(error)]: [inRinggit(error)] };
  const lists: Record<string, string[]> = {};
  for (const fault of error.fields) {
    const name = fault.path.replace(/^\//, "") || "request";
    lists[name] = [...(lists[name] ?? []), fault.message];
  }
  return lists;
}
