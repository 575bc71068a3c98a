import type { Mutant } from "../mutant.ts";

const server = "packages/server/src";
const http = `${server}/http`;
const canaries = `${http}/canaries.test.ts`;

/** Who may see and do what, and what is told of secrets. */
export const accessMutants: readonly Mutant[] = [
  {
    name: "payment-of-another-shop",
    defect: "A payment is found by its id alone, whoever asks for it",
    changes: [
      {
        file: `${server}/payments/find-payment.ts`,
        find: " and p.collection_id = ",
        replace: " and '' <> ",
      },
    ],
    tests: [`${http}/enumeration.test.ts`],
  },
  {
    name: "invoice-of-another-shop",
    defect: "An invoice's status is told to any shop that knows the invoice",
    changes: [
      {
        file: `${server}/payments/find-payment.ts`,
        find: "`p.collection_id = ",
        replace: "`'' <> ",
      },
    ],
    tests: [`${http}/compat/kineticpay/status.test.ts`, `${server}/payments/create-payment.test.ts`],
  },
  {
    name: "call-of-another-merchant",
    defect: "A logged call is shown to any merchant that knows its id",
    changes: [
      {
        file: `${server}/request-log/store.ts`,
        find: "     where id = $1 and merchant_id = $2 and ($3::text is null or collection_id = $3)`,",
        replace: "     where id = $1 and $2::text is not null and ($3::text is null or true)`,",
      },
    ],
    tests: [`${server}/request-log/request-log.test.ts`, `${http}/log-calls.test.ts`],
  },
  {
    name: "key-of-another-merchant",
    defect: "Keys are read, changed and revoked by any merchant that knows their ids",
    changes: [
      {
        file: `${server}/merchants/read-api-keys.ts`,
        find: "from api_keys where id = $1 and ($2::text is null or merchant_id = $2)`;",
        replace: "from api_keys where id = $1 and ($2::text is null or true)`;",
      },
    ],
    tests: [`${http}/routes/api-keys/api-keys.test.ts`],
  },
  {
    name: "revocation-unheeded",
    defect: "A revoked key goes on working",
    changes: [
      {
        file: `${server}/merchants/authenticate.ts`,
        find: '  if (found.revokedAt !== null) return ended("key_revoked", found, found.revokedAt);\n',
        replace: "",
      },
    ],
    tests: [`${server}/merchants/authenticate.test.ts`],
  },
  {
    name: "cache-outlives-revocation",
    defect: "What is remembered of a key is believed for minutes after the key was revoked",
    changes: [
      {
        file: `${server}/merchants/known-keys.ts`,
        find: "      if (nowMs() - confirmedMs >= freshMs) return undefined;",
        replace: "      if (nowMs() - confirmedMs >= 300 * freshMs) return undefined;",
      },
      {
        file: `${server}/merchants/known-keys.ts`,
        find: "      if (now - Math.max(confirmedMs, askedMs) < freshMs / 4) return false;",
        replace: "      if (now - Math.max(confirmedMs, askedMs) < 300 * freshMs) return false;",
      },
    ],
    tests: [`${server}/merchants/known-keys.test.ts`],
  },
  {
    name: "expiry-of-key-unheeded",
    defect: "A key goes on working after its expiry",
    changes: [
      {
        file: `${server}/merchants/authenticate.ts`,
        find: "  if (found.expiresAt !== null && found.expiresAt <= now) return",
        replace: "  if (found.expiresAt !== null && found.expiresAt <= now && false) return",
      },
    ],
    tests: [`${server}/merchants/authenticate.test.ts`],
  },
  {
    name: "merchant-key-opens-api",
    defect: "A merchant key, which travels in forms and addresses, opens the v2 API",
    changes: [
      {
        file: `${server}/merchants/authenticate.ts`,
        find: "  if (found === null || found.kind !== kind) {",
        replace: "  if (found === null) {",
      },
    ],
    tests: [`${server}/merchants/authenticate.test.ts`],
  },
  {
    name: "forwarded-header-believed",
    defect: "An allow-list believes the address that anybody writes into X-Forwarded-For",
    changes: [
      {
        file: `${http}/app.ts`,
        find: "trustProxy: gateway.config.trustedProxies.length > 0 ? [...gateway.config.trustedProxies] : false,",
        replace: "trustProxy: true,",
      },
    ],
    tests: [`${http}/client-address.test.ts`],
  },
  {
    name: "collection-list-unheeded",
    defect: "Of two allow-lists, the collection's is not looked at",
    changes: [
      {
        file: `${server}/merchants/require-access.ts`,
        find: "return listAllows(caller.keyAllowList, address) && listAllows(caller.collectionAllowList, address);",
        replace: "return listAllows(caller.keyAllowList, address);",
      },
    ],
    tests: [`${http}/admit.test.ts`, `${server}/operator/access-commands.test.ts`],
  },
  {
    name: "scope-unheeded",
    defect: "A key may do what it has no scope for",
    changes: [
      {
        file: `${server}/merchants/require-access.ts`,
        find: "  if (needed !== undefined && !caller.scopes.includes(needed)) {",
        replace: "  if (false) {",
      },
    ],
    tests: [`${http}/admit.test.ts`, `${http}/routes/api-keys/api-keys.test.ts`],
  },
  {
    name: "limiter-fails-closed",
    defect: "While Redis is away, calls are refused as if they were too many",
    changes: [
      {
        file: `${server}/limits/shared-limits.ts`,
        find: "      if (!Array.isArray(answer)) return undefined;\n      return { refusedBy:",
        replace:
          '      if (!Array.isArray(answer)) return { refusedBy: "rate", remaining: 0 };\n      return { refusedBy:',
      },
    ],
    tests: [`${server}/limits/shared-limits.test.ts`],
  },
  {
    name: "limiter-fails-open",
    defect: "Calls of a key are not counted at all",
    changes: [
      {
        file: `${server}/limits/limits.ts`,
        find: "    if (!buckets.take(keyId, nowMs)) return rateSpent;",
        replace: "    buckets.take(keyId, nowMs);",
      },
    ],
    tests: [`${http}/limit-calls.test.ts`],
  },
  {
    name: "key-shown-whole",
    defect: "Refusals show the key that was sent, whole",
    changes: [
      {
        file: `${server}/merchants/key-format.ts`,
        find: "  return printable.length < prefix.length + 12 ?",
        replace: "  if (printable.length > 0) return printable;\n  return printable.length < prefix.length + 12 ?",
      },
    ],
    tests: [`${server}/merchants/authenticate.test.ts`, canaries],
  },
  {
    name: "path-shown-whole",
    defect: "A 404 tells back the whole path, with whatever was pasted into it",
    changes: [
      { file: `${http}/app.ts`, find: "    const path = shownPath(asked);", replace: "    const path = asked;" },
    ],
    tests: [canaries],
  },
  {
    name: "rejected-message-logged",
    defect: "A bank message that was rejected is logged with all that is in it",
    changes: [
      {
        file: `${server}/payments/receive-bank-message.ts`,
        find: "    gateway.log.warn({ route, reason: error.reason, detail: error.message },",
        replace: "    gateway.log.warn({ route, reason: error.reason, detail: error.message, body },",
      },
    ],
    tests: [canaries],
  },
  {
    name: "unknown-members-logged",
    defect: "The log of requests keeps members that nobody knows",
    changes: [
      {
        file: `${server}/request-log/redact.ts`,
        find: "    if (keeping === undefined) others += 1;",
        replace: "    if (keeping === undefined) kept[name] = member;",
      },
    ],
    tests: [canaries],
  },
  {
    name: "error-properties-logged",
    defect: "Errors are logged with all their properties, a driver's parameters among them",
    changes: [
      {
        file: `${server}/seams/log.ts`,
        find: "    ...(error.stack === undefined ? {} : { stack: error.stack }),",
        replace: "    ...(error.stack === undefined ? {} : { stack: error.stack }),\n    ...(error as object),",
      },
    ],
    tests: [`${server}/seams/log.test.ts`],
  },
  {
    name: "written-address-unchecked",
    defect: "An address written out in a URL is connected to without a look at where it is",
    changes: [
      {
        file: `${server}/seams/outbound/checked-connector.ts`,
        find: "      checked(target.hostname, [target.hostname], options.policy);",
        replace: "",
      },
    ],
    tests: [`${server}/seams/outbound/ssrf-matrix.test.ts`],
  },
  {
    name: "first-address-checked",
    defect: "Of the addresses that a name leads to, only the first is checked",
    changes: [
      {
        file: `${server}/seams/outbound/checked-connector.ts`,
        find: "      .then((addresses) => checked(name, addresses, policy).map(",
        replace: "      .then((addresses) => (checked(name, addresses.slice(0, 1), policy), addresses).map(",
      },
    ],
    tests: [`${server}/seams/outbound/wandering-names.test.ts`, `${server}/seams/outbound/ssrf-matrix.test.ts`],
  },
];
