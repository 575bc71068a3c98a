import { createPublicKey } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Simulator } from "@kineticpay/fpx-simulator/simulator";
import type { Logger } from "pino";
import type { Config } from "./config.ts";
import { ownIdentity } from "./fpx-identity.ts";
import type { Gateway } from "./gateway.ts";
import { keepFile } from "./keep-file.ts";
import { scopes } from "./merchants/api-keys.ts";
import { authenticate } from "./merchants/authenticate.ts";
import { createMerchant } from "./merchants/create-merchant.ts";
import { publicUrl } from "./payments/payment-view.ts";

/** What a developer needs to make a first call; kept in `sandbox.json` so that a second start gives the same. */
export interface SandboxAccess {
  readonly base_url: string;
  readonly simulator_url: string;
  readonly api_key: string;
  readonly merchant_key: string;
  readonly collection_id: string;
  readonly signing_secret: string;
  readonly curl: string;
}

/** Starts the pretend bank network beside the gateway. Loaded here alone, so that live mode cannot even import it. */
export async function startSandboxSimulator(config: Config, gatewayUrl: string, log: Logger): Promise<Simulator> {
  const { startSimulator } = await import("@kineticpay/fpx-simulator/simulator");
  const own = await ownIdentity(config);
  return startSimulator({
    host: config.host,
    port: config.simulatorPort,
    dataDirectory: path.join(config.dataDirectory, "simulator"),
    gatewayUrl,
    exchangeId: own.exchangeId,
    merchantPublicKeyPem: createPublicKey(own.privateKey).export({ type: "spki", format: "pem" }).toString(),
    digest: config.fpxDigest,
    log: log.child({ part: "simulator" }),
  });
}

function curlLine(baseUrl: string, apiKey: string): string {
  const body = JSON.stringify({
    amount: 1250,
    invoice: "10001",
    description: "A first payment",
    success_url: "https://shop.example/thanks",
    failure_url: "https://shop.example/try-again",
  });
  return `curl -s ${baseUrl}/api/v2/payments -H 'Authorization: Bearer ${apiKey}' -H 'Content-Type: application/json' -d '${body}'`;
}

type Kept = Pick<SandboxAccess, "api_key" | "merchant_key" | "collection_id" | "signing_secret">;

/** The keys of an earlier start, if the database still knows them. */
async function keptAccess(gateway: Gateway, file: string): Promise<Kept | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const kept = JSON.parse(text) as Kept;
    await authenticate(gateway, `Bearer ${kept.api_key}`);
    return kept;
  } catch (error) {
    gateway.log.warn({ err: error }, "sandbox.json holds a key that this database does not know; issuing new ones");
    return undefined;
  }
}

async function newAccess(gateway: Gateway): Promise<Kept> {
  const made = await createMerchant(gateway, {
    name: "Sandbox Shop",
    collectionName: "Sandbox",
    website: "https://shop.example",
    // A newcomer tries everything with the one key.
    scopes,
  });
  return {
    api_key: made.apiKey.key,
    merchant_key: made.merchantKey.key,
    collection_id: made.collectionId,
    signing_secret: made.signingSecret,
  };
}

/** Gives the sandbox its merchant and keys, once, and writes them to `sandbox.json` for programs to read (mode 0600). */
export async function prepareSandbox(
  gateway: Gateway,
  simulatorUrl: string,
): Promise<{ access: SandboxAccess; file: string }> {
  const file = path.join(gateway.config.dataDirectory, "sandbox.json");
  const kept = (await keptAccess(gateway, file)) ?? (await newAccess(gateway));
  const baseUrl = publicUrl(gateway);
  const access: SandboxAccess = {
    base_url: baseUrl,
    simulator_url: simulatorUrl,
    api_key: kept.api_key,
    merchant_key: kept.merchant_key,
    collection_id: kept.collection_id,
    signing_secret: kept.signing_secret,
    curl: curlLine(baseUrl, kept.api_key),
  };
  await keepFile(file, `${JSON.stringify(access, null, 2)}\n`, "replace");
  return { access, file };
}
