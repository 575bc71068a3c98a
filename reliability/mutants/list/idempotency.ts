import type { Mutant } from "../mutant.ts";

const idempotency = "packages/server/src/idempotency";
const http = "packages/server/src/http";
const once = `${http}/idempotency.test.ts`;

/** What may be asked again, and is done once. */
export const idempotencyMutants: readonly Mutant[] = [
  {
    name: "other-body-replayed",
    defect: "A call with another body gets the answer of the one that came under its key first",
    changes: [
      {
        file: `${idempotency}/fingerprint.ts`,
        find: "  return Buffer.concat([digest(params ?? {}), digest(body)]);",
        replace: "  return Buffer.concat([digest(params ?? {}), digest(body === undefined)]);",
      },
    ],
    tests: [`${idempotency}/fingerprint.test.ts`, once],
  },
  {
    name: "key-as-spelled",
    defect: "The same body with its members in another order counts as another one",
    changes: [
      {
        file: `${idempotency}/fingerprint.ts`,
        find: "  const names = Object.keys(members).sort();",
        replace: "  const names = Object.keys(members);",
      },
    ],
    tests: [`${idempotency}/fingerprint.test.ts`],
  },
  {
    name: "key-of-another-shop-replayed",
    defect: "A key that another shop has used brings that shop's answer",
    changes: [
      {
        file: `${idempotency}/store.ts`,
        find: 'const ofCall = "merchant_id = $1 and collection_id = $2 and idempotency_key = $3";',
        replace: 'const ofCall = "$1::text is not null and $2::text is not null and idempotency_key = $3";',
      },
    ],
    tests: [once],
  },
  {
    name: "work-beside-its-record",
    defect: "What a keyed call does commits before the record that it was done",
    changes: [
      {
        file: `${idempotency}/answer-once.ts`,
        find: "      const made = await work.run(around.inside);",
        replace: "      const made = await work.run(gateway);",
      },
    ],
    tests: [`${http}/idempotency-races.test.ts`, `${idempotency}/answer-once.test.ts`, once],
  },
  {
    name: "lease-without-end",
    defect: "The key of a call whose process died is taken for ever",
    changes: [
      {
        file: `${idempotency}/answer-once.ts`,
        find: "found?.leaseUntil == null || found.leaseUntil <= gateway.clock.now();",
        replace: "found?.leaseUntil == null;",
      },
    ],
    tests: [`${http}/idempotency-requery.test.ts`, `${idempotency}/answer-once.test.ts`],
  },
  {
    name: "kept-secret-readable",
    defect: "An answer that shows a secret is kept as it is",
    changes: [
      {
        file: `${idempotency}/store.ts`,
        find: "      sealed === null ? answer.body : null,",
        replace: "      answer.body,",
      },
    ],
    tests: ["packages/server/src/idempotency/answer-once.test.ts"],
  },
];
