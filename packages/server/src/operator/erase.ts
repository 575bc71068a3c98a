import { type Erasure, eraseBuyer, paymentsOfBuyer } from "../payments/erase-buyer.ts";
import { type Command, OperatorError, type OperatorOffice, type Options, UsageError } from "./command.ts";
import { byOption, noWords, operatorOf, textOf } from "./words.ts";

async function chosenPayments(office: OperatorOffice, options: Options): Promise<readonly string[]> {
  const payment = textOf(options, "payment");
  const email = textOf(options, "buyer-email");
  if ((payment === undefined) === (email === undefined)) throw new UsageError("name a payment or a buyer's address");
  if (email !== undefined) return paymentsOfBuyer(office.db, email);
  return payment === undefined ? [] : [payment];
}

function line({ paymentId, keptBecause }: Erasure): string {
  return keptBecause === null ? `${paymentId}  erased` : `${paymentId}  KEPT: ${keptBecause}`;
}

export const eraseCommand: Command = {
  name: "erase",
  usage: "--payment PAYMENT_ID | --buyer-email ADDRESS [--dry-run] [--by NAME]",
  summary: "Erase for good what is kept of a buyer; books, amounts, ids and bank codes stay. --dry-run only lists",
  options: {
    payment: { type: "string" },
    "buyer-email": { type: "string" },
    "dry-run": { type: "boolean" },
    ...byOption,
  },
  run: async (office, words, options) => {
    noWords(words);
    const payments = await chosenPayments(office, options);
    const by = operatorOf(options);
    if (payments.length === 0) return { text: "No payment has that buyer.", json: { erased: [], kept: [] } };
    if (options["dry-run"] === true)
      return { text: `Would erase the buyer of:\n${payments.join("\n")}`, json: { would_erase: payments } };
    if (office.asOwner === undefined || by.kind !== "operator")
      throw new OperatorError("Only the owner of the tables may erase: set DATABASE_OWNER_URL for this command.");
    const done: Erasure[] = [];
    for (const payment of payments) {
      const erasure = await eraseBuyer(office, office.asOwner, payment, by.name);
      if (erasure === undefined) throw new OperatorError(`There is no payment ${payment}.`);
      done.push(erasure);
    }
    const kept = done.filter((each) => each.keptBecause !== null);
    return {
      text: done.map(line).join("\n"),
      json: {
        erased: done.filter((each) => each.keptBecause === null).map((each) => each.paymentId),
        kept: kept.map((each) => ({ payment: each.paymentId, because: each.keptBecause })),
      },
      exitCode: kept.length === 0 ? 0 : 1,
    };
  },
};
