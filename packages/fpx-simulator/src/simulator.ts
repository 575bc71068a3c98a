import { createPublicKey } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FpxDigest } from "@kineticpay/fpx/checksum";
import { resumeDecisions } from "./decide.ts";
import { DirectDelivery } from "./deliver-direct.ts";
import type { Exchange, SimulatorLog } from "./exchange.ts";
import { type ExchangeStore, openExchangeStore } from "./exchange-store.ts";
import { buildApp } from "./http/app.ts";
import { openIdentity } from "./identity.ts";
import { openOutbound } from "./outbound.ts";
import { createTimers } from "./timers.ts";

export interface SimulatorOptions {
  /** Where to listen; loopback unless told otherwise. */
  readonly host?: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Keeps keys and transactions here; without it everything is forgotten at the end. */
  readonly dataDirectory?: string;
  /** Base URL of the gateway that AC messages go to; may be told later. */
  readonly gatewayUrl?: string;
  /** The exchange id of the merchant that this exchange knows. */
  readonly exchangeId: string;
  /** When given, requests for any other seller are refused. */
  readonly sellerIds?: readonly string[];
  /** PEM of the merchant exchange's public key or certificate; AR, AE and BE must verify with it. */
  readonly merchantPublicKeyPem: string;
  readonly digest?: FpxDigest;
  /** Pauses between the attempts of a direct AC; the last one repeats. */
  readonly resendDelaysMs?: readonly number[];
  /** After so many unanswered attempts a direct AC is given up. */
  readonly resendLimit?: number;
  readonly clock?: { now(): number };
  readonly log?: SimulatorLog;
}

export interface Simulator {
  readonly url: string;
  readonly port: number;
  /** Holds the exchange's certificate, for the gateway to verify with. */
  readonly certificateDirectory: string;
  /** Tells where AC messages go; what waited for it is sent at once. */
  setGatewayUrl(url: string): void;
  /** Stops within 300 ms, whatever is still open; what was not delivered goes on after the next start. */
  close(): Promise<void>;
}

const defaultResendDelaysMs = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000];
const defaultResendLimit = 20;
const silent: SimulatorLog = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * Starts the pretend exchange and resolves when it listens. One data directory serves one simulator at a time.
 * @throws when the key is not PEM, the directory cannot be used, or the port is taken.
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const host = options.host ?? "127.0.0.1";
  const home = await openHome(options.dataDirectory);
  const { exchange, parts } = await assemble(options, home.directory, home.journalFile);
  const app = buildApp(parts);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= stop();
    return closing;
  };
  const stop = async (): Promise<void> => {
    exchange.timers.stop();
    await Promise.all([exchange.outbound.stop(), app.close()]);
    exchange.store.close();
    await home.leave();
  };
  try {
    await app.listen({ host, port: options.port });
  } catch (error) {
    await close();
    throw error;
  }
  parts.delivery.resume("due");
  resumeDecisions(parts);
  const { port } = app.server.address() as AddressInfo;
  const url = `http://${urlHost(host)}:${port}`;
  exchange.log.info({ url, certificateDirectory: exchange.certificateDirectory }, "the FPX simulator listens");
  return {
    url,
    port,
    certificateDirectory: exchange.certificateDirectory,
    setGatewayUrl(gatewayUrl) {
      exchange.outbound.setGatewayUrl(gatewayUrl);
      parts.delivery.resume("now");
    },
    close,
  };
}

async function assemble(options: SimulatorOptions, directory: string, journalFile: string | undefined) {
  const clock = options.clock ?? { now: () => Date.now() };
  const log = options.log ?? silent;
  const merchantKey = createPublicKey(options.merchantPublicKeyPem);
  const identity = await openIdentity(directory, clock.now());
  const exchange: Exchange = {
    ...identity,
    exchangeId: options.exchangeId,
    ...(options.sellerIds === undefined ? {} : { sellerIds: options.sellerIds }),
    merchantKey,
    digest: options.digest ?? "sha1",
    resendDelaysMs: options.resendDelaysMs ?? defaultResendDelaysMs,
    resendLimit: options.resendLimit ?? defaultResendLimit,
    clock,
    log,
    store: openStore(journalFile, log),
    outbound: openOutbound(options.gatewayUrl),
    timers: createTimers(),
  };
  return { exchange, parts: { exchange, delivery: new DirectDelivery(exchange) } };
}

function openStore(journalFile: string | undefined, log: SimulatorLog): ExchangeStore {
  const store = openExchangeStore(journalFile);
  const { unreadableLines } = store;
  if (unreadableLines > 0) log.warn({ unreadableLines }, "lines of the simulator's journal could not be read");
  return store;
}

/** The data directory, or a temporary one for the certificate alone, which `leave` removes. */
async function openHome(dataDirectory: string | undefined) {
  if (dataDirectory === undefined) {
    const directory = await mkdtemp(join(tmpdir(), "fpx-simulator-"));
    return { directory, journalFile: undefined, leave: () => rm(directory, { recursive: true, force: true }) };
  }
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  return {
    directory: dataDirectory,
    journalFile: join(dataDirectory, "journal.ndjson"),
    leave: () => Promise.resolve(),
  };
}

/** A host that a browser can be sent to: a listener on every interface is reached through loopback. */
function urlHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
