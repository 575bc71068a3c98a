import type { Payment } from "kineticpay";
import { ringgitWords } from "./money.ts";
import type { Colour, Paint } from "./terminal/paint.ts";
import { columns } from "./terminal/table.ts";

const colours: Readonly<Record<Payment["status"], Colour>> = {
  open: "cyan",
  processing: "yellow",
  awaiting_approval: "yellow",
  paid: "green",
  expired: "dim",
  cancelled: "dim",
};

/** A payment's status in its colour, with how sure it is where that may change. */
export function statusWords({ status, certainty }: Payment, paint: Paint): string {
  return paint(colours[status], certainty === "final" ? status : `${status} (${certainty})`);
}

/** A payment, whole, for people. */
export function paymentWords(payment: Payment, paint: Paint): string {
  const rows: string[][] = [
    ["Payment", paint("bold", payment.id)],
    ["Amount", ringgitWords(payment.amount)],
    ["Invoice", payment.invoice],
    ...(payment.description === "" ? [] : [["About", payment.description]]),
    ["Status", statusWords(payment, paint)],
    ...(payment.flags.length === 0 ? [] : [["Flags", paint("yellow", payment.flags.join(", "))]]),
    ...payment.attempts.map((attempt) => {
      const outcome = [attempt.rail_code, attempt.reason].filter((each) => each !== "").join(" ");
      return [
        `Attempt ${attempt.number}`,
        `${attempt.bank_name}: ${attempt.status}${outcome === "" ? "" : `, ${outcome}`}`,
      ];
    }),
    ...(payment.paid_at === null ? [] : [["Paid", payment.paid_at]]),
    ...(payment.status === "open" ? [["Expires", payment.expires_at]] : []),
    ["Checkout", payment.checkout_url],
  ];
  return columns(rows.map(([label = "", value = ""]) => [paint("dim", label), value]));
}

/** Payments, one a line. */
export function paymentRows(payments: readonly Payment[], paint: Paint): string[][] {
  return payments.map((payment) => [
    payment.id,
    statusWords(payment, paint),
    ringgitWords(payment.amount),
    payment.created_at.replace(/\.\d+Z$/, "Z"),
    payment.invoice,
  ]);
}
