import type { Mutant } from "../mutant.ts";

const payments = "packages/server/src/payments";
const settle = `${payments}/settle-payment.ts`;
const write = `${payments}/write-changes.ts`;
const settling = `${payments}/settle-payment.test.ts`;
const atOnce = `${payments}/settle-at-once.test.ts`;
const allOrNothing = `${payments}/all-or-nothing.test.ts`;

/** What must commit together, and what must not spoil it for what comes at the same moment. */
export const settlementMutants: readonly Mutant[] = [
  {
    name: "event-in-second-transaction",
    defect: "An event is written in a transaction of its own, after the change that it tells",
    changes: [
      { file: write, find: "import { eventRow, eventsText,", replace: "import { eventRow, eventsText, recordEvent," },
      {
        file: write,
        find: "    events: events.map((event) => eventRow(gateway, event)),",
        replace: `    events: void gateway.db.transaction("payments.settle", async (later) => {
      for (const event of events) await recordEvent(gateway, later, event);
    }).catch(() => undefined) ?? [],`,
      },
    ],
    tests: [allOrNothing, settling],
  },
  {
    name: "books-in-second-transaction",
    defect: "The books are written in a transaction of their own, after the payment",
    changes: [
      {
        file: write,
        find: "    entry: entry === undefined ? null : entryRow(entry),",
        replace: `    entry: void (entry && gateway.db.transaction("payments.settle", (later) =>
      later.query(\`with \${postText("json_to_recordset($1::json)")} select\`, [JSON.stringify([entryRow(entry)])]),
    ).catch(() => undefined)) ?? null,`,
      },
    ],
    tests: [allOrNothing, settling],
  },
  {
    name: "case-in-second-transaction",
    defect: "A message is kept, and the case that it gives rise to is opened in another transaction",
    changes: [
      { file: write, find: "import { caseRow,", replace: "import { caseRow, openCase," },
      {
        file: write,
        find: "    cases: cases.map((each) => caseRow(gateway, each)),",
        replace: `    cases: void gateway.db.transaction("payments.settle", async (later) => {
      for (const each of cases) await openCase(gateway, later, each);
    }).catch(() => undefined) ?? [],`,
      },
    ],
    tests: [allOrNothing, settling],
  },
  {
    name: "check-then-act-credit",
    defect: "A payment is looked at without a lock, and credited when it was not paid at that moment",
    changes: [
      {
        file: write,
        find: "select d.* from decided d join found f on f.version = d.version",
        replace: "select d.* from decided d",
      },
    ],
    tests: [atOnce, settling, "packages/server/src/http/one-credit.test.ts"],
  },
  {
    name: "siblings-not-locked",
    defect: "Two payments of one invoice that are confirmed at the same moment both count as owed to the merchant",
    changes: [
      {
        file: `${payments}/store.ts`,
        find: "select string_agg(s.id || ' ' || s.xmin, ',' order by s.id) as version,",
        replace: "select string_agg(s.id || ' ' || s.xmin, ',' order by s.id) filter (where s.id = p.id) as version,",
      },
      {
        file: write,
        find: "join payments p on p.collection_id = d.collection_id and p.invoice = d.invoice",
        replace: "join payments p on p.id = d.payment ->> 'id'",
      },
    ],
    tests: [atOnce, settling],
  },
  {
    name: "siblings-in-one-statement",
    defect: "Of two payments of one invoice that are settled by one statement, neither sees that the other is paid",
    changes: [{ file: settle, find: '    if (taken.has(order.version)) return "by_itself";\n', replace: "" }],
    tests: [atOnce],
  },
  {
    name: "unjudged-fails-all",
    defect: "A message about which nothing can be decided fails all that are settled with it",
    changes: [
      {
        file: settle,
        find: "  } catch {\n    // Its bringer",
        replace: "  } catch (error) {\n    if (error !== undefined) throw error;\n    // Its bringer",
      },
    ],
    tests: [atOnce],
  },
  {
    name: "settlement-waits-with-another",
    defect: "A settlement waits for the lock that another one needs, only because both came at the same moment",
    changes: [{ file: settle, find: "const patienceMs = 200;", replace: "const patienceMs = 2_900;" }],
    tests: [atOnce],
  },
  {
    name: "settlement-lost-behind-lock",
    defect: "A message whose payment somebody else has locked is acknowledged, and nothing of it is kept",
    changes: [
      {
        file: settle,
        find: '    return written.versions.has(each.version) ? each.settled : "by_itself";',
        replace: "    return each.settled;",
      },
    ],
    tests: [atOnce, settling],
  },
];
