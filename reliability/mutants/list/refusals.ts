import type { Mutant } from "../mutant.ts";

const server = "packages/server/src";
const http = `${server}/http`;
const floods = { file: `${http}/refuse-floods.ts` };
const floodTests = [`${http}/refuse-floods.test.ts`];

/** What is refused before the framework, what is shed, and how a process that stops lets go. */
export const refusalMutants: readonly Mutant[] = [
  {
    name: "flood-left-out-of-log",
    defect: "Calls that the log has room for are left out of it, because they look like a flood",
    changes: [{ ...floods, find: "if (wouldBeLogged && app.requestLog.keepsFlood) return false;", replace: "" }],
    tests: floodTests,
  },
  {
    name: "flood-not-counted",
    defect: "Whoever is refused before the framework spends nothing of what an address may ask in vain",
    changes: [
      {
        ...floods,
        find: "return isRepeated(sent) ? { error: counted(gateway, asker, sent), headers } : undefined;",
        replace: "return isRepeated(sent) ? { error: sent, headers } : undefined;",
      },
    ],
    tests: floodTests,
  },
  {
    name: "shared-queue-unseen",
    defect: "Payments that wait to be written together are seen by nobody who sheds load",
    changes: [
      {
        file: `${server}/db/open-db.ts`,
        find: "return connections.waiting + shared.waiting;",
        replace: "return connections.waiting;",
      },
    ],
    tests: [`${server}/payments/insert-payments.test.ts`],
  },
  {
    name: "closed-in-a-busy-turn",
    defect: "A gateway that stops resets whoever came while it was busy",
    changes: [
      {
        file: `${http}/drain.ts`,
        find: "  await untilQuiet();\n  // Closing",
        replace: "  await new Promise((resolve) => setImmediate(resolve));\n  // Closing",
      },
    ],
    tests: [`${http}/drain.test.ts`],
  },
  {
    name: "closed-with-a-request-unread",
    defect: "A gateway that stops resets a connection on which a request came while it was busy",
    changes: [
      {
        file: `${http}/drain.ts`,
        find: "    await untilQuiet();\n    app.server.closeIdleConnections();",
        replace: "    await new Promise((resolve) => setImmediate(resolve));\n    app.server.closeIdleConnections();",
      },
    ],
    tests: [`${http}/drain.test.ts`],
  },
  {
    name: "flood-looks-up",
    defect:
      "A key that has just become too old in memory is looked up before the framework, and nobody waits for what comes of it",
    changes: [
      {
        ...floods,
        find: "import { presentedApiKey, recallApiKey }",
        replace: "import { presentedApiKey, recallApiKey, verifyApiKey }",
      },
      {
        ...floods,
        find: "  const outcome = recallApiKey(gateway, sent);\n  if (outcome === undefined) return undefined;",
        replace:
          "  if (recallApiKey(gateway, sent) === undefined) return undefined;\n  const outcome = verifyApiKey(gateway, sent);\n  if (outcome instanceof Promise) return undefined;",
      },
    ],
    tests: floodTests,
  },
  {
    name: "stray-bytes-read",
    defect: "A body that is not UTF-8 is read as if it were, so that two orders can become one",
    changes: [
      {
        file: "packages/server/src/http/utf8.ts",
        find: "  if (isUtf8(bytes)) return text;",
        replace: "  if (text.length > 0) return text;",
      },
    ],
    tests: ["packages/server/src/http/read-json.test.ts"],
  },
];
