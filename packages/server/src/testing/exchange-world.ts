import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Simulator } from "@kineticpay/fpx-simulator/simulator";
import { readConfig } from "../config.ts";
import type { Gateway } from "../gateway.ts";
import { createMerchant } from "../merchants/create-merchant.ts";
import { openDatabase } from "../open-database.ts";
import { type OpenGateway, openGateway } from "../open-gateway.ts";
import { beginAttempt } from "../payments/begin-attempt.ts";
import { createPayment, type NewPayment } from "../payments/create-payment.ts";
import type { Attempt, Payment } from "../payments/payment.ts";
import { startSandboxSimulator } from "../sandbox.ts";
import { createOutbound, type Outbound } from "../seams/outbound.ts";
import { newPayment } from "./new-payment.ts";
import type { TestClock } from "./test-clock.ts";
import { quietLog, rethrow, shop } from "./test-core.ts";
import { createTestDatabase } from "./test-database.ts";

/** One call to the exchange: when, and which. */
export interface ExchangeCall {
  readonly atMs: number;
  readonly what: "enquiry" | "bank list";
}

/** Some processes of one gateway and a simulator, in a time that the test moves. No message of the bank arrives by itself. */
export interface ExchangeWorld {
  readonly processes: readonly Gateway[];
  readonly owner: { merchantId: string; merchantName: string; collectionId: string; keyId: string };
  readonly simulator: Simulator;
  /** Every call that reached for the exchange. */
  readonly calls: readonly ExchangeCall[];
  /** A payment whose buyer was sent to the bank; the browser goes there only when told so. */
  begin(change?: Partial<NewPayment>): Promise<{ payment: Payment; attempt: Attempt }>;
  /** The buyer's browser brings the request to the exchange. */
  arrive(attempt: Attempt): Promise<void>;
  /** The bank decides; nothing is sent to the gateway. */
  decide(attempt: Attempt, code: string): Promise<void>;
  /** What the exchange does to answers from now on, in place of whatever it did. */
  disturb(script: { readonly ae?: string; readonly be?: string; readonly slow_ms?: number } | undefined): Promise<void>;
  setBank(bankId: string, online: boolean, model?: string): Promise<void>;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly clock: TestClock;
  readonly processes?: number;
  readonly settings?: Readonly<Record<string, string>>;
  /** The exchange is waited for no longer than a test can, in real milliseconds. */
  readonly patienceMs?: number;
}

function recording(calls: ExchangeCall[], clock: TestClock, patienceMs: number): Outbound {
  const outbound = createOutbound({ privateTargets: "on" });
  return {
    post(call) {
      const what = call.url.endsWith("/sellerNVPTxnStatus.jsp") ? "enquiry" : "bank list";
      calls.push({ atMs: clock.now().getTime(), what });
      return outbound.post({ ...call, timeoutMs: Math.min(call.timeoutMs, patienceMs) });
    },
    close: () => outbound.close(),
  };
}

async function control(simulator: Simulator, method: string, place: string, body?: unknown): Promise<void> {
  const answer = await fetch(`${simulator.url}/_control${place}`, {
    method,
    ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`the simulator answered ${answer.status}: ${await answer.text()}`);
}

async function openProcesses(options: WorldOptions, calls: ExchangeCall[]) {
  const { clock } = options;
  const directory = await mkdtemp(path.join(tmpdir(), "kp-exchange-"));
  const database = await createTestDatabase();
  const config = readConfig({
    DATABASE_URL: database.url,
    KINETICPAY_DATA_DIR: directory,
    KINETICPAY_SIMULATOR_PORT: "0",
    KINETICPAY_DATABASE_POOL: "8",
    ...options.settings,
  });
  const log = quietLog();
  // Nobody listens there: a message that is meant to arrive is a fault of the test.
  const simulator = await startSandboxSimulator(config, "http://127.0.0.1:9", log);
  const open: OpenGateway[] = [];
  for (let i = 0; i < (options.processes ?? 1); i += 1) {
    const exchange = { origin: simulator.url, certificateDirectory: simulator.certificateDirectory };
    const outbound = recording(calls, clock, options.patienceMs ?? 10_000);
    const opened = await openDatabase(config, log, rethrow);
    open.push(await openGateway({ config, log, clock, exchange, outbound, database: opened }));
  }
  const close = async () => {
    for (const each of open) await each.close();
    await simulator.close();
    await database.drop();
    await rm(directory, { recursive: true, force: true });
  };
  return { processes: open.map((each) => each.gateway), simulator, close };
}

/** Opens the world. */
export async function openExchangeWorld(options: WorldOptions): Promise<ExchangeWorld> {
  const calls: ExchangeCall[] = [];
  const { processes, simulator, close } = await openProcesses(options, calls);
  const [first] = processes;
  if (first === undefined) throw new Error("a world has at least one process");
  const merchant = await createMerchant(first, shop);
  const owner = {
    merchantId: merchant.merchantId,
    merchantName: shop.name,
    collectionId: merchant.collectionId,
    keyId: merchant.apiKey.id,
  };
  let counter = 0;
  return {
    processes,
    owner,
    simulator,
    calls,
    async begin(change = {}) {
      counter += 1;
      const asked = newPayment({ invoice: `EX-${counter}`, callbackUrl: null, ...change });
      const { payment } = await createPayment(first, owner, asked);
      const choice = { bankId: "MB2U0227", model: "b2c", locale: "en", confirmed: true } as const;
      const begun = await beginAttempt(first, payment.checkoutId, choice);
      if (begun.kind !== "handed_off") throw new Error(begun.kind);
      return { payment, attempt: begun.attempt };
    },
    async arrive(attempt) {
      const body = new URLSearchParams(attempt.sent);
      const answer = await fetch(first.rail.handOffUrl, { method: "POST", body, redirect: "manual" });
      if (answer.status !== 303) throw new Error(`the exchange answered the request with ${answer.status}`);
    },
    decide: (attempt, code) =>
      control(simulator, "POST", `/transactions/${attempt.orderNumber}/decide`, { code, direct: "drop" }),
    async disturb(script) {
      await control(simulator, "DELETE", "/scripts");
      if (script !== undefined) await control(simulator, "POST", "/scripts", { match: { any: true }, ...script });
    },
    setBank: (bankId, online, model) =>
      control(simulator, "POST", `/banks/${bankId}`, { online, ...(model === undefined ? {} : { model }) }),
    close,
  };
}
