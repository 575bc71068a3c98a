import { expect, test } from "vitest";
import { readStatements, scriptOf, transactionsIn } from "./statement-log.mjs";

const log = `a line from before
@@s1@kineticpay@ LOG:  execute s1: begin
@@s1@kineticpay@ LOG:  execute s7: select *
\tfrom payments where id = $1
@@s1@kineticpay@ DETAIL:  Parameters: $1 = 'pay_1'
@@s2@psql@ LOG:  statement: select 1
@@s2@kineticpay@ LOG:  execute s8: insert into t values ($1, $2, $3::json)
@@s2@kineticpay@ DETAIL:  parameters: $1 = NULL, $2 = 'it''s: \\', $3 = '{"id":"pay_1"}'
@@s1@kineticpay@ LOG:  execute s2: commit
`;

test("statements are read from the database's log with their values, each session's apart, and nobody else's", () => {
  expect(readStatements(log)).toEqual([
    { session: "s1", text: "begin", values: [] },
    { session: "s1", text: "select *\nfrom payments where id = $1", values: ["pay_1"] },
    { session: "s2", text: "insert into t values ($1, $2, $3::json)", values: [null, "it's: \\", '{"id":"pay_1"}'] },
    { session: "s1", text: "commit", values: [] },
  ]);
});

test("a script does in each transaction what was done in one, with other ids, in the middle of a value as well", () => {
  const transactions = transactionsIn(readStatements(log));
  expect(transactions.map((all) => all.length)).toEqual([3, 1]);
  expect(scriptOf(transactions, new Map([["pay_1", "('pay_' || :number)"]]))).toBe(`begin;
select *
from payments where id = ('pay_' || :number);
commit;
insert into t values (null, E'it''s\\x3A \\\\', (E'{"id"\\x3A"' || ('pay_' || :number) || E'"}')::json)`);
});
