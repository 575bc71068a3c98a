import {
  crashAt,
  emailAddress,
  fpxId,
  oneOf,
  origin,
  pageAddress,
  phoneNumber,
  privateTargets,
  type Reader,
  rangeList,
  redisAddress,
  seconds,
  text,
  wholeNumber,
} from "./setting-readers.ts";

export interface Setting<T> {
  readonly name: string;
  readonly read: Reader<T>;
  /** The value when unset; undefined means that there is none. */
  readonly fallback: T;
  readonly summary: string;
}

function setting<T>(name: string, read: Reader<T>, fallback: NoInfer<T>, summary: string): Setting<T> {
  return { name, read, fallback, summary };
}
function optional<T>(name: string, read: Reader<T>, summary: string): Setting<T | undefined> {
  return { name, read, fallback: undefined, summary };
}

const minute = 60;
const hour = 60 * minute;
/**
 * While a buyer may be at the bank, often enough that a lost message is made up for within two minutes; then less and less.
 * FPX publishes no interval; how often it is asked in all is bounded by the rate.
 */
const requeryDefault = [100, 200, 300, 400, 500, 600, 15 * minute, 20 * minute, 30 * minute, 45 * minute, hour];
const standardWebhookSchedule = [
  5,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
];

/** Every setting there is. The table in the docs is made from this list. */
export const settings = {
  mode: setting(
    "KINETICPAY_MODE",
    oneOf("sandbox", "live"),
    "sandbox",
    "`sandbox` brings its own bank simulator and keys; `live` needs the FPX identity below.",
  ),
  role: setting(
    "KINETICPAY_ROLE",
    oneOf("all", "api", "worker"),
    "all",
    "What this process does: `api` answers calls, buyers and FPX; `worker` delivers, enquires, expires and proves in the background, and answers only `/health` and `/ready`; `all` does both. Any number of each may work on one database.",
  ),
  host: setting("HOST", text, "127.0.0.1", "Address to listen on. Loopback unless told otherwise."),
  port: setting("PORT", wholeNumber(0, 65_535), 8080, "Port to listen on; 0 takes a free one."),
  publicUrl: optional(
    "KINETICPAY_PUBLIC_URL",
    origin,
    "The origin under which buyers, merchants and FPX reach this gateway. Required, and https, in live mode.",
  ),
  dataDirectory: setting(
    "KINETICPAY_DATA_DIR",
    text,
    "data",
    "Folder for the embedded database, the master key and the sandbox's keys.",
  ),
  trustedProxies: setting(
    "KINETICPAY_TRUSTED_PROXIES",
    rangeList,
    [],
    "Addresses of the proxies whose X-Forwarded-For is believed, such as your load balancer's. Without any, the peer is the caller.",
  ),
  databaseUrl: optional("DATABASE_URL", text, "A PostgreSQL 15+ database to use instead of the embedded one."),
  databaseOwnerUrl: optional(
    "DATABASE_OWNER_URL",
    text,
    "The same database with the login that owns its tables, for migrations and for nothing else; DATABASE_URL's login then owns nothing.",
  ),
  databasePool: setting("KINETICPAY_DATABASE_POOL", wholeNumber(2, 200), 12, "Most connections to the database."),
  masterKeyFile: optional(
    "KINETICPAY_MASTER_KEY_FILE",
    text,
    "File with 32 bytes in base64 that seal stored secrets. Made in the data folder when unset in the sandbox; required in live mode.",
  ),
  simulatorPort: setting(
    "KINETICPAY_SIMULATOR_PORT",
    wholeNumber(0, 65_535),
    8081,
    "Port of the sandbox's bank simulator; 0 takes a free one.",
  ),
  logLevel: setting(
    "KINETICPAY_LOG_LEVEL",
    oneOf("silent", "error", "warn", "info", "debug"),
    "info",
    "How much is logged, as JSON lines on standard error.",
  ),
  supportEmail: optional(
    "KINETICPAY_SUPPORT_EMAIL",
    emailAddress,
    "Where buyers can write to whoever runs this gateway; shown on checkout pages, and to programs in errors that are our fault.",
  ),
  supportPhone: optional("KINETICPAY_SUPPORT_PHONE", phoneNumber, "The same, to call."),
  supportUrl: optional("KINETICPAY_SUPPORT_URL", pageAddress, "The same, as a page."),
  docsUrl: optional(
    "KINETICPAY_DOCS_URL",
    text,
    "Where the pages on errors live; the gateway's own /docs/errors when unset.",
  ),
  turnAwayMs: setting(
    "KINETICPAY_TURN_AWAY_MS",
    wholeNumber(0, 20_000),
    0,
    "Milliseconds for which a gateway that is asked to stop still takes new connections, while GET /ready already answers 503, so that a load balancer turns elsewhere first.",
  ),
  keyRatePerS: setting(
    "KINETICPAY_KEY_RATE",
    wholeNumber(1, 1_000_000),
    500,
    "Calls a second that one key may go on making.",
  ),
  keyBurst: setting(
    "KINETICPAY_KEY_BURST",
    wholeNumber(1, 1_000_000),
    1_000,
    "Calls that one key may make at once, after a pause.",
  ),
  keyConcurrency: setting(
    "KINETICPAY_KEY_CONCURRENCY",
    wholeNumber(1, 100_000),
    128,
    "Calls of one key that may be under way at the same time.",
  ),
  addressRatePerS: setting(
    "KINETICPAY_ADDRESS_RATE",
    wholeNumber(1, 1_000_000),
    20,
    "Calls a second without a valid key that one address (of IPv6: one /64) may go on making. Calls with a valid key are not counted.",
  ),
  addressBurst: setting(
    "KINETICPAY_ADDRESS_BURST",
    wholeNumber(1, 1_000_000),
    40,
    "Calls without a valid key that one address may make at once, after a pause.",
  ),
  redisUrl: optional(
    "REDIS_URL",
    redisAddress,
    "A Redis 6.2+ through which several processes share these limits; each counts alone when unset, and while Redis is away.",
  ),
  overloadDelayMs: setting(
    "KINETICPAY_OVERLOAD_DELAY_MS",
    wholeNumber(1, 60_000),
    100,
    "Milliseconds that the event loop may be late before lists are answered with 503; other calls at twice, new payments at four times that, bank messages and checkout pages never.",
  ),
  overloadWaiting: setting(
    "KINETICPAY_OVERLOAD_WAITING",
    wholeNumber(1, 100_000),
    150,
    "The same for calls that queue for a database connection.",
  ),
  overloadWaitMs: setting(
    "KINETICPAY_OVERLOAD_WAIT_MS",
    wholeNumber(1, 60_000),
    500,
    "The same for the milliseconds that a statement waits in that queue, and for the database, until it is answered.",
  ),
  requerySchedule: setting(
    "KINETICPAY_REQUERY_SCHEDULE",
    seconds,
    requeryDefault,
    "Seconds after the hand-off at which FPX is asked about an attempt in flight; hourly after the last, up to a day.",
  ),
  enquiryRatePerS: setting(
    "KINETICPAY_ENQUIRY_RATE",
    wholeNumber(2, 1_000),
    10,
    "Enquiries that FPX is sent in any second, by all processes on one database together. Half of it is for callers and buyers who wait.",
  ),
  bankWatchIntervalS: setting(
    "KINETICPAY_BANK_WATCH_INTERVAL",
    wholeNumber(0, 86_400),
    60,
    "Seconds between looks at the status of banks while no buyer looks, for their history; 0 for none.",
  ),
  approvalSchedule: setting(
    "KINETICPAY_APPROVAL_SCHEDULE",
    seconds,
    [hour],
    "Seconds between enquiries while a company's approval is awaited; the last one repeats for a day, then every 6 hours.",
  ),
  neverReachedAfterS: setting(
    "KINETICPAY_NEVER_REACHED_AFTER",
    wholeNumber(1, 86_400),
    30 * minute,
    "Seconds after which an attempt that FPX has never heard of (76, three times) is given up. It is asked about once more after as long again, and a day after it began if that is later; again where FPX did not answer, for a week at most.",
  ),
  callbackSchedule: setting(
    "KINETICPAY_CALLBACK_SCHEDULE",
    seconds,
    standardWebhookSchedule,
    "Seconds to wait after each failed attempt to send a callback or webhook, give or take a fifth; ten attempts in all by default.",
  ),
  callbackConcurrency: setting(
    "KINETICPAY_CALLBACK_CONCURRENCY",
    wholeNumber(1, 10_000),
    256,
    "Callbacks and webhooks that one process sends at the same time, not counting receivers that hang (of those four times as many); of one receiver never more than 5, in all processes together.",
  ),
  deliveryLogDays: setting(
    "KINETICPAY_DELIVERY_LOG_DAYS",
    wholeNumber(1, 3_650),
    90,
    "Days for which each attempt to send a callback or webhook is kept at the least, with the beginning of what was answered; they go a month at a time.",
  ),
  eventDays: setting(
    "KINETICPAY_EVENT_DAYS",
    wholeNumber(31, 36_500),
    400,
    "Days for which events and deliveries are kept at the least; they go a month at a time, and never while one of a month's deliveries is still to be sent. Payments and books stay for good.",
  ),
  privateTargets: optional(
    "KINETICPAY_PRIVATE_TARGETS",
    privateTargets,
    "Which addresses that are not on the public internet merchants may have called, and this machine's own. Unset, all in the sandbox and none in live mode.",
  ),
  pollIntervalMs: setting(
    "KINETICPAY_POLL_INTERVAL_MS",
    wholeNumber(20, 60_000),
    500,
    "Milliseconds between looks for due work in the background, where nothing in the same process tells of it.",
  ),
  requestLogDays: setting(
    "KINETICPAY_REQUEST_LOG_DAYS",
    wholeNumber(0, 3_650),
    30,
    "Days for which API calls are kept at the least, redacted, so that they can be looked up and explained; they go a week at a time. 0 keeps none.",
  ),
  requestLogPerS: setting(
    "KINETICPAY_REQUEST_LOG_RATE",
    wholeNumber(1, 1_000_000),
    1_000,
    "API calls a second, of each process, that are kept in that log; after a quiet time five times as many at once. What is beyond is left out, so that the log never slows what it logs.",
  ),
  crashAt: optional(
    "KINETICPAY_CRASH_AT",
    crashAt,
    "For tests of crashes: the process ends itself, as if by kill -9, when it passes that point for that many times. Refused in live mode.",
  ),
  idempotencyDays: setting(
    "KINETICPAY_IDEMPOTENCY_DAYS",
    wholeNumber(30, 3_650),
    30,
    "Days for which the answer to a call with an Idempotency-Key is kept, and given again to its repeats; never under 30.",
  ),
  buyerDataDays: setting(
    "KINETICPAY_BUYER_DATA_DAYS",
    wholeNumber(0, 36_500),
    0,
    "Days after a payment's end for which the buyer's data is kept, before it is erased for good; 0 keeps it until the operator's `erase`.",
  ),
  verifyIntervalS: setting(
    "KINETICPAY_VERIFY_INTERVAL",
    wholeNumber(0, 604_800),
    hour,
    "Seconds between proofs of every invariant on the live database; 0 leaves them to the operator's `verify`.",
  ),
  fpxExchangeId: optional(
    "KINETICPAY_FPX_EXCHANGE_ID",
    fpxId("EX"),
    "Exchange id given by PayNet. Live mode needs it.",
  ),
  fpxSellerId: optional("KINETICPAY_FPX_SELLER_ID", fpxId("SE"), "Seller id given by PayNet. Live mode needs it."),
  fpxPrivateKeyFile: optional(
    "KINETICPAY_FPX_PRIVATE_KEY_FILE",
    text,
    "PEM file of the exchange's private key. Live mode needs it.",
  ),
  fpxCertificatesDirectory: optional(
    "KINETICPAY_FPX_CERTIFICATES_DIR",
    text,
    "Folder with FPX's own certificates, current and next. Live mode needs it.",
  ),
  fpxUrl: optional(
    "KINETICPAY_FPX_URL",
    origin,
    "Origin of FPX, such as https://www.mepsfpx.com.my. Live mode needs it; in the sandbox it replaces the built-in simulator.",
  ),
  fpxSellerBankCode: setting("KINETICPAY_FPX_SELLER_BANK_CODE", text, "01", "fpx_sellerBankCode."),
  fpxVersion: setting("KINETICPAY_FPX_VERSION", oneOf("5.0", "6.0", "7.0"), "7.0", "fpx_version."),
  fpxDigest: setting("KINETICPAY_FPX_DIGEST", oneOf("sha1", "sha256"), "sha1", "Digest of FPX signatures."),
  b2cMinimumSen: setting(
    "KINETICPAY_B2C_MINIMUM",
    wholeNumber(1, 1_000_000_000),
    100,
    "Smallest personal payment, in sen.",
  ),
  b2cMaximumSen: setting(
    "KINETICPAY_B2C_MAXIMUM",
    wholeNumber(1, 1_000_000_000),
    3_000_000,
    "Largest personal payment, in sen.",
  ),
  b2b1MinimumSen: setting(
    "KINETICPAY_B2B1_MINIMUM",
    wholeNumber(1, 1_000_000_000),
    200,
    "Smallest business payment, in sen.",
  ),
  b2b1MaximumSen: setting(
    "KINETICPAY_B2B1_MAXIMUM",
    wholeNumber(1, 1_000_000_000),
    100_000_000,
    "Largest business payment, in sen.",
  ),
} as const;

export type Settings = {
  readonly [K in keyof typeof settings]: (typeof settings)[K] extends Setting<infer T> ? T : never;
};
