import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { type FpxCertificate, loadCertificates } from "@kineticpay/fpx/certificates";
import { sign, verify } from "@kineticpay/fpx/checksum";
import { bankListRequest, bankListRequestFields } from "@kineticpay/fpx/messages";
import { type Config, ConfigError } from "./config.ts";
import { keepFile } from "./keep-file.ts";
import type { FpxIdentity } from "./rails/fpx/fpx-parts.ts";

/** Who the sandbox is to its simulator. */
export const sandboxIds = { exchangeId: "EX00000001", sellerId: "SE00000001" } as const;

/** The gateway's own signing key for the sandbox, made at the first start. */
export async function sandboxPrivateKey(dataDirectory: string): Promise<KeyObject> {
  const file = path.join(dataDirectory, "fpx", "sandbox-exchange.key");
  const kept = await readFile(file, "utf8").catch(() => undefined);
  if (kept !== undefined) return createPrivateKey(kept);
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  await keepFile(file, privateKey.export({ type: "pkcs8", format: "pem" }).toString(), "new");
  // The gateway and its simulator both ask for it when they start for the first time; the first answer is everyone's.
  return createPrivateKey(await readFile(file, "utf8"));
}

/** The exchange key that PayNet knows, from the file that the settings name. */
async function livePrivateKey(file: string): Promise<KeyObject> {
  let key: KeyObject;
  try {
    key = createPrivateKey(await readFile(file, "utf8"));
  } catch (error) {
    throw new ConfigError([
      `KINETICPAY_FPX_PRIVATE_KEY_FILE cannot be read as a PEM private key (${error instanceof Error ? error.message : "unreadable"}).`,
    ]);
  }
  if (key.asymmetricKeyType !== "rsa" || key.asymmetricKeyDetails?.modulusLength !== 2048) {
    throw new ConfigError(["KINETICPAY_FPX_PRIVATE_KEY_FILE must hold an RSA key of 2048 bits, as FPX uses."]);
  }
  return key;
}

/** Signs and checks a message once, since some systems' crypto policy refuses SHA-1 and would fail every payment instead. */
export function testSignature(identity: Pick<FpxIdentity, "privateKey" | "digest" | "exchangeId" | "version">): void {
  try {
    const request = bankListRequest({ sellerExId: identity.exchangeId, model: "b2c", version: identity.version });
    const signed = sign(request, bankListRequestFields, identity.privateKey, identity.digest);
    if (verify(signed, bankListRequestFields, createPublicKey(identity.privateKey), identity.digest)) return;
    throw new Error("the signature did not verify");
  } catch (error) {
    throw new ConfigError([
      `FPX messages cannot be signed with ${identity.digest} here (${error instanceof Error ? error.message : "unknown fault"}). If the system's crypto policy refuses SHA-1, allow it for this service.`,
    ]);
  }
}

/** The certificates of FPX, read again every minute, so that a renewed one needs no restart. */
export interface CertificateFolder {
  readonly current: () => readonly FpxCertificate[];
  stop(): void;
}

const rereadMs = 60_000;

export async function watchCertificates(
  directory: string,
  onFault: (error: unknown) => void,
): Promise<CertificateFolder> {
  let certificates: readonly FpxCertificate[] = await loadCertificates(directory);
  const timer = setInterval(() => {
    loadCertificates(directory).then((found) => {
      // A folder emptied for a moment, in the middle of a copy, must not stop payments from being confirmed.
      if (found.length > 0) certificates = found;
    }, onFault);
  }, rereadMs);
  timer.unref();
  return { current: () => certificates, stop: () => clearInterval(timer) };
}

/** What the settings alone say of the FPX side. */
export function limitsOf(config: Config): FpxIdentity["limits"] {
  return {
    b2c: { minimumSen: config.b2cMinimumSen, maximumSen: config.b2cMaximumSen },
    b2b1: { minimumSen: config.b2b1MinimumSen, maximumSen: config.b2b1MaximumSen },
  };
}

/** This gateway's own side of FPX: ids and key. Live mode has no fallback for any of them. */
export async function ownIdentity(
  config: Config,
): Promise<{ exchangeId: string; sellerId: string; privateKey: KeyObject }> {
  const file = config.fpxPrivateKeyFile;
  return {
    exchangeId: config.fpxExchangeId ?? sandboxIds.exchangeId,
    sellerId: config.fpxSellerId ?? sandboxIds.sellerId,
    privateKey: file === undefined ? await sandboxPrivateKey(config.dataDirectory) : await livePrivateKey(file),
  };
}
