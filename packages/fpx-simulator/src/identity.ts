import { createPrivateKey, generateKeyPair, type KeyObject, webcrypto, X509Certificate } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { readIfPresent } from "./read-if-present.ts";

/** The pretend exchange's own key and the directory that holds the certificate of it. */
export interface Identity {
  readonly privateKey: KeyObject;
  readonly certificateDirectory: string;
}

const dayMs = 86_400_000;
const validityDays = 20 * 365;
const renewBeforeDays = 30;

/**
 * Loads the exchange's key and certificate from `directory`, making what is missing: an RSA-2048 key, and a
 * self-signed certificate in `certificates/`, renewed under the same key when it is not valid at `nowMs`.
 * Every file has mode 0600.
 * @throws the file system's error when the directory cannot be read or written.
 */
export async function openIdentity(directory: string, nowMs: number): Promise<Identity> {
  const certificateDirectory = join(directory, "certificates");
  await mkdir(certificateDirectory, { recursive: true, mode: 0o700 });
  const keyFile = join(directory, "exchange-key.pem");
  const certificateFile = join(certificateDirectory, "simulator.cer");
  const keyPem = readIfPresent(keyFile)?.toString() ?? (await makeKey(keyFile));
  const certificatePem = readIfPresent(certificateFile)?.toString();
  if (certificatePem === undefined || !isValid(certificatePem, nowMs)) {
    await writeWhole(certificateFile, await selfSigned(keyPem, nowMs));
  }
  return { privateKey: createPrivateKey(keyPem), certificateDirectory };
}

async function makeKey(file: string): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  await writeWhole(file, pem);
  return pem;
}

function isValid(pem: string, nowMs: number): boolean {
  const certificate = new X509Certificate(pem);
  const from = new Date(certificate.validFrom).getTime();
  const until = new Date(certificate.validTo).getTime();
  return from <= nowMs && nowMs < until - renewBeforeDays * dayMs;
}

async function selfSigned(keyPem: string, nowMs: number): Promise<string> {
  // Loaded only here: the certificate library takes longer to load than everything else together.
  await import("reflect-metadata");
  const { X509CertificateGenerator } = await import("@peculiar/x509");
  // The checker of the certificate may follow the wall clock while this side follows a simulated one.
  const earliestMs = Math.min(nowMs, Date.now()) - dayMs;
  const latestMs = Math.max(nowMs, Date.now()) + validityDays * dayMs;
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: "CN=FPX simulator (no real money)",
    notBefore: new Date(earliestMs),
    notAfter: new Date(latestMs),
    signingAlgorithm: algorithm,
    keys: await webKeys(keyPem, algorithm),
  });
  return `${certificate.toString("pem")}\n`;
}

async function webKeys(keyPem: string, algorithm: { name: string; hash: string }): Promise<webcrypto.CryptoKeyPair> {
  const privateKey = createPrivateKey(keyPem);
  const jwk = privateKey.export({ format: "jwk" });
  const { kty = "", n = "", e = "" } = jwk;
  return {
    privateKey: await webcrypto.subtle.importKey("jwk", jwk, algorithm, true, ["sign"]),
    publicKey: await webcrypto.subtle.importKey("jwk", { kty, n, e }, algorithm, true, ["verify"]),
  };
}

/** Writes beside and renames, so that a crash leaves the old file or the new one, never half of one. */
async function writeWhole(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
