import type { Mutant } from "../mutant.ts";

const fpx = "packages/fpx/src";
const rail = "packages/server/src/rails/fpx";
const payments = "packages/server/src/payments";
const forged = "packages/server/src/http/forged-messages.test.ts";

/** What is believed of what a bank network is said to have said. */
export const bankMessageMutants: readonly Mutant[] = [
  {
    name: "signature-skipped-when-absent",
    defect: "A message without a checksum is believed",
    changes: [
      {
        file: `${fpx}/checksum.ts`,
        find: "  const bits = rsaBits(publicKey);\n  if (checksum === undefined",
        replace:
          "  const bits = rsaBits(publicKey);\n  if (checksum === undefined) return true;\n  if (checksum === undefined",
      },
    ],
    tests: [`${fpx}/checksum.test.ts`],
  },
  {
    name: "empty-signature-accepted",
    defect: "A message with an empty checksum is believed",
    changes: [
      {
        file: `${fpx}/checksum.ts`,
        find: "  const bits = rsaBits(publicKey);\n  if (checksum === undefined",
        replace:
          '  const bits = rsaBits(publicKey);\n  if (checksum === "") return true;\n  if (checksum === undefined',
      },
    ],
    tests: [forged],
  },
  {
    name: "digest-chosen-by-message",
    defect: "A message may be signed by any digest that verifies",
    changes: [
      {
        file: `${fpx}/checksum.ts`,
        find: "    return createVerify(digest)",
        replace: '    return ["sha1", "sha256", "sha512", "md5"].some((any) => createVerify(any)',
      },
      {
        file: `${fpx}/checksum.ts`,
        find: '      .verify({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(checksum, "hex"));',
        replace:
          '      .verify({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(checksum, "hex")));',
      },
    ],
    tests: [forged],
  },
  {
    name: "expired-certificate-believed",
    defect: "A certificate of the exchange is believed for ever, and before its time",
    changes: [
      {
        file: `${fpx}/certificates.ts`,
        find: ".filter((certificate) => certificate.notBefore.getTime() <= at.getTime() && lastDay(certificate) >= today)",
        replace: ".filter(() => true)",
      },
      {
        file: `${fpx}/certificates.ts`,
        find: "  const current = usable.filter((certificate) => lastDay(certificate) === lastDay(first));",
        replace: "  const current = usable.filter(() => true);",
      },
    ],
    tests: [`${fpx}/certificates.test.ts`],
  },
  {
    name: "doubled-field-last-wins",
    defect: "Of a field that stands in a message twice the last value counts",
    changes: [
      {
        file: `${fpx}/decode-form.ts`,
        find: '    if (Object.hasOwn(fields, name)) return { fault: "The field appears more than once", field: name };\n',
        replace: "",
      },
    ],
    tests: [`${fpx}/messages.test.ts`],
  },
  {
    name: "bar-accepted",
    defect: "A value may hold the bar that separates values in the signed text",
    changes: [
      {
        file: `${fpx}/decode-form.ts`,
        find: '  if (value.includes("|")) return "The field holds a bar";\n',
        replace: "",
      },
    ],
    tests: [`${fpx}/messages.test.ts`],
  },
  {
    name: "missing-field-skipped",
    defect: "A signed field that is missing is left out of the signed text, so that borders can be moved",
    changes: [
      {
        file: `${fpx}/checksum.ts`,
        find: '      if (value === undefined) throw new FpxFormatError("The message lacks a signed field", field);',
        replace: '      if (value === undefined) return "";',
      },
    ],
    tests: [`${fpx}/checksum.test.ts`, forged],
  },
  {
    name: "values-trimmed",
    defect: "Values are trimmed before their signature is checked",
    changes: [
      { file: `${fpx}/decode-form.ts`, find: "    fields[name] = value;", replace: "    fields[name] = value.trim();" },
    ],
    tests: [`${fpx}/messages.test.ts`, forged],
  },
  {
    name: "message-type-not-compared",
    defect: "Any kind of message that the exchange signed counts as a confirmation",
    changes: [
      { file: `${rail}/read-confirmation.ts`, find: '  if (fields["fpx_msgType"] !== "AC")', replace: "  if (false)" },
    ],
    tests: [forged],
  },
  {
    name: "exchange-not-compared",
    defect: "A message for another merchant exchange is taken for ours",
    changes: [
      {
        file: `${rail}/read-confirmation.ts`,
        find: '  if (fields["fpx_sellerExId"] !== identity.exchangeId)',
        replace: "  if (false)",
      },
    ],
    tests: [forged],
  },
  {
    name: "amount-not-compared",
    defect: "An authentic message about another amount pays the payment",
    changes: [
      {
        file: `${payments}/settle-payment.ts`,
        find: "  return Object.keys(attempt.facts).filter((name) => attempt.facts[name] !== message.facts[name]);",
        replace:
          '  return Object.keys(attempt.facts).filter((name) => name !== "amount" && attempt.facts[name] !== message.facts[name]);',
      },
    ],
    tests: [`${payments}/settle-payment.test.ts`],
  },
  {
    name: "currency-not-compared",
    defect: "An authentic message about another currency pays the payment",
    changes: [
      {
        file: `${payments}/settle-payment.ts`,
        find: "  return Object.keys(attempt.facts).filter((name) => attempt.facts[name] !== message.facts[name]);",
        replace:
          '  return Object.keys(attempt.facts).filter((name) => name !== "currency" && attempt.facts[name] !== message.facts[name]);',
      },
    ],
    tests: [`${payments}/settle-payment.test.ts`],
  },
  {
    name: "order-not-compared",
    defect: "The answer to an enquiry about one order settles another order",
    changes: [
      {
        file: `${payments}/enquire-attempt.ts`,
        find: "    if (message.orderNumber !== attempt.orderNumber) {",
        replace: "    if (false) {",
      },
    ],
    tests: [forged],
  },
  {
    name: "forgery-acknowledged",
    defect: "A message that does not verify is answered OK, so that the exchange stops sending the genuine one",
    changes: [
      {
        file: "packages/server/src/http/fpx-direct.ts",
        find: "      if (settled === undefined) {",
        replace: "      if (false) {",
      },
    ],
    tests: [forged],
  },
  {
    name: "forgery-fails-payment",
    defect: "A message that does not verify makes the attempt that it names fail",
    changes: [
      {
        file: `${payments}/receive-bank-message.ts`,
        find: "    if (!(error instanceof MessageRejected)) throw error;\n",
        replace: `    if (!(error instanceof MessageRejected)) throw error;
    const order = /fpx_sellerExOrderNo=(\\w+)/.exec(body)?.[1] ?? "";
    await gateway.db.write("payments.settle", "update attempts set status = 'failed', certainty = 'final', next_enquiry_at = null, concluded_at = $2 where order_number = $1 and status = 'in_flight'", [order, gateway.clock.now()]);
`,
      },
    ],
    tests: [forged],
  },
  {
    name: "ok-before-commit",
    defect: "The exchange is answered OK before what it said is committed",
    changes: [
      {
        file: "packages/server/src/db/open-db.ts",
        find: '    else await run(connection, "commit", []);',
        replace: '    else void run(connection, "commit", []).catch(() => undefined);',
      },
    ],
    tests: ["packages/server/src/ledger/ledger.test.ts", `${payments}/all-or-nothing.test.ts`],
  },
  {
    name: "code-compared-by-prefix",
    defect: "A response code is judged by how it begins, so that 09 (pending) counts as 00",
    changes: [
      {
        file: `${fpx}/response-codes.ts`,
        find: "    byCode.get(code) ?? {",
        replace: '    byCode.get(code.startsWith("0") ? "00" : code) ?? {',
      },
    ],
    tests: [`${fpx}/response-codes.test.ts`],
  },
  {
    name: "awaited-approval-is-paid",
    defect: "99, a company's payment that nobody has approved yet, counts as paid",
    changes: [
      {
        file: `${rail}/read-confirmation.ts`,
        find: '  awaiting_approval: "awaiting_approval",',
        replace: '  awaiting_approval: "succeeded",',
      },
    ],
    tests: ["packages/server/src/payments/payment-model.test.ts"],
  },
  {
    name: "unknown-code-is-failure",
    defect: "A code that is in no table ends the attempt as failed",
    changes: [
      {
        file: `${fpx}/response-codes.ts`,
        find: '      class: "pending",\n      reason: "unknown_code",',
        replace: '      class: "failed",\n      reason: "unknown_code",',
      },
    ],
    tests: [`${fpx}/response-codes.test.ts`],
  },
  {
    name: "uncertain-code-is-failure",
    defect: "Codes after which money may have moved count as certain failures",
    changes: [
      { file: `${rail}/read-confirmation.ts`, find: '  uncertain: "uncertain",', replace: '  uncertain: "failed",' },
    ],
    tests: ["packages/server/src/payments/payment-model.test.ts"],
  },
  {
    name: "float-amount-from-exchange",
    defect: "The exchange's amounts are read with floating point",
    changes: [
      {
        file: `${fpx}/messages.ts`,
        find: '  return Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));',
        replace: "  return Math.floor(Number(text) * 100);",
      },
    ],
    tests: [`${fpx}/messages.test.ts`, `${fpx}/properties.test.ts`],
  },
  {
    name: "float-amount-from-shop",
    defect: "Shops' amounts in ringgit are read with floating point",
    changes: [
      {
        file: "packages/contract/src/money.ts",
        find: '  const sen = Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));',
        replace: "  const sen = Math.floor(Number(text) * 100);",
      },
    ],
    tests: ["packages/contract/src/money.test.ts"],
  },
];
