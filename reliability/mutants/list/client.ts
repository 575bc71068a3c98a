import type { Mutant } from "../mutant.ts";

const client = "packages/sdk/src";

/** What the client sends again, believes, and tells. */
export const clientMutants: readonly Mutant[] = [
  {
    name: "key-for-each-attempt",
    defect: "A call that is sent again carries another idempotency key, so that it can be done twice",
    changes: [
      {
        file: `${client}/request/send-call.ts`,
        find: "headersOf(connection, call, journey.idempotencyKey)",
        replace: "headersOf(connection, call, journey.idempotencyKey && crypto.randomUUID())",
      },
    ],
    tests: [`${client}/request/retries.test.ts`],
  },
  {
    name: "retry-after-unheeded",
    defect: "The client comes back before the time that the gateway asked it to wait",
    changes: [
      {
        file: `${client}/request/backoff.ts`,
        find: "if (retryAfterS !== undefined) return",
        replace: "if (retryAfterS === -1) return",
      },
    ],
    tests: [`${client}/request/retries.test.ts`],
  },
  {
    name: "refusal-sent-again",
    defect: "What the gateway says is of no use to send again is sent again",
    changes: [
      {
        file: `${client}/request/send-call.ts`,
        find: "if (!error.retryable && !wasLookedUp)",
        replace: 'if (error.type === "" && !wasLookedUp)',
      },
    ],
    tests: [`${client}/request/retries.test.ts`],
  },
  {
    name: "no-look-after-504",
    defect: "After a 504 a payment is asked for again, or given up, without a look at its invoice",
    changes: [
      {
        file: `${client}/request/send-call.ts`,
        find: "if (error.status !== 504 ||",
        replace: "if (error.status !== 599 ||",
      },
    ],
    tests: [`${client}/request/retries.test.ts`],
  },
  {
    name: "any-payment-of-the-invoice",
    defect: "After a 504 any payment of the invoice passes for the one that was asked for",
    changes: [
      {
        file: `${client}/resources/look-up-payment.ts`,
        find: "isWhatWasAskedFor(payment, params))",
        replace: "payment.invoice === params.invoice)",
      },
    ],
    tests: [`${client}/request/retries.test.ts`],
  },
  {
    name: "lost-answer-forgotten",
    defect: "A call whose first answer was lost says that it did nothing when its second one is turned away",
    changes: [
      {
        file: `${client}/errors/kineticpay-error.ts`,
        find: "(facts.wasUnknown === true && !isSettled)",
        replace: "(facts.wasUnknown === true && isSettled)",
      },
    ],
    tests: [`${client}/errors/errors.test.ts`],
  },
  {
    name: "breaker-counts-refusals",
    defect: "Refusals open the client's circuit breaker",
    changes: [
      {
        file: `${client}/request/send-call.ts`,
        find: "error.status < 500)",
        replace: "error.status < 400)",
      },
    ],
    tests: [`${client}/request/circuit-breaker.test.ts`],
  },
  {
    name: "many-probes",
    defect: "All calls go out at once when a breaker tries whether its host is well again",
    changes: [
      {
        file: `${client}/request/circuit-breaker.ts`,
        find: 'state === "open" || this.#isProbing',
        replace: 'state === "open"',
      },
    ],
    tests: [`${client}/request/circuit-breaker.test.ts`],
  },
  {
    name: "old-webhook-unwrapped",
    defect: "The client unwraps a webhook however old it is",
    changes: [
      {
        file: `${client}/webhooks/webhooks.ts`,
        find: "    checkTime(timestamp);\n",
        replace: "",
      },
    ],
    tests: [`${client}/webhooks/webhooks.test.ts`],
  },
  {
    name: "envelope-opened-unproved",
    defect: "The client opens a legacy callback whose MAC does not hold",
    changes: [
      {
        file: `${client}/legacy/envelope.ts`,
        find: "  if (!(await crypto.subtle.verify(",
        replace: '  if (merchantKey === "" && !(await crypto.subtle.verify(',
      },
    ],
    tests: [`${client}/legacy/legacy-callbacks.test.ts`],
  },
  {
    name: "callback-is-enough",
    defect: "A legacy callback makes an order paid without the gateway's own word",
    changes: [
      {
        file: `${client}/legacy/legacy-callbacks.ts`,
        find: 'status.code === "00" &&',
        replace: 'record.transaction_status_code === "00" &&',
      },
    ],
    tests: [`${client}/legacy/legacy-callbacks.test.ts`],
  },
  {
    name: "hooks-told-the-key",
    defect: "The client's hooks are told the API key",
    changes: [
      {
        file: `${client}/request/redact.ts`,
        find: "if (!secretHeaders.test(name)) return value;",
        replace: 'if (name !== "") return value;',
      },
    ],
    tests: [`${client}/client.test.ts`],
  },
];
