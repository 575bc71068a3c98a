/**
 * @typedef {object} Aim Of the ratio where something is measured against a peer, else of the figure itself.
 * @property {number} [least]
 * @property {number} [most]
 *
 * @typedef {object} Line One line of the table in `docs/performance.md`.
 * @property {string} id names its rounds in the bench's result
 * @property {string} what
 * @property {string} [against] left out where the figure itself has an aim
 * @property {string} unit
 * @property {Aim} aim
 *
 * @typedef {object} Bench
 * @property {string} name in kebab-case; what `--only` takes, and the name of its result
 * @property {string} title
 * @property {string} file beside this one; exports `measure`
 * @property {boolean} [isApart] too long to be run with the others
 * @property {readonly Line[]} lines
 */

const pgbench = (what, clients) => `\`pgbench\`: ${what}, prepared, ${clients} ${clients === 1 ? "client" : "clients"}`;

const create = {
  name: "create",
  title: "create a payment over HTTP, durably",
  file: "create-payment.mjs",
  lines: [
    {
      id: "many",
      what: "payments a second, 64 connections",
      against: pgbench("the same statement", 64),
      unit: "/s",
      aim: { least: 1 },
    },
    {
      id: "alone",
      what: "one after the other, p50",
      against: pgbench("the same statement", 1),
      unit: "ms",
      aim: { most: 1.5 },
    },
  ],
};

const get = {
  name: "get",
  title: "read a payment",
  file: "get-payment.mjs",
  lines: [
    {
      id: "many",
      what: "reads a second, 64 connections",
      against: pgbench("a select by the key", 64),
      unit: "/s",
      aim: { least: 0.6 },
    },
  ],
};

const refusals = [
  ["key-missing", "401 key_missing"],
  ["key-malformed", "401 key_malformed"],
  ["key-invalid", "401 key_invalid, known from memory"],
  ["route-unknown", "404 route_unknown"],
  ["method-unknown", "404 method_unknown"],
  ["resource-missing", "404 resource_missing"],
  ["fields-invalid", "403 fields_invalid"],
  ["address-limited", "429 rate_exceeded, by the address"],
  ["key-limited", "429 rate_exceeded, by the key"],
];

const refuse = {
  name: "refuse",
  title: "refuse a call",
  file: "refusals.mjs",
  lines: refusals.map(([id, what]) => ({
    id,
    what: `${what}, a second, 32 connections`,
    against: "a bare Fastify route that answers the same bytes",
    unit: "/s",
    aim: { least: 0.8 },
  })),
};

const settle = {
  name: "settle",
  title: "settle a payment: a signed message of the exchange in, the books, the event, `OK` out",
  file: "settle.mjs",
  lines: [
    {
      id: "many",
      what: "messages a second, 32 connections",
      against: "`pgbench`: the statements of one settlement, prepared, 32 clients, and verifying a signature",
      unit: "/s",
      aim: { least: 0.7 },
    },
  ],
};

const webhooks = {
  name: "webhooks",
  title: "deliver 10,000 webhooks that are due, to 100 endpoints",
  file: "webhook-drain.mjs",
  lines: [
    {
      id: "drain",
      what: "webhooks a second",
      against: "the same receiver, fed by `autocannon` with the same bytes on as many connections",
      unit: "/s",
      aim: { least: 0.5 },
    },
    {
      id: "growth",
      what: "memory (RSS) that grows from the first to the last 10,000 of 60,000",
      unit: "MB",
      // V8 takes some twenty while it warms up, however many are due; 3 kB kept of each webhook would be thirty more.
      aim: { most: 32 },
    },
  ],
};

const legacy = {
  name: "legacy",
  title: "the KineticPay wire protocol: create and status",
  file: "legacy.mjs",
  lines: [
    {
      id: "pair",
      what: "pairs of calls a second, 32 connections",
      against: "the v2 API: create and get",
      unit: "/s",
      aim: { least: 0.9 },
    },
  ],
};

const overload = {
  name: "overload",
  title: "asked for five times more than it can do",
  file: "overload.mjs",
  lines: [
    {
      id: "goodput",
      what: "new payments a second, at five times its best",
      against: "its best",
      unit: "/s",
      aim: { least: 0.9 },
    },
    {
      id: "insistent",
      what: "the same, when all ask again at once",
      against: "its best",
      unit: "/s",
      aim: { least: 0.9 },
    },
    {
      id: "messages",
      what: "messages of the exchange answered `OK` meanwhile",
      against: "all of them",
      unit: "",
      aim: { least: 0.999 },
    },
    {
      id: "pages",
      what: "checkout pages shown meanwhile",
      against: "all of them",
      unit: "",
      aim: { least: 0.999 },
    },
    {
      id: "unanswered",
      what: "calls without an answer, or with a refusal that breaks the contract",
      unit: "",
      aim: { most: 0 },
    },
    { id: "recovery", what: "back to normal afterwards", unit: "s", aim: { most: 10 } },
  ],
};

const memory = {
  name: "memory",
  title: "memory (RSS), the database apart",
  file: "memory.mjs",
  lines: [
    { id: "idle", what: "idle", unit: "MB", aim: { most: 150 } },
    {
      id: "after",
      what: "above idle, at rest after payments were created over HTTP",
      unit: "MB",
      aim: { most: 50 },
    },
    {
      id: "slow",
      what: "above idle, while 1,000 connections send a byte a second",
      unit: "MB",
      aim: { most: 50 },
    },
  ],
};

const start = {
  name: "start",
  title: "from the command to a 200 of `/ready`",
  file: "start.mjs",
  lines: [
    { id: "warm", what: "its folder and database are there; its PostgreSQL starts too", unit: "s", aim: { most: 1 } },
    { id: "cold", what: "for the first time, in an empty folder", unit: "s", aim: { most: 3 } },
  ],
};

const scaledCalls = [
  ["create", "create"],
  ["get", "get"],
  ["list", "list, the first page"],
  ["deep", "list, a page deep inside"],
  ["status", "status by invoice"],
];

const scale = {
  name: "scale",
  title: "payments in the table",
  file: "scale.mjs",
  isApart: true,
  lines: ["100 k", "1 M", "10 M"].flatMap((size) =>
    scaledCalls.flatMap(([id, what]) =>
      ["p50", "p99"].map((share) => ({
        id: `${id}-${share}-${size.replace(" ", "").toLowerCase()}`,
        what: `${what}, ${share}, at ${size}`,
        against: "itself at 10 k",
        unit: "ms",
        aim: { most: 1.25 },
      })),
    ),
  ),
};

/** Every bench, in the order in which they are run and told. @type {readonly Bench[]} */
export const benches = [create, get, refuse, settle, webhooks, legacy, overload, memory, start, scale];
