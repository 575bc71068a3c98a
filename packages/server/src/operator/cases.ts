import { type Case, closeCase, listCases } from "../payments/cases.ts";
import { type Command, OperatorError, UsageError } from "./command.ts";

/** What each kind of case asks of the person who reads it. */
const whatToDo: Readonly<Record<Case["kind"], string>> = {
  contradiction: "FPX said two different things of one attempt. Compare the kept messages with the bank statement.",
  facts_differ:
    "An authentic message named another amount, seller or order than was sent. Ask FPX before you deliver or refund.",
  duplicate_success: "A buyer paid twice. The second amount stands in the returns account: refund it.",
  late_success: "Money arrived for an expired or cancelled payment. Deliver the order, or refund it.",
  credit_unconfirmed:
    "The buyer paid; the merchant's bank has not confirmed its side. Check it against the settlement.",
  unknown_code: "FPX answered with a code that is in no table. Ask PayNet what it means.",
  vanished_at_exchange: "FPX once numbered this order and now does not know it. Ask PayNet with the order number.",
  unproved:
    "Something about this payment is not as it must be. Run verify, compare with the bank's statement, and find out who wrote into the database.",
  unresolved: "A day has passed without an outcome. Ask PayNet or the bank; the gateway goes on asking by itself.",
};

function line(each: Case): string {
  const facts = Object.entries(each.detail).map(([name, value]) => `${name}=${String(value)}`);
  const closed =
    each.closedAt === null ? "" : `\n    closed ${each.closedAt.toISOString()} by ${each.closedBy}: ${each.note}`;
  return `${each.id}  ${each.kind}  ${each.paymentId}  opened ${each.openedAt.toISOString()}\n    ${facts.join(" ")}\n    ${whatToDo[each.kind]}${closed}`;
}

export const casesList: Command = {
  name: "cases list",
  usage: "[--closed]",
  summary: "List what only a person can decide",
  options: { closed: { type: "boolean" } },
  run: async (office, words, options) => {
    if (words.length > 0) throw new UsageError(`unexpected: ${words.join(" ")}`);
    const found = await listCases(office, { open: options["closed"] !== true });
    const none = options["closed"] === true ? "No case has been closed." : "No case is open.";
    return { text: found.length === 0 ? none : found.map(line).join("\n"), json: found };
  },
};

export const casesClose: Command = {
  name: "cases close",
  usage: "CASE_ID --by NAME --note TEXT",
  summary: "Close a case, with who decided and what was done",
  options: { by: { type: "string" }, note: { type: "string" } },
  run: async (office, words, options) => {
    const [id, ...rest] = words;
    const by = options["by"];
    const note = options["note"];
    if (id === undefined || rest.length > 0) throw new UsageError("name one case");
    if (typeof by !== "string" || by.trim() === "") throw new UsageError("--by is needed: who decides");
    if (typeof note !== "string" || note.trim() === "") throw new UsageError("--note is needed: what was done");
    const closed = await closeCase(office, id, by.trim(), note.trim());
    if (closed === undefined)
      throw new OperatorError(`No open case has the id ${id}. "cases list" shows those that are open.`);
    return { text: `Closed ${line(closed)}`, json: closed };
  },
};
