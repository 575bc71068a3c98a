import type { Mutant } from "../mutant.ts";

const server = "packages/server/src";

/** The database, the books, and what is only rehearsed. */
export const storageMutants: readonly Mutant[] = [
  {
    name: "lost-connection-ends-process",
    defect: "Losing the connection of a transaction that is under way ends the process",
    changes: [
      {
        file: `${server}/db/connections.ts`,
        find: '  pool.on("connect", (client) => client.on("error", options.onIdleError));\n',
        replace: "",
      },
    ],
    tests: [`${server}/db/lost-connection.test.ts`],
  },
  {
    name: "broken-connection-reused",
    defect: "A connection whose transaction could not be ended is given to the next caller",
    changes: [
      {
        file: `${server}/db/open-db.ts`,
        find: `    if (!(error instanceof DatabaseUnavailable)) await rollBack().catch(() => undefined);
    throw error;
  } finally {
    connection.release(isSound);`,
        replace: `    if (!(error instanceof DatabaseUnavailable)) await rollBack().catch(() => undefined);
    throw error;
  } finally {
    connection.release(true);`,
      },
    ],
    tests: [`${server}/db/lost-connection.test.ts`],
  },
  {
    name: "silent-connections-kept",
    defect: "Connections to a database that fell silent stay open until the kernel gives them up",
    changes: [
      {
        file: `${server}/db/connections.ts`,
        find: "    for (const client of open) cutOff(client);\n",
        replace: "",
      },
    ],
    tests: [`${server}/db/connections.test.ts`],
  },
  {
    name: "rehearsal-kept",
    defect: "A call with validate_only is carried out",
    changes: [
      {
        file: `${server}/db/open-db.ts`,
        find: '      begun(connections, run, "rollback", (on) =>',
        replace: '      begun(connections, run, "commit", (on) =>',
      },
    ],
    tests: [`${server}/http/routes/payments/payments.test.ts`],
  },
  {
    name: "unbalanced-entry",
    defect: "An entry of the books may not add up to nothing",
    changes: [
      {
        file: `${server}/ledger/post.ts`,
        find: "  if (entry.postings.length < 2 || total !== 0)",
        replace: "  if (entry.postings.length < 2 && total !== 0)",
      },
      {
        file: "packages/server/migrations/0001_init.sql",
        find: "if lines < 2 or total <> 0 then",
        replace: "if lines < 1 then",
      },
    ],
    tests: [`${server}/ledger/ledger.test.ts`],
  },
  {
    name: "books-rewritable",
    defect: "Lines of the books can be changed",
    changes: [
      {
        file: "packages/server/migrations/0001_init.sql",
        find: "create trigger ledger_postings_append_only before update or delete on ledger_postings",
        replace: "create trigger ledger_postings_append_only before delete on ledger_postings",
      },
    ],
    tests: [`${server}/ledger/ledger.test.ts`, `${server}/db/append-only.test.ts`],
  },
  {
    name: "wrong-purpose-unsealed",
    defect: "A secret that was sealed for one purpose opens for another",
    changes: [
      {
        file: `${server}/seams/seal.ts`,
        find: 'createCipheriv("aes-256-gcm", masterKey, nonce, tag).setAAD(Buffer.from(purpose));',
        replace: 'createCipheriv("aes-256-gcm", masterKey, nonce, tag);',
      },
      {
        file: `${server}/seams/seal.ts`,
        find: 'createDecipheriv("aes-256-gcm", masterKey, nonce, tag).setAAD(Buffer.from(purpose));',
        replace: 'createDecipheriv("aes-256-gcm", masterKey, nonce, tag);',
      },
    ],
    tests: [`${server}/seams/seal.test.ts`],
  },
  {
    name: "chain-without-links",
    defect: "A seal does not hold the one before, so that seals can be taken out of their chain",
    changes: [
      {
        file: `${server}/ledger/sealed-text.ts`,
        find: "    sealedTextVersion,\n    header.previousHash,",
        replace: "    sealedTextVersion,\n    noHash,",
      },
    ],
    tests: [`${server}/ledger/seal-bookings.test.ts`],
  },
  {
    name: "imbalance-not-proved",
    defect: "The proof of the books does not look whether they balance",
    changes: [
      {
        file: `${server}/verify/book-checks.ts`,
        find: "from ledger_postings group by transaction_id, currency having sum(amount_sen) <> 0`",
        replace: "from ledger_postings group by transaction_id, currency having false`",
      },
    ],
    tests: [`${server}/verify/tampering.test.ts`],
  },
  {
    name: "reopening-not-proved",
    defect: "The proof believes of every attempt under way beside an ended payment that the exchange took it up again",
    changes: [
      {
        file: `${server}/verify/payment-checks.ts`,
        find: ` and exists (
        select from bank_messages m where m.attempt_id = t.id and m.effect = 'reopened'))) as is_under_way,`,
        replace: ")) as is_under_way,",
      },
    ],
    tests: [`${server}/verify/tampering.test.ts`],
  },
  {
    name: "account-events-not-proved",
    defect: "The proof does not look at what is told of keys, collections, endpoints and banks",
    changes: [{ file: `${server}/verify/fixed-checks.ts`, find: "  ...accountEventChecks,\n", replace: "" }],
    tests: [`${server}/verify/account-event-checks.test.ts`],
  },
  {
    name: "application-owns-tables",
    defect: "The application may rewrite the books",
    changes: [
      {
        file: `${server}/db/grants.ts`,
        find: 'const appendOnly: Grant = { rights: ["select", "insert"] };',
        replace: 'const appendOnly: Grant = { rights: ["select", "insert", "delete"] };',
      },
    ],
    tests: [`${server}/db/append-only.test.ts`, `${server}/db/grants.test.ts`],
  },
  {
    name: "vigil-without-pause",
    defect: "A statement that may take minutes has the watch ask four times a second, on a new connection each time",
    changes: [{ file: `${server}/db/vigil.ts`, find: "    heardMs = performance.now();\n", replace: "" }],
    tests: [`${server}/db/vigil.test.ts`],
  },
  {
    name: "strays-moved-while-busy",
    defect: "Rows of a month that is long past are moved while everybody writes beside them",
    changes: [
      {
        file: "packages/server/migrations/0016_partition_order.sql",
        find: "    continue when is_busy;\n",
        replace: "",
      },
    ],
    tests: [`${server}/partitions/make-partitions.test.ts`],
  },
];
