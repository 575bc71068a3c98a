import type { Mutant } from "../mutant.ts";

const callbacks = "packages/server/src/callbacks";

/** Who is told of what, how often, at whose cost, and with which signature. */
export const webhookMutants: readonly Mutant[] = [
  {
    name: "lane-not-locked",
    defect: "Two processes that look at the same moment take five deliveries of one endpoint each",
    changes: [
      {
        file: `${callbacks}/lease.ts`,
        find: ", hashtext(lane)) else false end as taken",
        replace: ", hashtext(md5(random()::text))) else false end as taken",
      },
    ],
    tests: [`${callbacks}/lease.test.ts`],
  },
  {
    name: "one-queue",
    defect: "Whoever has most waiting is served first: a lane may have any number of deliveries under way",
    changes: [
      {
        file: `${callbacks}/lease.ts`,
        find: "export const capacityPerLane = 5;",
        replace: "export const capacityPerLane = 500;",
      },
    ],
    tests: [`${callbacks}/lease.test.ts`, `${callbacks}/promises.test.ts`],
  },
  {
    name: "hanging-calls-keep-places",
    defect: "Receivers that hang keep every place until they time out",
    changes: [
      {
        file: `${callbacks}/deliver.ts`,
        find: "if (now - sinceMs < promptMs) young.push(lane);",
        replace: "if (now - sinceMs < 60_000) young.push(lane);",
      },
    ],
    tests: [`${callbacks}/promises.test.ts`],
  },
  {
    name: "old-secret-ends-at-once",
    defect: "A rolled secret does not sign during its overlap",
    changes: [
      {
        file: `${callbacks}/lease.ts`,
        find: "and (s.valid_until is null or s.valid_until > $2)",
        replace: "and s.valid_until is null",
      },
    ],
    tests: [`${callbacks}/promises.test.ts`],
  },
  {
    name: "old-secret-signs-for-ever",
    defect: "A rolled secret goes on signing after its overlap",
    changes: [
      { file: `${callbacks}/lease.ts`, find: "and (s.valid_until is null or s.valid_until > $2)", replace: "" },
    ],
    tests: [`${callbacks}/promises.test.ts`],
  },
  {
    name: "stale-failure-counts",
    defect: "A process whose lease has ended undoes what another process is about",
    changes: [
      {
        file: `${callbacks}/conclude.ts`,
        find: "(d.status = 'pending' and d.lease_until = r.lease_until)",
        replace: "d.status = 'pending'",
      },
    ],
    tests: [`${callbacks}/attempts.test.ts`],
  },
  {
    name: "strangers-are-told",
    defect: "An event is sent to every merchant's endpoints",
    changes: [
      {
        file: `${callbacks}/fan-out.ts`,
        find: 'const owner = whose === "own" ? "w.merchant_id = event.merchant_id and" : "";',
        replace: 'const owner = whose === "own" ? "" : "";',
      },
    ],
    tests: [`${callbacks}/outbox.test.ts`],
  },
  {
    name: "redirect-is-a-receipt",
    defect: "A shop that answers with a redirect is taken to have been told",
    changes: [
      {
        file: `${callbacks}/send.ts`,
        find: 'if (status >= 200 && status < 300) return "delivered";',
        replace: 'if (status >= 200 && status < 400) return "delivered";',
      },
    ],
    tests: [`${callbacks}/deliver.test.ts`],
  },
  {
    name: "resent-in-vain",
    defect: "An attempt that was under way when its delivery was sent again ends the new schedule",
    changes: [
      {
        file: `${callbacks}/conclude.ts`,
        find: "round_count: delivery.roundCount,",
        replace: "round_count: 0,",
      },
    ],
    tests: [`${callbacks}/attempts.test.ts`],
  },
  {
    name: "old-address-says-gone",
    defect: "An endpoint is switched off by what the address answers that it had before",
    changes: [
      {
        file: `${callbacks}/conclude.ts`,
        find: 'await disableEndpoint(gateway, endpointId, "gone", url);',
        replace: 'await disableEndpoint(gateway, endpointId, "gone");',
      },
    ],
    tests: [`${callbacks}/attempts.test.ts`],
  },
  {
    name: "old-address-failed",
    defect: "An endpoint with a new address is held to how long the old one has failed",
    changes: [
      {
        file: "packages/server/src/webhooks/change-endpoints.ts",
        find: "const failingSince = wanted.url === found.url ? found.failingSince : null;",
        replace: "const { failingSince } = found;",
      },
    ],
    tests: [`${callbacks}/attempts.test.ts`],
  },
  {
    name: "old-address-counts",
    defect: "A failure at the address that an endpoint had before counts against the new one",
    changes: [
      {
        file: `${callbacks}/conclude.ts`,
        find: "w.id = r.endpoint_id and w.url = r.url",
        replace: "w.id = r.endpoint_id",
      },
    ],
    tests: [`${callbacks}/attempts.test.ts`],
  },
];
