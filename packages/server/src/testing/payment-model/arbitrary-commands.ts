import fc from "fast-check";
import { Command } from "./command.ts";
import {
  asking,
  beginning,
  cancelling,
  creating,
  type Deed,
  deciding,
  expiring,
  prolonging,
  racing,
  requerying,
  requeryingDue,
  telling,
  waiting,
} from "./deeds.ts";
import { invoices } from "./observe.ts";

const target = fc.record({ payment: fc.constantFrom(0, 0, 1, 1, 2), attempt: fc.nat(3) });
const code = fc.constantFrom("00", "00", "51", "1C", "96", "76", "99", "09", "A0");
const minutes = fc.constantFrom(0.1, 1, 3, 10, 31, 61, 25 * 60);
const expiresInS = fc.constantFrom(600, 3600, 90_000);

const create = fc.record({
  invoice: fc.constantFrom(...invoices),
  amountSen: fc.constantFrom(1250, 1250, 1250, 1250, 1250, 2000, 2000, 50),
  protocol: fc.constantFrom("v2" as const, "v2" as const, "wire" as const),
  expiresInS,
});
const choice = fc
  .record({ bank: fc.constantFrom("MB2U0227", "MB2U0227", "BCBB0235", "RHB0218"), confirmed: fc.boolean() })
  .map((each) => ({ ...each, isOnline: each.bank !== "RHB0218" }));
const message = fc.record({
  route: fc.constantFrom("direct" as const, "direct" as const, "indirect" as const),
  code,
  creditCode: fc.constantFrom("", "00", "51"),
  falsehood: fc.oneof(
    { weight: 9, arbitrary: fc.constant("none" as const) },
    { weight: 1, arbitrary: fc.constantFrom("amount" as const, "currency" as const, "signature" as const) },
  ),
});

function command<T>(name: string, what: fc.Arbitrary<T>, deed: (what: T) => Deed): fc.Arbitrary<Command> {
  return what.map((each) => new Command(`${name} ${JSON.stringify(each)}`, deed(each)));
}

const saying = fc.tuple(target, message);
/** What may happen at the same moment: each of these is one transaction at heart. */
const momentary: fc.Arbitrary<{ words: string; deed: Deed }> = fc.oneof(
  { weight: 5, arbitrary: saying.map((each) => ({ words: `tell ${JSON.stringify(each)}`, deed: telling(...each) })) },
  { weight: 2, arbitrary: target.map((each) => ({ words: `ask ${JSON.stringify(each)}`, deed: asking(each) })) },
  { weight: 2, arbitrary: create.map((each) => ({ words: `create ${JSON.stringify(each)}`, deed: creating(each) })) },
  { weight: 1, arbitrary: target.map((each) => ({ words: `cancel ${JSON.stringify(each)}`, deed: cancelling(each) })) },
  { weight: 1, arbitrary: fc.constant({ words: "expire", deed: expiring }) },
);
const race = fc
  .array(momentary, { minLength: 2, maxLength: 3 })
  .map(
    (each) => new Command(`race [${each.map(({ words }) => words).join("; ")}]`, racing(each.map(({ deed }) => deed))),
  );

/** Anything that a shop, a buyer, a bank or time may do to some payment. */
export const anything = fc.oneof(
  { weight: 5, arbitrary: command("create", create, creating) },
  { weight: 8, arbitrary: command("begin", fc.tuple(target, choice), (each) => beginning(...each)) },
  { weight: 20, arbitrary: command("tell", saying, (each) => telling(...each)) },
  {
    weight: 5,
    arbitrary: command("decide", fc.tuple(target, fc.oneof(code, fc.constantFrom("silent", "garbage"))), (each) =>
      deciding(...each),
    ),
  },
  { weight: 2, arbitrary: command("ask", target, asking) },
  { weight: 3, arbitrary: command("requery", target, requerying) },
  { weight: 4, arbitrary: command("requery what is due", fc.constant(0), () => requeryingDue) },
  { weight: 2, arbitrary: command("expire", fc.constant(0), () => expiring) },
  { weight: 1, arbitrary: command("cancel", target, cancelling) },
  { weight: 1, arbitrary: command("prolong", fc.tuple(target, expiresInS), (each) => prolonging(...each)) },
  { weight: 5, arbitrary: command("wait", minutes, waiting) },
  { weight: 10, arbitrary: race },
);

const first = { payment: 0, attempt: 0 };
const second = { payment: 1, attempt: 0 };
const paid = { bank: "MB2U0227", isOnline: true, confirmed: true };
const said = (code: string) => ({ route: "direct" as const, code, creditCode: "", falsehood: "none" as const });
const ask = (protocol: "v2" | "wire") => ({ invoice: "A", amountSen: 1250, protocol, expiresInS: 600 });
const named = (name: string, deed: Deed) => new Command(`opening ${name}`, deed);
const asked = [named("create", creating(ask("v2"))), named("begin", beginning(first, paid))];
const refused = [...asked, named("refuse", telling(first, said("51")))];
const anew = [named("create again", creating(ask("wire"))), named("begin again", beginning(second, paid))];

/** Where sequences begin: chance alone would seldom get as far as two payments of one invoice with a buyer at each bank. */
export const openings: fc.Arbitrary<readonly Command[]> = fc.constantFrom<readonly Command[]>(
  [],
  asked,
  [...asked, named("begin once more", beginning(first, { ...paid, bank: "BCBB0235" }))],
  [...asked, named("await approval", telling(first, said("99")))],
  refused,
  [...refused, named("cancel", cancelling(first)), ...anew],
  [...refused, named("wait", waiting(11)), named("expire", expiring), ...anew],
);
